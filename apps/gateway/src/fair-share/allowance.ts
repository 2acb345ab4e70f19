import type { IncomingHttpHeaders } from 'node:http';
import { numberIn, resetMs, type LimitNames } from './told-limits.js';

/** Where a provider tells no moment of reset. */
const USUAL_WINDOW_MS = 60_000;

/** What is left of one limit of a key, as its provider told it last, and what that means a little later. */
export class Allowance {
  readonly #names: LimitNames;
  #limit = Number.NaN;
  #remaining = Number.POSITIVE_INFINITY;
  #at = 0;
  #resetAt = 0;

  constructor(names: LimitNames) {
    this.#names = names;
  }

  /** False where the answer says nothing about it. */
  see(headers: IncomingHttpHeaders, now: number): boolean {
    const remaining = numberIn(headers, this.#names.remaining);
    if (Number.isNaN(remaining)) return false;
    this.#remaining = remaining;
    this.#at = now;
    this.#limit = numberIn(headers, this.#names.limit);
    const ms = resetMs(headers, this.#names.reset, now);
    this.#resetAt = now + (Number.isNaN(ms) ? USUAL_WINDOW_MS : ms);
    return true;
  }

  /**
   * How much there is now. Most providers refill bit by bit until the reset; `isStepwise` is one that was seen not to: there is nothing
   * new before the reset, and everything after it.
   */
  left(now: number, isStepwise: boolean): number {
    if (now >= this.#resetAt) return Number.isNaN(this.#limit) ? Number.POSITIVE_INFINITY : Math.max(this.#limit, this.#remaining);
    if (isStepwise || Number.isNaN(this.#limit) || this.#limit <= this.#remaining) return this.#remaining;
    return this.#remaining + ((this.#limit - this.#remaining) * (now - this.#at)) / (this.#resetAt - this.#at);
  }

  get limit(): number {
    return this.#limit;
  }
}
