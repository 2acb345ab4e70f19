import type { NanoUsd, Period } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { unnestRows, type BulkColumn } from './unnest.js';

/** A budget's counter: which budget, which window. */
export interface CounterId {
  budgetId: string;
  /** Milliseconds since 1970. */
  windowStart: number;
}

export interface Counter extends CounterId {
  spentNanoUsd: NanoUsd;
  heldNanoUsd: NanoUsd;
  wouldRefuse: number;
}

interface Row {
  budget_id: string;
  window_start: Date;
  spent_nano_usd: string;
  held_nano_usd: string;
  would_refuse: string;
}

const ID_COLUMNS = [
  ['budget_id', 'text', ({ budgetId }) => budgetId],
  ['window_start', 'timestamptz', ({ windowStart }) => new Date(windowStart).toISOString()],
] as const satisfies readonly BulkColumn<CounterId>[];

const SPENT_COLUMNS: readonly BulkColumn<CounterId & { addedNanoUsd: NanoUsd; wouldRefuse: number }>[] = [
  ...ID_COLUMNS,
  ['added', 'bigint', ({ addedNanoUsd }) => addedNanoUsd.toString()],
  ['refused', 'bigint', ({ wouldRefuse }) => wouldRefuse],
];

const COUNTER = 'budget_id, window_start, spent_nano_usd, held_nano_usd, would_refuse';

/** Makes the counters that are missing and locks all of them, in the one order in which everybody locks them. */
export async function lockCounters(tx: Sql, ids: readonly CounterId[]): Promise<Counter[]> {
  if (ids.length === 0) return [];
  const { from, parameters } = unnestRows<CounterId>(ID_COLUMNS, ids);
  await tx.query(`INSERT INTO billing.budget_counter (budget_id, window_start) SELECT * FROM ${from} ORDER BY 1, 2 ON CONFLICT DO NOTHING`, parameters);
  const rows = await tx.query<Row>(
    `SELECT ${COUNTER} FROM billing.budget_counter WHERE (budget_id, window_start) IN (SELECT * FROM ${from}) ORDER BY budget_id, window_start FOR UPDATE`,
    parameters,
  );
  return rows.map(counterOf);
}

/** Adds to counters that the transaction has locked. */
export async function addToCounters(tx: Sql, additions: readonly (CounterId & { addedNanoUsd: NanoUsd; wouldRefuse: number })[]): Promise<void> {
  if (additions.length === 0) return;
  const { from, parameters } = unnestRows(SPENT_COLUMNS, additions);
  await tx.query(
    `UPDATE billing.budget_counter AS counter SET spent_nano_usd = spent_nano_usd + row.added, would_refuse = would_refuse + row.refused
     FROM ${from} WHERE counter.budget_id = row.budget_id AND counter.window_start = row.window_start`,
    parameters,
  );
}

/** The counters as they stand; one that nobody wrote yet is left out. */
export async function readCounters(db: Sql, ids: readonly CounterId[]): Promise<Counter[]> {
  if (ids.length === 0) return [];
  const { from, parameters } = unnestRows<CounterId>(ID_COLUMNS, ids);
  return (await db.query<Row>(`SELECT ${COUNTER} FROM billing.budget_counter WHERE (budget_id, window_start) IN (SELECT * FROM ${from})`, parameters)).map(counterOf);
}

/** A counter of a budget that is in force and not yet spent. */
export interface CounterUnderWay extends CounterId {
  orgId: string;
  name: string;
  period: Period;
  timeZone: string;
  amountNanoUsd: NanoUsd;
  spentNanoUsd: NanoUsd;
}

/** The latest counter of every budget that has windows and is partly spent, in the order of the budgets' ids. */
export async function countersUnderWay(db: Sql, after: string, limit: number): Promise<CounterUnderWay[]> {
  const rows = await db.query<Row & { org_id: string; name: string; period: Period; time_zone: string; amount_nano_usd: string }>(
    `SELECT DISTINCT ON (budget.id) budget.org_id, budget.name, budget.period, budget.time_zone, budget.amount_nano_usd, counter.* FROM billing.budget
     JOIN billing.budget_counter AS counter ON counter.budget_id = budget.id WHERE budget.id > $1 AND budget.status = 'active' AND budget.period <> 'total'
       AND counter.window_start > now() - interval '32 days' AND spent_nano_usd > 0 AND spent_nano_usd < budget.amount_nano_usd
     ORDER BY budget.id, counter.window_start DESC LIMIT $2`,
    [after, limit],
  );
  return rows.map((row) => ({
    ...{ budgetId: row.budget_id, windowStart: row.window_start.getTime(), orgId: row.org_id, name: row.name, period: row.period, timeZone: row.time_zone },
    ...{ amountNanoUsd: BigInt(row.amount_nano_usd), spentNanoUsd: BigInt(row.spent_nano_usd) },
  }));
}

function counterOf(row: Row): Counter {
  return {
    ...{ budgetId: row.budget_id, windowStart: row.window_start.getTime() },
    ...{ spentNanoUsd: BigInt(row.spent_nano_usd), heldNanoUsd: BigInt(row.held_nano_usd), wouldRefuse: Number(row.would_refuse) },
  };
}
