import { AppError } from '@byok/kernel';
import { clientGone, type CallWatcher } from '../http/call.js';
import type { Exchange } from '../upstream/http-client.js';

export interface WatchLimits {
  totalMs: number;
  /** How long a provider is heard to the end after its client left. */
  drainMs: number;
}

/** Watches an attempt that has not begun to answer. */
export class AttemptWatch implements CallWatcher {
  readonly #exchange: Exchange;
  readonly #onAbort: 'abort' | 'drain';
  readonly #limits: WatchLimits;
  #isClientGone = false;
  #goneAt: number | undefined;

  constructor(exchange: Exchange, onAbort: 'abort' | 'drain', limits: WatchLimits) {
    this.#exchange = exchange;
    this.#onAbort = onAbort;
    this.#limits = limits;
  }

  /** A provider that bills to the end anyway is heard to the end, for the count. */
  clientGone(): void {
    this.#isClientGone = true;
    if (this.#onAbort === 'abort') this.#exchange.abort(clientGone());
  }

  tick(now: number): void {
    if (this.#isClientGone) this.#goneAt ??= now;
    if (this.#goneAt !== undefined && now - this.#goneAt > this.#limits.drainMs) this.#exchange.abort(clientGone());
    else if (now - this.#exchange.startedAt > this.#limits.totalMs) this.#exchange.abort(new AppError('upstream_timeout', 'The provider took longer than a call may take.'));
  }

  cutShort(reason: AppError): void {
    this.#exchange.abort(reason);
  }
}
