import { AppError, formatUsd, type NanoUsd, type Window } from '@byok/kernel';
import type { Counter } from '../store/budget-counters.store.js';
import type { Budget } from '../store/budgets.store.js';
import type { Wallet } from '../store/accounts.store.js';
import { availableIn } from '../store/accounts.store.js';
import type { HoldWish } from './hold-wish.js';

/** Why it does not fit: there is too little, or there would be enough if running calls had not reserved it. */
type Reason = 'insufficient' | 'in_flight';

const RETRY_MS = 5_000;

export function creditsExhausted(wallet: Wallet | undefined, needed: NanoUsd): AppError {
  const remaining = wallet ? availableIn(wallet) : 0n;
  const reason = wallet && remaining + wallet.heldNanoUsd >= needed ? 'in_flight' : 'insufficient';
  return new AppError('credits_exhausted', `This call may cost up to $${formatUsd(needed)} and $${formatUsd(remaining)} of credits are left. ${hintOf(reason, 'Ask for credits, lower max_tokens, or bring a key of your own.')}`, {
    details: { ...factsOf(reason, remaining, needed), limitSource: 'credits', scope: 'org', resetsAt: null, remedyHint: hintOf(reason, 'Ask for credits, lower max_tokens, or bring a key of your own.') },
  });
}

export function budgetExceeded(budget: Budget, counter: Counter, window: Window, needed: NanoUsd): AppError {
  const left = budget.amountNanoUsd - counter.spentNanoUsd - counter.heldNanoUsd;
  const remaining = left < 0n ? 0n : left;
  const reason = budget.amountNanoUsd - counter.spentNanoUsd >= needed ? 'in_flight' : 'insufficient';
  const resetsAt = window.end === null ? null : new Date(window.end).toISOString();
  const remedyHint = hintOf(reason, resetsAt ? `Lower max_tokens, wait until ${resetsAt}, or ask an admin to raise the budget.` : 'Lower max_tokens, or ask an admin to raise the budget.');
  return new AppError('budget_exceeded', `This call may cost up to $${formatUsd(needed)} and the budget "${budget.name}" has $${formatUsd(remaining)} left. ${remedyHint}`, {
    details: { ...factsOf(reason, remaining, needed), limitSource: 'budget', scope: budget.scope, scopeId: budget.scopeId, budgetId: budget.id, resetsAt, remedyHint },
  });
}

export function priceUnknown(wish: HoldWish): AppError {
  const isCredits = wish.keyOwner === 'platform';
  const remedyHint = isCredits ? 'Use a model that has a price, or bring a key of your own.' : 'Use a model that has a price, or ask an admin to take keys of one’s own out of the hard budget.';
  return new AppError('price_unknown', `Nobody told us what ${wish.provider}/${wish.model} costs, so it cannot be ${isCredits ? 'paid with credits' : 'kept within a hard budget'}. ${remedyHint}`, {
    details: { reason: 'price_unknown', limitSource: isCredits ? 'credits' : 'budget', provider: wish.provider, model: wish.model, remedyHint },
  });
}

export function holdIsClosed(): AppError {
  return new AppError('conflict', 'This attempt was already settled or given up; it cannot be paid for again.');
}

export function orgCannotSpend(status: string | undefined): AppError {
  if (status === undefined) return new AppError('not_found', 'There is no such organisation.');
  return new AppError('org_frozen', 'This organisation is frozen. Ask your operator.');
}

function factsOf(reason: Reason, remaining: NanoUsd, needed: NanoUsd): Record<string, unknown> {
  const retry = reason === 'in_flight' ? { retryAfterMs: RETRY_MS } : {};
  return { reason, remainingUsd: formatUsd(remaining), neededUsd: formatUsd(needed), ...retry };
}

function hintOf(reason: Reason, otherwise: string): string {
  return reason === 'in_flight' ? 'Running calls have reserved the rest: try again in a few seconds.' : otherwise;
}
