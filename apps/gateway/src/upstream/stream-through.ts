import { AppError, type Clock } from '@byok/kernel';
import { clientGone, type CallWatcher } from '../http/call.js';
import type { CallResponse } from '../http/caller.js';
import type { Exchange, StreamSink } from './http-client.js';

/** What makes of the provider's bytes those for the client. */
export interface StreamGate {
  /** The bytes that may go to the client now; whole events. */
  pass(chunk: Buffer): Buffer;
  /** What is left at a clean end. */
  rest(): Buffer;
  /** The provider's own complaint, where that has to be told in another dialect; what came before it may pass. */
  readonly failure: AppError | null;
}

export interface StreamThroughOptions {
  response: CallResponse;
  exchange: Exchange;
  onAbort: 'abort' | 'drain';
  gate: StreamGate;
  /** False when the stream ended without any sign that this was its end. */
  looksComplete: () => boolean;
  /** The last event of a stream that cannot go on, in the caller's dialect. */
  errorEvent: (error: AppError) => string;
  /** Every byte as the provider sent it. */
  see: (chunk: Buffer) => void;
  /** Called once, when everything is over; null after a clean end. */
  finished: (error: AppError | null) => void;
  clock: Clock;
  limits: StreamLimits;
}

export interface StreamLimits {
  totalMs: number;
  /** A client that takes nothing for so long counts as gone. */
  stallMs: number;
  /** How long a provider is heard to the end after its client left. */
  drainMs: number;
}

/** Carries a stream from the provider to the client at the client's pace, and notices every way in which it can end. */
export class StreamThrough implements StreamSink, CallWatcher {
  readonly #options: StreamThroughOptions;
  #stalledAt: number | undefined;
  #goneAt: number | undefined;
  #isOver = false;

  constructor(options: StreamThroughOptions) {
    this.#options = options;
    options.response.on('drain', () => this.#resume());
  }

  chunk(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#options.see(chunk);
    if (this.#goneAt !== undefined) return;
    const { gate } = this.#options;
    const bytes = gate.pass(chunk);
    const isTaken = bytes.length === 0 || this.#options.response.write(bytes);
    if (gate.failure) return this.#options.exchange.abort(gate.failure);
    if (isTaken) return;
    this.#stalledAt = this.#options.clock.now();
    this.#options.exchange.pause();
  }

  end(): void {
    if (this.#goneAt !== undefined) return this.#over(clientGone());
    const { gate } = this.#options;
    const isComplete = this.#options.looksComplete();
    if (gate.failure) return this.cut(gate.failure);
    if (!isComplete) return this.cut(new AppError('upstream_error', 'The stream stopped before its end.'));
    const rest = gate.rest();
    if (rest.length > 0) this.#options.response.end(rest);
    else this.#options.response.end();
    this.#over(null);
  }

  /** Headers are gone and so is the choice of another key: say so inside the stream, and do not let it look complete. */
  cut(error: AppError): void {
    if (this.#isOver) return;
    const told = error.code === 'client_gone' || error.code === 'draining' ? error : new AppError('stream_cut', `The provider's answer was cut off. ${error.message}`, { cause: error });
    if (this.#goneAt === undefined) this.#sayAndClose(told);
    this.#over(this.#goneAt === undefined ? told : clientGone());
  }

  clientGone(): void {
    if (this.#isOver || this.#goneAt !== undefined) return;
    this.#goneAt = this.#options.clock.now();
    if (this.#options.onAbort === 'abort') this.#options.exchange.abort(clientGone());
    else this.#resume();
  }

  tick(now: number): void {
    const { exchange, limits } = this.#options;
    if (now - exchange.startedAt > limits.totalMs) exchange.abort(new AppError('upstream_timeout', 'It took longer than a call may take.'));
    else if (this.#goneAt !== undefined && now - this.#goneAt > limits.drainMs) exchange.abort(clientGone());
    else if (this.#stalledAt !== undefined && now - this.#stalledAt > limits.stallMs) this.#options.response.destroy();
  }

  cutShort(reason: AppError): void {
    this.#options.exchange.abort(reason);
  }

  #sayAndClose(error: AppError): void {
    const { response, errorEvent } = this.#options;
    // A client that does not read would keep the last words, and the connection, for ever.
    if (response.destroyed || response.writableNeedDrain) return void response.destroy();
    response.write(errorEvent(error), () => response.destroy());
  }

  #resume(): void {
    this.#stalledAt = undefined;
    this.#options.exchange.resume();
  }

  #over(error: AppError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.finished(error);
  }
}
