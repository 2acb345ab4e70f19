import type { NanoUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { CounterId } from './budget-counters.store.js';
import { unnestRows } from './unnest.js';

export interface CounterMove extends CounterId {
  heldNanoUsd: NanoUsd;
  spentNanoUsd: NanoUsd;
}

/** Reserves, frees and counts as spent in counters that the transaction has locked. */
export async function moveCounters(tx: Sql, moves: readonly CounterMove[]): Promise<void> {
  const real = moves.filter((move) => move.heldNanoUsd !== 0n || move.spentNanoUsd !== 0n);
  if (real.length === 0) return;
  const { from, parameters } = unnestRows(
    [
      ['budget_id', 'text', ({ budgetId }) => budgetId],
      ['window_start', 'timestamptz', ({ windowStart }) => new Date(windowStart).toISOString()],
      ['held', 'bigint', ({ heldNanoUsd }) => heldNanoUsd.toString()],
      ['spent', 'bigint', ({ spentNanoUsd }) => spentNanoUsd.toString()],
    ],
    real,
  );
  await tx.query(
    `UPDATE billing.budget_counter AS counter SET held_nano_usd = held_nano_usd + row.held, spent_nano_usd = spent_nano_usd + row.spent
     FROM ${from} WHERE counter.budget_id = row.budget_id AND counter.window_start = row.window_start`,
    parameters,
  );
}
