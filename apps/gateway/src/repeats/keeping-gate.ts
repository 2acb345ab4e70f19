import type { AppError } from '@byok/kernel';
import type { StreamGate } from '../upstream/stream-through.js';

/** Passes a stream on and keeps a copy of what the caller gets, as long as it is not too long to be kept. */
export class KeepingGate implements StreamGate {
  readonly #gate: StreamGate;
  readonly #maxBytes: number;
  #copy: Buffer[] = [];
  #bytes = 0;

  constructor(gate: StreamGate, maxBytes: number) {
    this.#gate = gate;
    this.#maxBytes = maxBytes;
  }

  pass(chunk: Buffer): Buffer {
    return this.#noted(this.#gate.pass(chunk));
  }

  rest(): Buffer {
    return this.#noted(this.#gate.rest());
  }

  get failure(): AppError | null {
    return this.#gate.failure;
  }

  /** All of it; undefined when it was too long. */
  get copy(): Buffer | undefined {
    return this.#bytes > this.#maxBytes ? undefined : Buffer.concat(this.#copy);
  }

  #noted(bytes: Buffer): Buffer {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes) this.#copy = [];
    // A gate may use its buffer again.
    else if (bytes.length > 0) this.#copy.push(Buffer.from(bytes));
    return bytes;
  }
}
