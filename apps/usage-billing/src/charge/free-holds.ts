import type { Sql } from '@byok/platform';
import { lockWallets, moveHeld } from '../store/accounts.store.js';
import { lockCounters } from '../store/budget-counters.store.js';
import { moveCounters } from '../store/held-in-budgets.store.js';
import { closeHolds, findHoldBudgets, reservedInWallet, type Hold, type HoldState } from '../store/holds.store.js';
import { groupBy } from './group-by.js';

/** Gives back everything that these holds reserved and closes them; they are open and locked. */
export async function freeHolds(tx: Sql, holds: readonly Hold[], state: Extract<HoldState, 'released' | 'expired'>): Promise<void> {
  if (holds.length === 0) return;
  const shares = await findHoldBudgets(tx, holds.map((hold) => hold.id));
  await lockCounters(tx, shares);
  const byOrg = [...groupBy(holds, (hold) => hold.orgId)];
  await lockWallets(tx, byOrg.map(([orgId]) => orgId).sort());
  await closeHolds(tx, holds.map(({ id }) => ({ id, state })));
  const byCounter = groupBy(shares, ({ budgetId, windowStart }) => `${budgetId} ${windowStart}`);
  await moveCounters(
    tx,
    [...byCounter.values()].map((same) => ({ ...same[0]!, heldNanoUsd: -same.reduce((sum, share) => sum + share.amountNanoUsd, 0n), spentNanoUsd: 0n })),
  );
  await moveHeld(tx, byOrg.map(([orgId, own]) => ({ orgId, heldNanoUsd: -own.reduce((sum, hold) => sum + reservedInWallet(hold), 0n) })));
}
