import type { AppError, Failure } from '@byok/kernel';
import { EVERY_MODEL, type Attempt, type CoolDown } from '@byok/routing';
import type { Dice } from './retries.js';

interface Rest {
  /** After the first failure; every further one in a row doubles it. */
  firstMs: number;
  mostMs: number;
  /** True where the failure is the key's whatever the model. */
  isOfKey: boolean;
}

/** For how long a key is left alone where the provider does not say. Its overload and a broken line are the breaker's business, not a key's. */
const RESTS: Partial<Record<Failure, Rest>> = {
  rate: { firstMs: 1_000, mostMs: 60_000, isOfKey: false },
  permission: { firstMs: 10_000, mostMs: 300_000, isOfKey: false },
  quota: { firstMs: 10_000, mostMs: 300_000, isOfKey: true },
  auth: { firstMs: 10_000, mostMs: 60_000, isOfKey: true },
};
const TELLS_WHEN: ReadonlySet<Failure> = new Set(['rate', 'overload', 'quota']);
const LONGEST_TOLD_MS = 3_600_000;
const MOST_MODELS_PER_KEY = 256;
/** Failures that lie further apart are not in a row. */
const ROW_ENDS_MS = 600_000;

/** Keys that are left alone for a while, for one model or for all, and how often each has failed in a row. */
export class CoolDowns {
  readonly #dice: Dice;
  readonly #cooling = new Map<string, Map<string, CoolDown>>();
  readonly #rows = new Map<string, Map<string, { failures: number; until: number }>>();

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** By key id, then by model. */
  get cooling(): ReadonlyMap<string, ReadonlyMap<string, CoolDown>> {
    return this.#cooling;
  }

  failed({ keyId, upstreamModel }: Attempt, error: AppError, now: number): void {
    const { failure } = error.rule;
    // A limit of ours, or a queue of ours that is full, says nothing about the key to others.
    if (failure === null || (failure === 'rate' && error.details?.['upstreamStatus'] === undefined)) return;
    const rest = RESTS[failure];
    const told = TELLS_WHEN.has(failure) ? error.details?.['retryAfterMs'] : undefined;
    if (rest === undefined && typeof told !== 'number') return;
    const model = rest?.isOfKey ? EVERY_MODEL : upstreamModel;
    const failures = this.#row(keyId, model, now);
    // What the provider asks for is the least; a little more keeps those who wait from coming back all at once.
    const ms = typeof told === 'number' ? Math.min(told, LONGEST_TOLD_MS) * (1 + 0.1 * this.#dice()) : Math.min(rest!.firstMs * 2 ** (failures - 1), rest!.mostMs) * (1 - 0.2 * this.#dice());
    this.#rest(keyId, model, { until: now + Math.ceil(ms), code: error.code, isGuess: typeof told !== 'number' });
  }

  answered({ keyId, upstreamModel }: Attempt): void {
    if (this.#rows.size === 0) return;
    const rows = this.#rows.get(keyId);
    if (!rows) return;
    rows.delete(upstreamModel);
    rows.delete(EVERY_MODEL);
    if (rows.size === 0) this.#rows.delete(keyId);
  }

  /** The key was changed: what it did before says nothing any more. */
  forget(keyId: string): void {
    this.#cooling.delete(keyId);
    this.#rows.delete(keyId);
  }

  /** Drops what is over. */
  tick(now: number): void {
    for (const maps of [this.#cooling, this.#rows]) {
      for (const [keyId, byModel] of maps as Map<string, Map<string, { until: number }>>) {
        for (const [model, { until }] of byModel) if (until <= now) byModel.delete(model);
        if (byModel.size === 0) maps.delete(keyId);
      }
    }
  }

  #row(keyId: string, model: string, now: number): number {
    let rows = this.#rows.get(keyId);
    if (!rows) this.#rows.set(keyId, (rows = new Map()));
    const row = rows.get(model);
    const failures = row && row.until > now ? row.failures + 1 : 1;
    if (row || rows.size < MOST_MODELS_PER_KEY) rows.set(model, { failures, until: now + ROW_ENDS_MS });
    return failures;
  }

  /** A shorter rest never ends a longer one. */
  #rest(keyId: string, model: string, coolDown: CoolDown): void {
    let byModel = this.#cooling.get(keyId);
    if (!byModel) this.#cooling.set(keyId, (byModel = new Map()));
    const known = byModel.get(model);
    if (known ? known.until < coolDown.until : byModel.size < MOST_MODELS_PER_KEY) byModel.set(model, coolDown);
  }
}
