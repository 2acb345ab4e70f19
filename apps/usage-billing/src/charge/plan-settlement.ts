import { concerns } from '@byok/contracts';
import { windowOf } from '@byok/kernel';
import type { PriceBook, PriceVersion } from '@byok/pricing';
import type { Sql } from '@byok/platform';
import { factsOf } from '../budgets/facts-of.js';
import { openWallets, type Wallet } from '../store/accounts.store.js';
import { lockCounters, type Counter, type CounterId } from '../store/budget-counters.store.js';
import { activeBudgets } from '../store/budgets.store.js';
import { findHoldBudgets, lockHolds, type Hold, type HoldBudget } from '../store/holds.store.js';
import { tiersAt } from '../store/tiers.store.js';
import { findKnownEvents, type PricedEvent } from '../store/usage-events.store.js';
import { chargeEvent, type Settled } from './charge-event.js';
import { groupBy } from './group-by.js';

/**
 * When wallets are locked. Last, where every call fits into what was reserved for it: then a hot wallet is locked for a moment only,
 * and batches are worked on side by side. First, where a charge depends on what the wallet has.
 */
export type WalletOrder = 'wallets last' | 'wallets first';

/** What a batch of events settles, decided before they are inserted and written after. */
export interface Settlement {
  order: WalletOrder;
  /** Every event as it is to be inserted. */
  events: PricedEvent[];
  settled: Settled[];
  /** As they will be, and as they were; from zero where they are not locked yet. */
  wallets: readonly { before: Wallet; after: Wallet }[];
  counters: readonly { before: Counter; after: Counter }[];
}

/**
 * Locks holds, then budget counters, then wallets (everybody's order), and charges the events that are new. What is locked is known
 * not to change until the events are in: an event that another batch has just added is seen, and not charged again.
 * @throws WalletNeeded when it has to be done again with the wallets first
 */
export async function planSettlement(tx: Sql, priced: readonly PricedEvent[], book: PriceBook, order: WalletOrder): Promise<Settlement> {
  const holds = await lockOwnHolds(tx, priced);
  const shares = await findHoldBudgets(tx, [...holds.keys()]);
  const counters = await lockCounters(tx, await countersFor(tx, priced, shares));
  const concerned = priced.filter(({ event }) => event.keyOwner === 'platform' || holds.has(event.eventId));
  if (concerned.length === 0) return { order, events: [...priced], settled: [], wallets: [], counters: [] };
  const orgIds = new Set(concerned.filter(({ event }) => (holds.get(event.eventId) ?? event).keyOwner === 'platform').map(({ event }) => event.orgId));
  const wallets = await walletsFor(tx, [...orgIds].sort(), order);
  const known = await findKnownEvents(tx, concerned.map(({ event }) => event.eventId));
  const fresh = concerned.filter(({ event }) => !known.has(event.eventId));
  const [counterMoves, walletMoves] = [counters.map(twice), [...wallets.values()].map(twice)];
  const settled = charge(fresh, await knowledge(tx, fresh, holds, shares, book), { counters: counterMoves.map(({ after }) => after), wallets: walletMoves.map(({ after }) => after), isLocked: order === 'wallets first' });
  const byId = new Map(settled.map((each) => [each.priced.event.eventId, each.priced]));
  return { order, events: priced.map((each) => byId.get(each.event.eventId) ?? each), settled, wallets: walletMoves, counters: counterMoves };
}

/** The events' holds; one that another org took is none of theirs and runs out. */
async function lockOwnHolds(tx: Sql, priced: readonly PricedEvent[]): Promise<Map<string, Hold>> {
  const orgOf = new Map(priced.map(({ event }) => [event.eventId, event.orgId]));
  const holds = await lockHolds(tx, [...orgOf.keys()]);
  return new Map([...holds].filter(([id, hold]) => hold.orgId === orgOf.get(id)));
}

/**
 * Batches that lock wallets last wait for nobody but each other's sums and the wallet; one that locks them first would wait for such
 * a batch while that waits for it, so it has the org for itself.
 */
