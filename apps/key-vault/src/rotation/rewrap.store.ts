import type { Sql } from '@byok/platform';

import { DEK_COLUMNS } from '../store/deks.store.js';
import type { DekRow } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';

export type OwnedDek = DekRow & { orgId: KeyOrg };

export interface Rewrap {
  startedAt: Date;
  startedBy: string;
  finishedAt: Date | null;
  lastError: string;
}

export async function findRewrap(db: Sql): Promise<Rewrap | undefined> {
  const [row] = await db.query<Rewrap>('SELECT started_at AS "startedAt", started_by AS "startedBy", finished_at AS "finishedAt", last_error AS "lastError" FROM vault.kek_rewrap');
  return row;
}

/** False when one is running already. */
export async function beginRewrap(tx: Sql, by: string): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO vault.kek_rewrap AS r (started_at, started_by) VALUES (now(), $1)
     ON CONFLICT (is_one) DO UPDATE SET started_at = now(), started_by = $1, finished_at = NULL, last_error = '' WHERE r.finished_at IS NOT NULL RETURNING 1 AS one`,
    [by],
  );
  return rows.length > 0;
}

export async function endRewrap(tx: Sql): Promise<boolean> {
  return (await tx.query(`UPDATE vault.kek_rewrap SET finished_at = now(), last_error = '' WHERE finished_at IS NULL RETURNING 1 AS one`)).length > 0;
}

export async function noteRewrapError(db: Sql, lastError: string): Promise<void> {
  await db.query('UPDATE vault.kek_rewrap SET last_error = $1 WHERE last_error <> $1', [lastError]);
}

export interface Wrapping {
  orgId: KeyOrg;
  kekUri: string;
  kekVersion: string;
  rows: number;
}

/** Which org's seeds are wrapped under what. Destroyed ones are nothing any more. */
export async function listWrappings(db: Sql): Promise<Wrapping[]> {
  const rows = await db.query<Omit<Wrapping, 'rows'> & { rows: string }>(
    `SELECT org_id AS "orgId", kek_uri AS "kekUri", kek_version AS "kekVersion", count(*) AS rows FROM vault.org_dek WHERE state <> 'destroyed' GROUP BY org_id, kek_uri, kek_version ORDER BY org_id`,
  );
  return rows.map((row) => ({ ...row, rows: Number(row.rows) }));
}

export function listWrapped(db: Sql, { orgId, kekUri, kekVersion }: Wrapping): Promise<OwnedDek[]> {
  return db.query<OwnedDek>(
    `SELECT org_id AS "orgId", ${DEK_COLUMNS} FROM vault.org_dek WHERE org_id = $1 AND kek_uri = $2 AND kek_version = $3 AND state <> 'destroyed' ORDER BY version`,
    [orgId, kekUri, kekVersion],
  );
}

/** False when somebody wrapped it, or destroyed it, in the meantime. */
export async function replaceWrapping(tx: Sql, dek: OwnedDek, next: { wrappedSeed: Buffer; kekUri: string; kekVersion: string; canary: Buffer }): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE vault.org_dek SET wrapped_seed = $4, kek_uri = $5, kek_version = $6, canary = $7
      WHERE org_id = $1 AND dek_id = $2 AND wrapped_seed = $3 AND state <> 'destroyed' RETURNING 1 AS one`,
    [dek.orgId, dek.dekId, dek.wrappedSeed, next.wrappedSeed, next.kekUri, next.kekVersion, next.canary],
  );
  if (rows.length === 0) return false;
  await tx.query(
    `INSERT INTO vault.kek_left (kek_uri, kek_version, left_at) VALUES ($1, $2, now()) ON CONFLICT (kek_uri, kek_version) DO UPDATE SET left_at = now()`,
    [dek.kekUri, dek.kekVersion],
  );
  return true;
}

export interface KnownKek {
  kekUri: string;
  kekVersion: string;
  leftAt: Date | null;
}

/** Every KEK that ever wrapped something here, and when the last seed went from under it. */
export function listKeks(db: Sql): Promise<KnownKek[]> {
  return db.query<KnownKek>(
    `SELECT kek_uri AS "kekUri", kek_version AS "kekVersion", max(left_at) AS "leftAt"
       FROM (SELECT kek_uri, kek_version, left_at FROM vault.kek_left
             UNION ALL SELECT kek_uri, kek_version, NULL FROM vault.kek_canary
             UNION ALL SELECT DISTINCT kek_uri, kek_version, NULL::timestamptz FROM vault.org_dek WHERE state <> 'destroyed') known
      GROUP BY kek_uri, kek_version ORDER BY kek_uri, kek_version`,
  );
}
