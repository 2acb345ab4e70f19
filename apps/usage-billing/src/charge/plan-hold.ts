import { concerns } from '@byok/contracts';
import { windowOf, type NanoUsd, type Window } from '@byok/kernel';
import { MARKUP_BPS, withMarkup, type TierName } from '@byok/ledger';
import { matchPrice, upperBoundOf, type PriceBook } from '@byok/pricing';
import type { Budget } from '../store/budgets.store.js';
import type { NewHold } from '../store/holds.store.js';
import type { HoldWish } from './hold-wish.js';
import { spendingOf } from './hold-wish.js';

export interface PlanFacts {
  book: PriceBook;
  tier: TierName;
  /** Those that refuse: hard, in force and not in shadow. */
  budgets: readonly Budget[];
  /** Milliseconds since 1970. */
  at: number;
  /** What an answer may be long where the caller does not say. */
  defaultMaxOutput: number;
}

export interface PlannedHold {
  hold: NewHold;
  budgets: readonly { budget: Budget; window: Window }[];
  /** To be sent upstream, so that the bound holds; 0: the caller's own limit does that. */
  maxOutputTokens: number;
}

const HAS_NO_OUTPUT = new Set(['embeddings']);

/**
 * The most that an attempt can cost, and in which budgets that is reserved. Never less than that: what does not fit is refused, not
 * shrunk. `not needed` where nobody's credits and no hard budget are concerned.
 */
export function planHold(wish: HoldWish, facts: PlanFacts): PlannedHold | 'not needed' | 'price unknown' {
  const spending = spendingOf(wish);
  const budgets = facts.budgets.filter((budget) => concerns(budget, spending));
  const spendsCredits = wish.keyOwner === 'platform';
  if (!spendsCredits && budgets.length === 0) return 'not needed';
  const price = matchPrice(facts.book, wish.provider, wish.model, facts.at, wish.orgId);
  const maxOutput = HAS_NO_OUTPUT.has(wish.endpoint) ? 0 : wish.maxOutputTokens || facts.defaultMaxOutput;
  const { inputTokens, writesNoCache, hasNoAudio } = wish;
  const bound = price ? upperBoundOf({ inputTokens, outputTokens: maxOutput * wish.choices, writesNoCache, hasNoAudio }, price) : 'unknown';
  if (!price || bound === 'unknown') return 'price unknown';
  const markupBps = spendsCredits ? MARKUP_BPS[facts.tier] : 0;
  return {
    hold: holdOf(wish, { amountNanoUsd: withMarkup(bound.nanoUsd, markupBps), priceId: price.id, tier: facts.tier, markupBps, maxOutput }),
    budgets: budgets.map((budget) => ({ budget, window: windowOf(budget.period, budget.timeZone, facts.at) })),
    maxOutputTokens: wish.maxOutputTokens > 0 ? 0 : maxOutput,
  };
}

function holdOf(wish: HoldWish, pinned: { amountNanoUsd: NanoUsd; priceId: string; tier: TierName; markupBps: number; maxOutput: number }): NewHold {
  const { eventId: id, orgId, requestId, groupId, userId, tokenId, keyId, keyOwner, provider, model } = wish;
  return { id, orgId, requestId, groupId, userId, tokenId, keyId, keyOwner, provider, model, ...pinned };
}
