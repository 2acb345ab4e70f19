import type { NanoUsd, OwnerType } from '@byok/kernel';
import type { TierName } from '@byok/ledger';
import type { Sql } from '@byok/platform';
import { unnestRows, type BulkColumn } from './unnest.js';

export type HoldState = 'open' | 'settled' | 'released' | 'expired' | 'late_settled';

/** Money reserved for one attempt; its id is the attempt's usage event. */
export interface Hold {
  id: string;
  orgId: string;
  keyOwner: OwnerType;
  amountNanoUsd: NanoUsd;
  state: HoldState;
  priceId: string;
  tier: TierName;
  markupBps: number;
  maxOutput: number;
}

export interface NewHold extends Omit<Hold, 'state'> {
  requestId: string;
  groupId: string | null;
  userId: string | null;
  tokenId: string | null;
  keyId: string;
  provider: string;
  model: string;
}

/** What a hold reserved in a budget, and what that budget is now. */
export interface HoldBudget {
  holdId: string;
  budgetId: string;
  windowStart: number;
  amountNanoUsd: NanoUsd;
  budgetAmountNanoUsd: NanoUsd;
}

const COLUMNS: readonly BulkColumn<NewHold>[] = [
  ['id', 'text', (hold) => hold.id],
  ['org_id', 'text', (hold) => hold.orgId],
  ['request_id', 'text', (hold) => hold.requestId],
  ['group_id', 'text', (hold) => hold.groupId],
  ['user_id', 'text', (hold) => hold.userId],
  ['token_id', 'text', (hold) => hold.tokenId],
  ['key_id', 'text', (hold) => hold.keyId],
  ['key_owner', 'text', (hold) => hold.keyOwner],
  ['provider', 'text', (hold) => hold.provider],
  ['model', 'text', (hold) => hold.model],
  ['amount_nano_usd', 'bigint', (hold) => hold.amountNanoUsd.toString()],
  ['price_id', 'text', (hold) => hold.priceId],
  ['tier', 'text', (hold) => hold.tier],
  ['markup_bps', 'int', (hold) => hold.markupBps],
  ['max_output', 'bigint', (hold) => hold.maxOutput],
];

const HOLD = `id, org_id AS "orgId", key_owner AS "keyOwner", amount_nano_usd AS "amountNanoUsd", state, price_id AS "priceId", tier, markup_bps AS "markupBps", max_output AS "maxOutput"`;

type Row = Omit<Hold, 'amountNanoUsd' | 'maxOutput'> & { amountNanoUsd: string; maxOutput: string };

/** True in amounts of the wallet: a hold on a key of one's own reserves in budgets alone. */
export function reservedInWallet(hold: Pick<Hold, 'keyOwner' | 'amountNanoUsd'>): NanoUsd {
  return hold.keyOwner === 'platform' ? hold.amountNanoUsd : 0n;
}

/** Adds holds and answers which were added: one that is there already is not. */
export async function insertHolds(tx: Sql, holds: readonly NewHold[], leaseMs: number): Promise<string[]> {
  const { from, parameters } = unnestRows(COLUMNS, holds);
  const names = COLUMNS.map(([name]) => name).join(', ');
  const rows = await tx.query<{ id: string }>(
    `INSERT INTO billing.hold (${names}, expires_at) SELECT *, clock_timestamp() + $${COLUMNS.length + 1} * interval '1 millisecond' FROM ${from}
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [...parameters, leaseMs],
  );
  return rows.map((row) => row.id);
}

export async function insertHoldBudgets(tx: Sql, rows: readonly { holdId: string; budgetId: string; windowStart: number; amountNanoUsd: NanoUsd }[]): Promise<void> {
  if (rows.length === 0) return;
  const { from, parameters } = unnestRows(
    [
      ['hold_id', 'text', ({ holdId }) => holdId],
      ['budget_id', 'text', ({ budgetId }) => budgetId],
      ['window_start', 'timestamptz', ({ windowStart }) => new Date(windowStart).toISOString()],
      ['amount_nano_usd', 'bigint', ({ amountNanoUsd }) => amountNanoUsd.toString()],
    ],
    rows,
  );
  await tx.query(`INSERT INTO billing.hold_budget (hold_id, budget_id, window_start, amount_nano_usd) SELECT * FROM ${from}`, parameters);
}

export async function findHolds(db: Sql, ids: readonly string[]): Promise<Map<string, Hold>> {
  return byId(await db.query<Row>(`SELECT ${HOLD} FROM billing.hold WHERE id = ANY ($1)`, [ids]));
}

/** Locks holds before anything else that belongs to them. */
export async function lockHolds(tx: Sql, ids: readonly string[]): Promise<Map<string, Hold>> {
  return byId(await tx.query<Row>(`SELECT ${HOLD} FROM billing.hold WHERE id = ANY ($1) ORDER BY id FOR UPDATE`, [ids]));
}

/** Locks some of the holds that are open past their lease; those that another reaper has are left to it. */
export async function lockExpiredHolds(tx: Sql, limit: number): Promise<Map<string, Hold>> {
  return byId(
    await tx.query<Row>(
      `SELECT ${HOLD} FROM (SELECT * FROM billing.hold WHERE state = 'open' AND expires_at < clock_timestamp() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS hold ORDER BY id`,
      [limit],
    ),
  );
}

export async function findHoldBudgets(db: Sql, holdIds: readonly string[]): Promise<HoldBudget[]> {
  if (holdIds.length === 0) return [];
  const rows = await db.query<{ hold_id: string; budget_id: string; window_start: Date; reserved: string; amount: string }>(
    `SELECT hold_id, budget_id, window_start, hold_budget.amount_nano_usd AS reserved, budget.amount_nano_usd AS amount
     FROM billing.hold_budget JOIN billing.budget ON budget.id = budget_id WHERE hold_id = ANY ($1)`,
    [holdIds],
  );
  return rows.map((row) => ({
    ...{ holdId: row.hold_id, budgetId: row.budget_id, windowStart: row.window_start.getTime() },
    ...{ amountNanoUsd: BigInt(row.reserved), budgetAmountNanoUsd: BigInt(row.amount) },
  }));
}

/** Closes holds that the transaction has locked. */
export async function closeHolds(tx: Sql, closings: readonly { id: string; state: HoldState }[]): Promise<void> {
  if (closings.length === 0) return;
  const { from, parameters } = unnestRows(
    [
      ['id', 'text', ({ id }) => id],
      ['state', 'text', ({ state }) => state],
    ],
    closings,
  );
  await tx.query(`UPDATE billing.hold SET state = row.state, closed_at = clock_timestamp() FROM ${from} WHERE hold.id = row.id`, parameters);
}

/** Gives running calls their lease anew; what is closed stays closed. */
export async function extendLeases(db: Sql, ids: readonly string[], leaseMs: number): Promise<void> {
  await db.query(
    `UPDATE billing.hold SET expires_at = clock_timestamp() + $2 * interval '1 millisecond'
     WHERE id IN (SELECT id FROM billing.hold WHERE id = ANY ($1) AND state = 'open' ORDER BY id FOR UPDATE)`,
    [ids, leaseMs],
  );
}

function byId(rows: readonly Row[]): Map<string, Hold> {
  return new Map(rows.map((row) => [row.id, { ...row, amountNanoUsd: BigInt(row.amountNanoUsd), maxOutput: Number(row.maxOutput) }]));
}
