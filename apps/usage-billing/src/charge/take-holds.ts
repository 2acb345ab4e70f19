import { formatUsd, type NanoUsd } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';
import type { PriceShelf } from '../prices/load-prices.js';
import { availableIn, lockWallets, moveHeld, type Wallet } from '../store/accounts.store.js';
import { lockCounters, type Counter } from '../store/budget-counters.store.js';
import { activeBudgets } from '../store/budgets.store.js';
import { moveCounters } from '../store/held-in-budgets.store.js';
import { findHolds, insertHoldBudgets, insertHolds, reservedInWallet, type Hold } from '../store/holds.store.js';
import { findOrg } from '../store/tiers.store.js';
import type { Outcome } from './coalesce.js';
import type { HoldReply, HoldWish } from './hold-wish.js';
import { planHold, type PlannedHold, type PlanFacts } from './plan-hold.js';
import { budgetExceeded, creditsExhausted, holdIsClosed, orgCannotSpend, priceUnknown } from './refusals.js';

export interface HoldDeps {
  db: Database;
  prices: PriceShelf;
  leaseMs: number;
  /** The cap of an answer for which the caller gives none, in tokens. */
  defaultMaxOutput: number;
}

interface Room {
  wallet: Wallet | undefined;
  counters: Map<string, Counter>;
}

/**
 * Reserves for several attempts of one org in one transaction: budgets in ascending order, then the wallet. Each attempt gets all
 * that it needs or nothing, in the order in which they came.
 */
export function takeHolds(deps: HoldDeps, orgId: string, wishes: readonly HoldWish[]): Promise<Outcome<HoldReply>[]> {
  return deps.db.transaction(async (tx) => {
    const facts = await factsFor(deps, tx, orgId);
    if (facts instanceof Error) return wishes.map(() => ({ error: facts }));
    const plans = wishes.map((wish) => planHold(wish, facts));
    const planned = plans.filter((plan) => typeof plan === 'object');
    if (planned.length === 0) return wishes.map((wish, index) => outcomeWithout(plans[index] as 'not needed', wish, deps));
    const room = await lockRoom(tx, orgId, planned);
    const taken = await findHolds(tx, planned.map((plan) => plan.hold.id));
    const admitted = new Map<string, PlannedHold>();
    const outcomes = wishes.map((wish, index): Outcome<HoldReply> => {
      const plan = plans[index]!;
      if (typeof plan === 'string') return outcomeWithout(plan, wish, deps);
      const before = taken.get(wish.eventId);
      if (before) return outcomeOfTaken(before, orgId, wish, deps);
      const refusal = admitted.has(wish.eventId) ? undefined : reserve(plan, room);
      if (refusal) return { error: refusal };
      admitted.set(wish.eventId, plan);
      return { value: replyOf(reservedInWallet(plan.hold), plan.maxOutputTokens, deps) };
    });
    await write(tx, orgId, [...admitted.values()], deps.leaseMs);
    return outcomes;
  });
}

async function factsFor(deps: HoldDeps, tx: Sql, orgId: string): Promise<PlanFacts | Error> {
  const org = await findOrg(tx, orgId);
  if (org?.status !== 'active') return orgCannotSpend(org?.status);
  const budgets = (await activeBudgets(tx, [orgId])).filter((budget) => budget.isHard && !budget.isShadow);
  const [row] = await tx.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return { book: await deps.prices.current(tx), tier: org.tier, budgets, at: row!.now.getTime(), defaultMaxOutput: deps.defaultMaxOutput };
}

async function lockRoom(tx: Sql, orgId: string, planned: readonly PlannedHold[]): Promise<Room> {
  const ids = new Map(planned.flatMap(countersOf).map((id) => [keyOf(id), id]));
  const counters = await lockCounters(tx, [...ids.values()]);
  const wallets = planned.some(({ hold }) => hold.keyOwner === 'platform') ? await lockWallets(tx, [orgId]) : new Map<string, Wallet>();
  return { wallet: wallets.get(orgId), counters: new Map(counters.map((counter) => [keyOf(counter), counter])) };
}

