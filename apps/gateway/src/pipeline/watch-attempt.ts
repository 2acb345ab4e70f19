import { AppError } from '@byok/kernel';
import type { CallWatcher } from '../http/call.js';
import type { Exchange } from '../upstream/http-client.js';

/** Watches an attempt that has not begun to answer. */
export class AttemptWatch implements CallWatcher {
  readonly #exchange: Exchange;
  readonly #onAbort: 'abort' | 'drain';
  readonly #totalMs: number;

  constructor(exchange: Exchange, onAbort: 'abort' | 'drain', totalMs: number) {
    this.#exchange = exchange;
    this.#onAbort = onAbort;
    this.#totalMs = totalMs;
  }

  /** A provider that bills to the end anyway is heard to the end, for the count. */
  clientGone(): void {
    if (this.#onAbort === 'abort') this.#exchange.abort(clientGone());
  }

  tick(now: number): void {
    if (now - this.#exchange.startedAt > this.#totalMs) this.#exchange.abort(new AppError('upstream_timeout', 'The provider took longer than a call may take.'));
  }

  cutShort(reason: AppError): void {
    this.#exchange.abort(reason);
  }
}

export function clientGone(): AppError {
  return new AppError('client_gone', 'The client closed the connection.');
}
