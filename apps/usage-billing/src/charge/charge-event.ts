import type { NanoUsd } from '@byok/kernel';
import { chargeFor, drawnBy, MARKUP_BPS, type Charge, type TierName } from '@byok/ledger';
import { priceOf, type PriceVersion } from '@byok/pricing';
import { availableIn, type Wallet } from '../store/accounts.store.js';
import type { Counter } from '../store/budget-counters.store.js';
import { reservedInWallet, type Hold, type HoldBudget, type HoldState } from '../store/holds.store.js';
import type { PricedEvent } from '../store/usage-events.store.js';

/** What a new event settles, with everything about it locked. The wallet and the counters are changed as it is charged. */
export interface Settling {
  priced: PricedEvent;
  hold: Hold | undefined;
  /** What the hold pinned. */
  price: PriceVersion | undefined;
  budgets: readonly { share: HoldBudget; counter: Counter }[];
  wallet: Wallet | undefined;
  /** False: the wallet only counts what is moved, and will be locked later. */
  isWalletLocked: boolean;
  /** Of the org when the call began; a hold knows better. */
  tier: TierName | undefined;
}

/** What follows for the event, its hold and its charge. */
export interface Settled {
  priced: PricedEvent;
  hold: Hold | undefined;
  closesAs: HoldState | undefined;
  /** undefined: nothing to charge, or nobody knows how much. */
  charge: Charge | undefined;
  tier: TierName;
  markupBps: number;
  spentNanoUsd: NanoUsd;
}

/** A charge depends on what the wallet has: it must be locked first. */
export class WalletNeeded extends Error {}

/**
 * Charges an attempt for what it consumed. An open hold is used up or given back; an event that comes after its hold expired, or
 * without one, is charged from what is there. What neither wallet nor hard budget can give is our loss and nobody's debt.
 * @throws WalletNeeded when it costs more than was reserved for it and the wallet is not locked
 */
export function chargeEvent({ priced, hold, price, budgets, wallet, isWalletLocked, tier }: Settling): Settled {
  const final = price ? repriced(priced, price) : priced;
  const isOpen = hold?.state === 'open';
  const pinned = { tier: hold?.tier ?? tier ?? 'trial', markupBps: hold?.markupBps ?? MARKUP_BPS[tier ?? 'trial'] };
  free(isOpen ? hold : undefined, budgets, wallet);
  const isPaidByCredits = final.event.keyOwner === 'platform' && wallet !== undefined;
  const isCharged = isPaidByCredits && final.costNanoUsd !== null && final.costNanoUsd > 0n;
  const reserved = isOpen ? hold.amountNanoUsd : 0n;
  const charge = isCharged ? chargeFor(final.costNanoUsd!, pinned.markupBps, isWalletLocked ? roomFor(reserved, budgets, wallet) : reserved) : undefined;
  if (charge && charge.overrunNanoUsd > 0n && !isWalletLocked) throw new WalletNeeded();
  if (charge) wallet!.postedNanoUsd -= drawnBy(charge);
  const spentNanoUsd = isPaidByCredits ? (charge ? drawnBy(charge) : 0n) : (final.costNanoUsd ?? 0n);
  const counted = isCounted(hold) ? budgets : [];
  for (const { counter } of counted) counter.spentNanoUsd += spentNanoUsd;
  return {
    priced: { ...final, chargedNanoUsd: chargedOf(final, charge), heldBudgetIds: counted.map(({ share }) => share.budgetId) },
    ...{ hold, closesAs: closingOf(hold, final), charge, ...pinned, spentNanoUsd },
  };
}

/** A released hold told that its attempt was not made: what comes all the same is counted like spending without a hold. */
export function isCounted(hold: Hold | undefined): boolean {
  return hold !== undefined && hold.state !== 'released';
}

/** By the price that the hold pinned, whatever happened to prices since. */
function repriced(priced: PricedEvent, price: PriceVersion): PricedEvent {
  if (priced.event.meters === null) return priced;
  const cost = priceOf(priced.event.meters, price);
  return { ...priced, priceId: price.id, costNanoUsd: cost === 'unknown' ? null : cost.nanoUsd };
}

function free(hold: Hold | undefined, budgets: Settling['budgets'], wallet: Wallet | undefined): void {
  if (!hold) return;
  if (wallet) wallet.heldNanoUsd -= reservedInWallet(hold);
  for (const { share, counter } of budgets) counter.heldNanoUsd -= share.amountNanoUsd;
}

/** What may be drawn: what the wallet has, and no more than its hard budgets leave, but what was reserved in any case. */
function roomFor(reserved: NanoUsd, budgets: Settling['budgets'], wallet: Wallet): NanoUsd {
  let room = availableIn(wallet);
  for (const { share, counter } of budgets) {
    const left = share.budgetAmountNanoUsd - counter.spentNanoUsd - counter.heldNanoUsd;
    const promised = left > reserved ? left : reserved;
    if (promised < room) room = promised;
  }
  return room;
}

function chargedOf(priced: PricedEvent, charge: Charge | undefined): NanoUsd | null {
  if (priced.event.keyOwner !== 'platform') return 0n;
  return charge ? drawnBy(charge) : priced.costNanoUsd === 0n ? 0n : null;
}

function closingOf(hold: Hold | undefined, { costNanoUsd }: PricedEvent): HoldState | undefined {
  if (hold?.state === 'open') return costNanoUsd === 0n ? 'released' : 'settled';
  return hold?.state === 'expired' ? 'late_settled' : undefined;
}
