import type { AppError } from '@byok/kernel';

/** A number from 0 to 1, by chance. */
export type Dice = () => number;

const SHARE_OF_CALLS = 0.1;
/** What may be saved up: enough that a gateway with few calls can retry, too few to make an outage worse. */
const MOST_SAVED = 10;
const PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 250;
/** A provider that wants more time than this is not waited for. */
const LONGEST_TOLD_MS = 1_000;

/** Second tries with the same key: at most one for ten calls, so that a provider in trouble does not get twice the load. */
export class Retries {
  readonly #dice: Dice;
  #saved = MOST_SAVED;
  #made = 0;
  #refused = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  get made(): number {
    return this.#made;
  }

  /** Those that there was no budget for. */
  get refused(): number {
    return this.#refused;
  }

  /** A call begins, which earns a tenth of a retry. */
  called(): void {
    if (this.#saved < MOST_SAVED) this.#saved += SHARE_OF_CALLS;
  }

  /** How long to wait before the same key is tried again; undefined when it is not. */
  pauseMs(error: AppError): number | undefined {
    const toldMs = error.details?.['retryAfterMs'];
    if (error.rule.next !== 'same-key-retry' || (typeof toldMs === 'number' && toldMs > LONGEST_TOLD_MS)) return undefined;
    if (this.#saved < 1) {
      this.#refused += 1;
      return undefined;
    }
    this.#saved -= 1;
    this.#made += 1;
    return (typeof toldMs === 'number' ? toldMs : PAUSE_MS) + this.#dice() * (LONGEST_PAUSE_MS - PAUSE_MS);
  }
}
