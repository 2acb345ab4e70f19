import type { Sql } from '@byok/platform';
import type { CostRow, ExportFormat } from '../reconciliation/read-export.js';
import { unnestRows } from './unnest.js';

export interface ReconciliationRow {
  id: string;
  provider: string;
  format: ExportFormat;
  firstDay: string;
  lastDay: string;
  rows: number;
  theirs: string;
  hasKeys: boolean;
  hasModels: boolean;
  createdBy: string;
  createdAt: Date;
}

const RECONCILIATION = `id, provider, format, to_char(first_day, 'YYYY-MM-DD') AS "firstDay", to_char(last_day, 'YYYY-MM-DD') AS "lastDay", row_count AS rows,
  theirs_nano_usd AS theirs, has_keys AS "hasKeys", has_models AS "hasModels", created_by AS "createdBy", created_at AS "createdAt"`;

/** Keeps an export with its rows. The same one again is not kept twice: false. */
export async function insertReconciliation(tx: Sql, reconciliation: Omit<ReconciliationRow, 'createdAt'> & { checksum: string }, costs: readonly CostRow[]): Promise<boolean> {
  const { id, provider, format, checksum, firstDay, lastDay, rows, theirs, hasKeys, hasModels, createdBy } = reconciliation;
  const inserted = await tx.query(
    `INSERT INTO billing.reconciliation (id, provider, format, checksum, first_day, last_day, row_count, theirs_nano_usd, has_keys, has_models, created_by)
     VALUES ($1, $2, $3, $4, $5::date, $6::date, $7, $8, $9, $10, $11) ON CONFLICT (checksum) DO NOTHING RETURNING id`,
    [id, provider, format, checksum, firstDay, lastDay, rows, theirs, hasKeys, hasModels, createdBy],
  );
  if (inserted.length === 0) return false;
  const { from, parameters } = unnestRows<CostRow>(
    [
      ['day', 'date', (cost) => cost.day],
      ['key', 'text', (cost) => cost.key],
      ['model', 'text', (cost) => cost.model],
      ['amount', 'bigint', (cost) => cost.amountNanoUsd.toString()],
    ],
    costs,
  );
  await tx.query(`INSERT INTO billing.provider_cost (reconciliation_id, day, key, model, amount_nano_usd) SELECT $5, row.* FROM ${from}`, [...parameters, id]);
  return true;
}

export async function findReconciliation(db: Sql, id: string): Promise<ReconciliationRow | undefined> {
  const [row] = await db.query<ReconciliationRow>(`SELECT ${RECONCILIATION} FROM billing.reconciliation WHERE id = $1`, [id]);
  return row;
}

export async function findReconciliationByChecksum(db: Sql, checksum: string): Promise<ReconciliationRow | undefined> {
  const [row] = await db.query<ReconciliationRow>(`SELECT ${RECONCILIATION} FROM billing.reconciliation WHERE checksum = $1`, [checksum]);
  return row;
}

export async function listReconciliations(db: Sql, after: string, limit: number): Promise<ReconciliationRow[]> {
  return db.query<ReconciliationRow>(`SELECT ${RECONCILIATION} FROM billing.reconciliation WHERE $1 = '' OR id < $1 ORDER BY id DESC LIMIT $2`, [after, limit]);
}

/** A day of a key and a model, by one side. */
export interface SideRow {
  day: string;
  key: string;
  model: string;
  amount: string;
  unpriced: string;
}

export async function listTheirs(db: Sql, id: string): Promise<SideRow[]> {
  return db.query<SideRow>(`SELECT to_char(day, 'YYYY-MM-DD') AS day, key, model, amount_nano_usd AS amount, 0 AS unpriced FROM billing.provider_cost WHERE reconciliation_id = $1`, [id]);
}

/** What we counted on the platform's keys, and on those that the export names, in its days. */
export async function listOurs(db: Sql, { id, provider, firstDay, lastDay }: ReconciliationRow): Promise<SideRow[]> {
  return db.query<SideRow>(
    `SELECT to_char(bucket AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, key_id AS key, model, sum(known_cost_nano_usd) AS amount, sum(unpriced_attempts) AS unpriced
     FROM billing.rollup_key_day WHERE provider = $1 AND bucket >= $2::timestamp AT TIME ZONE 'UTC' AND bucket < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
       AND (key_owner = 'platform' OR key_id IN (SELECT key FROM billing.provider_cost WHERE reconciliation_id = $4)) GROUP BY 1, 2, 3`,
    [provider, firstDay, lastDay, id],
  );
}
