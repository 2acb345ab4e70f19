import type { CallResponse } from './caller.js';

export interface Kept {
  status: number;
  body: Buffer;
}

/** A response that goes into memory instead of a socket, so that a call inside another one is a call like any other. */
export class KeptResponse implements CallResponse {
  statusCode = 200;
  headersSent = false;
  destroyed = false;
  readonly writableNeedDrain = false;
  /** Settles when there is nothing more to come; undefined when nobody wants it any more. */
  readonly whole: Promise<Kept | undefined>;
  readonly #parts: Buffer[] = [];
  readonly #whenClosed: (() => void)[] = [];
  #resolve!: (kept: Kept | undefined) => void;
  #isOver = false;

  constructor() {
    this.whole = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get writableFinished(): boolean {
    return this.#isOver && !this.destroyed;
  }

  writeHead(status: number): void {
    this.statusCode = status;
    this.headersSent = true;
  }

  write(chunk: Buffer | string): boolean {
    this.#parts.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return true;
  }

  end(chunk?: Buffer | string): void {
    if (chunk !== undefined) this.write(chunk);
    this.#isOver = true;
    this.#resolve({ status: this.statusCode, body: Buffer.concat(this.#parts) });
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.destroyed = true;
    this.#resolve(undefined);
    for (const listener of this.#whenClosed) listener();
  }

  /** It is never slow to take what it is given, so `drain` is never told. */
  on(event: 'close' | 'drain', listener: () => void): void {
    if (event === 'close') this.#whenClosed.push(listener);
  }
}
