import type { Tier } from '@byok/contracts';
import type { NanoUsd } from '@byok/kernel';
import { MARKUP_BPS, markupOf, type TierName } from '@byok/ledger';

export interface TierCost {
  tier: (typeof Tier.options)[number];
  markup: NanoUsd;
  /** On platform credits. */
  total: NanoUsd;
}

/** What usage of a list price costs on platform credits in each tier. On a key of one's own it is the list price, and the markup is what that saves. */
export function costByTier(list: NanoUsd): TierCost[] {
  return (Object.keys(MARKUP_BPS) as TierName[]).map((tier) => {
    const markup = markupOf(list, MARKUP_BPS[tier]);
    return { tier, markup, total: list + markup };
  });
}
