import type { KekScope } from '@byok/envelope';
import type { Sql } from '@byok/platform';

import type { NewDek } from '../deks/make-seed.js';
import type { KeyOrg } from './key-row.js';

export interface DekRow {
  dekId: string;
  version: number;
  state: 'pending' | 'active' | 'decrypt_only' | 'retired' | 'destroyed';
  wrappedSeed: Buffer;
  kekUri: string;
  kekVersion: string;
  kekScope: KekScope;
  /** A known value sealed under this DEK; null for one that is older than canaries. */
  canary: Buffer | null;
}

export const DEK_COLUMNS = `dek_id AS "dekId", version, state, wrapped_seed AS "wrappedSeed", kek_uri AS "kekUri", kek_version AS "kekVersion", kek_scope AS "kekScope", canary`;

export async function findActiveDek(db: Sql, orgId: KeyOrg): Promise<DekRow | undefined> {
  const [row] = await db.query<DekRow>(`SELECT ${DEK_COLUMNS} FROM vault.org_dek WHERE org_id = $1 AND state = 'active'`, [orgId]);
  return row;
}

/** DEKs that a rotation is taking values away from. */
export function findDraining(db: Sql, orgId: KeyOrg): Promise<DekRow[]> {
  return db.query<DekRow>(`SELECT ${DEK_COLUMNS} FROM vault.org_dek WHERE org_id = $1 AND state = 'decrypt_only'`, [orgId]);
}

/** A DEK that may still open values. */
export async function findDek(db: Sql, orgId: KeyOrg, dekId: string, version: number): Promise<DekRow | undefined> {
  const [row] = await db.query<DekRow>(
    `SELECT ${DEK_COLUMNS} FROM vault.org_dek WHERE org_id = $1 AND dek_id = $2 AND version = $3 AND state IN ('active', 'decrypt_only', 'retired')`,
    [orgId, dekId, version],
  );
  return row;
}

/** 0 for an org that never had a DEK. One whose DEKs were all lost goes on counting. */
export async function newestVersion(db: Sql, orgId: KeyOrg): Promise<number> {
  const [row] = await db.query<{ version: number | null }>('SELECT max(version) AS version FROM vault.org_dek WHERE org_id = $1', [orgId]);
  return row?.version ?? 0;
}

/** Makes `candidate` the org's first DEK unless another process just did; returns the one that counts. */
export async function insertFirstDek(tx: Sql, orgId: KeyOrg, candidate: NewDek): Promise<DekRow> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [`dek/${orgId}`]);
  const present = await findActiveDek(tx, orgId);
  if (present) return present;
  const [row] = await tx.query<DekRow>(
    `INSERT INTO vault.org_dek (org_id, dek_id, version, state, wrapped_seed, kek_uri, kek_version, kek_scope, canary, activated_at)
     VALUES ($1, $2, $8, 'active', $3, $4, $5, $6, $7, now()) RETURNING ${DEK_COLUMNS}`,
    [orgId, candidate.dekId, candidate.wrapped.bytes, candidate.kekUri, candidate.wrapped.kekVersion, candidate.kekScope, candidate.canary, candidate.version],
  );
  return row!;
}
