import { AppError } from '@byok/kernel';
import { afterFailure, afterSuccess, endpointOf, isForgotten, onTrial, type Attempt, type Breaker, type CoolDown } from '@byok/routing';
import type { Dice } from './retries.js';

const MOST_ENDPOINTS = 10_000;

/** The breakers of endpoints that failed lately; of every other endpoint nothing is kept and nothing counted. */
export class Breakers {
  readonly #dice: Dice;
  readonly #breakers = new Map<string, Breaker>();
  readonly #open = new Map<string, CoolDown>();
  #openings = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Endpoints that let nothing through, by name. */
  get open(): ReadonlyMap<string, CoolDown> {
    return this.#open;
  }

  /** How often one opened. */
  get openings(): number {
    return this.#openings;
  }

  /** Before a call; takes the one trial of an endpoint whose time is over. @throws AppError upstream_overloaded */
  begin(attempt: Attempt, now: number): void {
    if (this.#open.size === 0) return;
    const name = nameOf(attempt);
    const breaker = this.#breakers.get(name);
    if (!breaker || breaker.state === 'closed') return;
    if (breaker.until > now) throw resting(attempt, breaker.until - now);
    this.#set(name, onTrial(breaker, now));
  }

  answered(attempt: Attempt, orgId: string, now: number): void {
    if (this.#breakers.size === 0) return;
    const name = nameOf(attempt);
    const breaker = this.#breakers.get(name);
    if (!breaker) return;
    const next = afterSuccess(breaker, { now, orgId, dice: 0 });
    if (next) this.#breakers.set(name, next);
    else this.#drop(name);
  }

  failed(attempt: Attempt, orgId: string, now: number): void {
    const name = nameOf(attempt);
    const breaker = this.#breakers.get(name);
    if (!breaker && this.#breakers.size >= MOST_ENDPOINTS) return;
    const next = afterFailure(breaker, { now, orgId, dice: this.#dice() });
    if (next.state === 'open' && next !== breaker) this.#openings += 1;
    if (next !== breaker) this.#set(name, next);
  }

  /** A call ended without telling anything about its endpoint: if it was the trial, the next one is. */
  toldNothing(attempt: Attempt, now: number): void {
    if (this.#open.size === 0) return;
    const name = nameOf(attempt);
    const breaker = this.#breakers.get(name);
    if (breaker?.state === 'half-open') this.#set(name, { ...breaker, until: now });
  }

  tick(now: number): void {
    for (const [name, breaker] of this.#breakers) if (isForgotten(breaker, now)) this.#drop(name);
  }

  #set(name: string, breaker: Breaker): void {
    this.#breakers.set(name, breaker);
    if (breaker.state !== 'closed') this.#open.set(name, { until: breaker.until, code: 'upstream_overloaded' });
  }

  #drop(name: string): void {
    this.#breakers.delete(name);
    this.#open.delete(name);
  }
}

function nameOf({ provider, owner, config }: Attempt): string {
  return endpointOf({ provider: provider.id, owner, config });
}

function resting({ provider }: Attempt, ms: number): AppError {
  return new AppError('upstream_overloaded', `${provider.name} has failed too often lately and is left alone for a moment.`, { details: { retryAfterMs: Math.max(1_001, ms) } });
}