/** Takes the room for an attempt, or tells why there is none and takes nothing. */
function reserve({ hold, budgets }: PlannedHold, room: Room): Error | undefined {
  const needed = hold.amountNanoUsd;
  for (const { budget, window } of budgets) {
    const counter = room.counters.get(keyOf({ budgetId: budget.id, windowStart: window.start }))!;
    if (counter.spentNanoUsd + counter.heldNanoUsd + needed > budget.amountNanoUsd) return budgetExceeded(budget, counter, window, needed);
  }
  const fromWallet = reservedInWallet(hold);
  if (hold.keyOwner === 'platform' && (!room.wallet || availableIn(room.wallet) < fromWallet)) return creditsExhausted(room.wallet, fromWallet);
  if (room.wallet) room.wallet.heldNanoUsd += fromWallet;
  for (const { budget, window } of budgets) room.counters.get(keyOf({ budgetId: budget.id, windowStart: window.start }))!.heldNanoUsd += needed;
  return undefined;
}

async function write(tx: Sql, orgId: string, admitted: readonly PlannedHold[], leaseMs: number): Promise<void> {
  if (admitted.length === 0) return;
  const added = await insertHolds(tx, admitted.map((plan) => plan.hold), leaseMs);
  // Another service took one of them at the same moment under other locks: everything again, and then it is seen.
  if (added.length < admitted.length) throw Object.assign(new Error('A hold was taken twice at once.'), { code: '40001' });
  const reserved = admitted.flatMap((plan) => countersOf(plan).map((counter) => ({ ...counter, holdId: plan.hold.id, amountNanoUsd: plan.hold.amountNanoUsd })));
  await insertHoldBudgets(tx, reserved);
  const moves = new Map<string, { budgetId: string; windowStart: number; heldNanoUsd: NanoUsd; spentNanoUsd: NanoUsd }>();
  for (const { budgetId, windowStart, amountNanoUsd } of reserved) {
    const move = moves.get(keyOf({ budgetId, windowStart })) ?? { budgetId, windowStart, heldNanoUsd: 0n, spentNanoUsd: 0n };
    moves.set(keyOf(move), { ...move, heldNanoUsd: move.heldNanoUsd + amountNanoUsd });
  }
  await moveCounters(tx, [...moves.values()]);
  await moveHeld(tx, [{ orgId, heldNanoUsd: admitted.reduce((sum, plan) => sum + reservedInWallet(plan.hold), 0n) }]);
}

function outcomeWithout(plan: 'not needed' | 'price unknown', wish: HoldWish, deps: HoldDeps): Outcome<HoldReply> {
  return plan === 'price unknown' ? { error: priceUnknown(wish) } : { value: replyOf(0n, 0, deps) };
}

/** Asked again: the answer of the first time, for as long as the hold is open. */
function outcomeOfTaken(hold: Hold, orgId: string, wish: HoldWish, deps: HoldDeps): Outcome<HoldReply> {
  if (hold.state !== 'open' || hold.orgId !== orgId) return { error: holdIsClosed() };
  return { value: replyOf(reservedInWallet(hold), wish.maxOutputTokens > 0 ? 0 : hold.maxOutput, deps) };
}

function replyOf(held: NanoUsd, maxOutputTokens: number, deps: HoldDeps): HoldReply {
  return { maxOutputTokens, heldUsd: formatUsd(held), leaseMs: deps.leaseMs };
}

const countersOf = (plan: PlannedHold) => plan.budgets.map(({ budget, window }) => ({ budgetId: budget.id, windowStart: window.start }));
const keyOf = ({ budgetId, windowStart }: { budgetId: string; windowStart: number }): string => `${budgetId} ${windowStart}`;
