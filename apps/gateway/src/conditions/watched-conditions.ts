import type { AppError, Clock, Failure } from '@byok/kernel';
import type { Attempt, Conditions } from '@byok/routing';
import type { PriceBook } from '@byok/pricing';
import { Breakers } from './breakers.js';
import { CoolDowns } from './cool-downs.js';
import { Performances } from './performances.js';
import type { Dice } from './retries.js';

/** What the provider answered itself, whatever it said: its endpoint works. */
const SPOKEN: ReadonlySet<Failure> = new Set(['auth', 'permission', 'quota', 'rate', 'policy', 'client']);

/** What this gateway learns of keys, endpoints and models as calls go by, for the planner to read. */
export class WatchedConditions {
  readonly coolDowns: CoolDowns;
  readonly breakers: Breakers;
  readonly performances = new Performances();
  readonly #clock: Clock;
  readonly #seen: Conditions;

  constructor(clock: Clock, dice: Dice) {
    this.#clock = clock;
    this.coolDowns = new CoolDowns(dice);
    this.breakers = new Breakers(dice);
    this.#seen = { now: 0, cooling: this.coolDowns.cooling, openEndpoints: this.breakers.open, performance: this.performances.byName, prices: null };
  }

  /** As they are now. One object for all: read it at once, or copy it. */
  readonly now = (): Conditions => {
    this.#seen.now = this.#clock.now();
    return this.#seen;
  };

  set prices(prices: PriceBook | null) {
    this.#seen.prices = prices;
  }

  /** Before an attempt. @throws AppError upstream_overloaded while its endpoint is left alone */
  begin(attempt: Attempt): void {
    if (this.breakers.open.size > 0) this.breakers.begin(attempt, this.#clock.now());
  }

  answered(attempt: Attempt, orgId: string, latencyMs: number): void {
    this.performances.answered(attempt, latencyMs);
    this.breakers.answered(attempt, orgId, this.#clock.now());
    this.coolDowns.answered(attempt);
  }

  failed(attempt: Attempt, orgId: string, error: AppError): void {
    const now = this.#clock.now();
    const { failure } = error.rule;
    // What a new secret on trial does is no reason to leave the one in use alone.
    if (!attempt.trial?.isCandidate) this.coolDowns.failed(attempt, error, now);
    if (isOfEndpoint(error)) {
      this.performances.failed(attempt);
      this.breakers.failed(attempt, orgId, now);
    } else if (failure !== null && SPOKEN.has(failure)) this.breakers.answered(attempt, orgId, now);
    else this.breakers.toldNothing(attempt, now);
  }

  tick(): void {
    const now = this.#clock.now();
    this.coolDowns.tick(now);
    this.breakers.tick(now);
  }
}

/** A line that breaks, or a provider that says itself that it cannot; our own full pools say nothing about it. */
function isOfEndpoint({ rule, details }: AppError): boolean {
  return rule.failure === 'network' || (rule.failure === 'overload' && details?.['upstreamStatus'] !== undefined);
}
