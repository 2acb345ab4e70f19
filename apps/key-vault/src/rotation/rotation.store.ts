import type { Sql } from '@byok/platform';

import type { NewDek } from '../deks/make-seed.js';
import { DEK_COLUMNS } from '../store/deks.store.js';
import type { DekRow } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';
import { SEALED_PLACES, openableUnder } from './sealed-places.js';

export interface RotatingDek extends DekRow {
  createdAt: Date;
  activatedAt: Date | null;
  destroyAfter: Date | null;
}

const COLUMNS = `${DEK_COLUMNS}, created_at AS "createdAt", activated_at AS "activatedAt", destroy_after AS "destroyAfter"`;

/** Two rotations of one org, or a rotation and its first DEK, queue here. */
export async function lockDeks(tx: Sql, orgId: KeyOrg): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [`dek/${orgId}`]);
}

/** All DEKs that an org ever had, newest first. */
export function listDeks(db: Sql, orgId: KeyOrg): Promise<RotatingDek[]> {
  return db.query<RotatingDek>(`SELECT ${COLUMNS} FROM vault.org_dek WHERE org_id = $1 ORDER BY version DESC`, [orgId]);
}

export async function insertPending(tx: Sql, orgId: KeyOrg, dek: NewDek): Promise<void> {
  await tx.query(
    `INSERT INTO vault.org_dek (org_id, dek_id, version, state, wrapped_seed, kek_uri, kek_version, kek_scope, canary) VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8)`,
    [orgId, dek.dekId, dek.version, dek.wrapped.bytes, dek.kekUri, dek.wrapped.kekVersion, dek.kekScope, dek.canary],
  );
}

/** False when it is not pending any more: promoted or abandoned by another process. */
export async function makeActive(tx: Sql, orgId: KeyOrg, dekId: string): Promise<boolean> {
  const [pending] = await tx.query(`SELECT 1 FROM vault.org_dek WHERE org_id = $1 AND dek_id = $2 AND state = 'pending' FOR UPDATE`, [orgId, dekId]);
  if (!pending) return false;
  await tx.query(`UPDATE vault.org_dek SET state = 'decrypt_only' WHERE org_id = $1 AND state = 'active'`, [orgId]);
  await tx.query(`UPDATE vault.org_dek SET state = 'active', activated_at = now() WHERE org_id = $1 AND dek_id = $2`, [orgId, dekId]);
  // A staged seed that nobody promoted is a live key that nobody watches.
  await tx.query(`DELETE FROM vault.org_dek WHERE org_id = $1 AND state = 'pending'`, [orgId]);
  return true;
}

export async function deletePending(tx: Sql, orgId: KeyOrg, dekId: string): Promise<boolean> {
  return (await tx.query(`DELETE FROM vault.org_dek WHERE org_id = $1 AND dek_id = $2 AND state = 'pending' RETURNING 1 AS one`, [orgId, dekId])).length > 0;
}

/** Orgs with a DEK that waits, drains, or is still under a value that came late. */
export async function orgsInRotation(db: Sql): Promise<KeyOrg[]> {
  const late = SEALED_PLACES.map((place) => `EXISTS (SELECT 1 FROM ${openableUnder(place)} AND p.dek_id = d.dek_id)`).join(' OR ');
  const rows = await db.query<{ orgId: KeyOrg }>(
    `SELECT DISTINCT org_id AS "orgId" FROM vault.org_dek d WHERE state IN ('pending', 'decrypt_only') OR (state = 'retired' AND (${late}))`,
  );
  return rows.map((row) => row.orgId);
}

export interface Drain {
  /** Values that can be opened, under whatever DEK. */
  total: number;
  /** Those that are not under the active one yet. */
  left: number;
}

export async function countDrain(db: Sql, orgId: KeyOrg, activeDekId: string): Promise<Drain> {
  const counts = SEALED_PLACES.map((place) => `SELECT count(*) AS total, count(*) FILTER (WHERE p.dek_id <> $2) AS left FROM ${openableUnder(place)} AND p.org_id = $1`);
  const [sum] = await db.query<Record<keyof Drain, string>>(`SELECT sum(total) AS total, sum("left") AS left FROM (${counts.join(' UNION ALL ')}) counted`.replaceAll(' AS left', ' AS "left"'), [orgId, activeDekId]);
  return { total: Number(sum!.total), left: Number(sum!.left) };
}

/** Retires the drained DEKs of an org; those that nothing was left under. Called with the org's DEKs locked. */
export function retireDeks(tx: Sql, orgId: KeyOrg, backupDays: number): Promise<{ dekId: string; version: number }[]> {
  return tx.query(
    `UPDATE vault.org_dek SET state = 'retired', destroy_after = now() + make_interval(days => $2)
      WHERE org_id = $1 AND state = 'decrypt_only' RETURNING dek_id AS "dekId", version`,
    [orgId, backupDays],
  );
}

/** Overwrites retired seeds that no backup needs any more, unless a value is still sealed under one, readable or not. */
export function destroyDeks(tx: Sql): Promise<{ orgId: KeyOrg; dekId: string; version: number }[]> {
  const unused = SEALED_PLACES.map((place) => `NOT EXISTS (SELECT 1 FROM ${place.table} p WHERE p.dek_id = d.dek_id AND p.blob IS NOT NULL)`).join(' AND ');
  return tx.query(
    `UPDATE vault.org_dek d SET state = 'destroyed', wrapped_seed = '', canary = NULL
      WHERE state = 'retired' AND destroy_after < now() AND ${unused} RETURNING org_id AS "orgId", dek_id AS "dekId", version`,
  );
}

/** Keys of an org that do not open and wait for somebody to enter them again. */
export async function countUndecryptable(db: Sql, orgId: KeyOrg): Promise<number> {
  const [row] = await db.query<{ count: string }>(`SELECT count(*) FROM vault.credential WHERE org_id = $1 AND status = 'undecryptable'`, [orgId]);
  return Number(row!.count);
}
