import { markupOf } from '@byok/ledger';
import { divideHalfEven, type NanoUsd } from '@byok/kernel';

/** What the same tokens cost, four times. */
export interface SavingsSums {
  /** On the baseline, every token of input at its plain rate. */
  baseline: NanoUsd;
  /** On the models that served them, every token of input at its plain rate. */
  withoutCache: NanoUsd;
  /** As they were: at list price with what was read from caches. Apart for keys of one's own and the platform's. */
  listOnOwnKeys: NanoUsd;
  listOnCredits: NanoUsd;
  /** What was charged for platform credits, markup included. */
  charged: NanoUsd;
}

export interface Waterfall {
  /** Each from the one before; they sum to `actual`. A saving is negative, and what cost more is positive. */
  steps: { step: 'baseline' | 'routing' | 'cache' | 'markup' | 'own-keys'; nanoUsd: NanoUsd }[];
  actual: NanoUsd;
  saved: NanoUsd;
  /** Of what it would have been, in hundredths of a percent. */
  savedHundredths: bigint;
}

/**
 * From what the declared baseline would have cost to what was paid: which part is due to cheaper models, to caches, and to keys of one's own,
 * on which no markup is paid. `markup` is what all of it would have had on top on platform credits; `own-keys` takes back what was not paid of it.
 */
export function waterfall(sums: SavingsSums, markupBps: number): Waterfall {
  const list = sums.listOnOwnKeys + sums.listOnCredits;
  const actual = sums.listOnOwnKeys + sums.charged;
  const markup = markupOf(list, markupBps);
  const steps: Waterfall['steps'] = [
    { step: 'baseline', nanoUsd: sums.baseline },
    { step: 'routing', nanoUsd: sums.withoutCache - sums.baseline },
    { step: 'cache', nanoUsd: list - sums.withoutCache },
    { step: 'markup', nanoUsd: markup },
    { step: 'own-keys', nanoUsd: actual - list - markup },
  ];
  const whole = sums.baseline + markup;
  return { steps, actual, saved: whole - actual, savedHundredths: whole > 0n ? divideHalfEven((whole - actual) * 10_000n, whole) : 0n };
}
