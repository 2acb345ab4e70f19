import type { Tier } from '@byok/contracts';
import { divideHalfEven, type NanoUsd } from '@byok/kernel';
import type { z } from 'zod';

export type TierName = z.infer<typeof Tier>;

/** What is put on top of the list price of a call on platform credits, in hundredths of a percent. A key of one's own has none. */
export const MARKUP_BPS: Readonly<Record<TierName, number>> = { trial: 1500, starter: 1000, professional: 500, enterprise: 0 };

const WHOLE_BPS = 10_000n;

/** The markup on an amount, rounded half to even, apart from the amount itself. */
export function markupOf(baseNanoUsd: NanoUsd, markupBps: number): NanoUsd {
  return divideHalfEven(baseNanoUsd * BigInt(markupBps), WHOLE_BPS);
}

/** An amount with its markup: what is held for at most so much, and charged for so much. */
export function withMarkup(baseNanoUsd: NanoUsd, markupBps: number): NanoUsd {
  return baseNanoUsd + markupOf(baseNanoUsd, markupBps);
}