async function walletsFor(tx: Sql, orgIds: readonly string[], order: WalletOrder): Promise<Map<string, Wallet>> {
  const mode = order === 'wallets first' ? '' : '_shared';
  for (const orgId of orgIds) await tx.query(`SELECT pg_advisory_xact_lock${mode}(hashtextextended('settlement of ' || $1, 0))`, [orgId]);
  if (order === 'wallets first') return openWallets(tx, orgIds);
  return new Map(orgIds.map((orgId) => [orgId, { orgId, postedNanoUsd: 0n, heldNanoUsd: 0n, floorNanoUsd: 0n }]));
}

interface Knowledge {
  holds: ReadonlyMap<string, Hold>;
  shares: readonly HoldBudget[];
  priceOfHold(hold: Hold): PriceVersion | undefined;
  tiers: ReadonlyMap<string, Settled['tier'] | undefined>;
}

async function knowledge(tx: Sql, fresh: readonly PricedEvent[], holds: ReadonlyMap<string, Hold>, shares: readonly HoldBudget[], book: PriceBook): Promise<Knowledge> {
  const unheld = fresh.filter(({ event }) => !holds.has(event.eventId));
  const tiers = await tiersAt(tx, unheld.map(({ event, startedAt }) => ({ orgId: event.orgId, at: startedAt })));
  const wanted = new Set([...holds.values()].map((hold) => hold.priceId));
  const prices = new Map([...book.values()].flatMap((shelf) => shelf.filter((price) => wanted.has(price.id)).map((price) => [price.id, price])));
  return { holds, shares, priceOfHold: (hold) => prices.get(hold.priceId), tiers: new Map(unheld.map(({ event }, index) => [event.eventId, tiers[index]])) };
}

function charge(fresh: readonly PricedEvent[], { holds, shares, priceOfHold, tiers }: Knowledge, room: { counters: readonly Counter[]; wallets: readonly Wallet[]; isLocked: boolean }): Settled[] {
  const counterOf = new Map(room.counters.map((counter) => [keyOf(counter), counter]));
  const walletOf = new Map(room.wallets.map((wallet) => [wallet.orgId, wallet]));
  const sharesOf = groupBy(shares, (share) => share.holdId);
  return fresh.map((priced) => {
    const { eventId, orgId } = priced.event;
    const hold = holds.get(eventId);
    const budgets = (sharesOf.get(eventId) ?? []).map((share) => ({ share, counter: counterOf.get(keyOf(share))! }));
    return chargeEvent({ priced, hold, price: hold && priceOfHold(hold), budgets, wallet: walletOf.get(orgId), isWalletLocked: room.isLocked, tier: tiers.get(eventId) });
  });
}

/** Also those in which the events will be counted without a hold: once a wallet is locked, no counter may be waited for. */
async function countersFor(tx: Sql, priced: readonly PricedEvent[], shares: readonly HoldBudget[]): Promise<CounterId[]> {
  const ids = new Map<string, CounterId>(shares.map(({ budgetId, windowStart }) => [keyOf({ budgetId, windowStart }), { budgetId, windowStart }]));
  const budgets = await activeBudgets(tx, [...new Set(priced.map(({ event }) => event.orgId))]);
  if (budgets.length === 0) return [...ids.values()];
  for (const { event, startedAt, costNanoUsd } of priced) {
    if (costNanoUsd === 0n) continue;
    const facts = factsOf(event);
    for (const budget of budgets) {
      if (!concerns(budget, facts)) continue;
      const id = { budgetId: budget.id, windowStart: windowOf(budget.period, budget.timeZone, startedAt).start };
      ids.set(keyOf(id), id);
    }
  }
  return [...ids.values()];
}

const twice = <T extends object>(row: T): { before: T; after: T } => ({ before: row, after: { ...row } });
const keyOf = ({ budgetId, windowStart }: CounterId): string => `${budgetId} ${windowStart}`;
