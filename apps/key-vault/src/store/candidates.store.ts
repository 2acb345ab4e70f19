import type { KeyId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { KeyOrg, KeyRow } from './key-row.js';
import { logOther } from './version-log.store.js';

/** Calls since there are two versions of a key. `refused`: the provider would not have it; `failed`: anything else before an answer. */
export interface Counts {
  answered: number;
  refused: number;
  failed: number;
}

/** The live version of a key that is not the one in use: its candidate, or the former one, which opens for a while yet. */
export interface OtherVersion {
  id: KeyId;
  orgId: KeyOrg;
  role: 'candidate' | 'former';
  version: number;
  dekId: string;
  dekVersion: number;
  blob: Buffer;
  config: Record<string, string>;
  configMac: Buffer;
  fingerprint: string;
  last4: string;
  testOutcome: string;
  percent: number;
  rollbackAfter: number;
  overlapUntil: Date | null;
  createdAt: Date;
  createdBy: string;
  counts: Counts;
  currentCounts: Counts;
}

export type NewOtherVersion = Omit<OtherVersion, 'createdAt' | 'counts' | 'currentCounts'>;

const COLUMNS = `key_id AS id, org_id AS "orgId", role, key_version AS version, dek_id AS "dekId", dek_version AS "dekVersion", blob, config, config_mac AS "configMac",
  fingerprint, last4, test_outcome AS "testOutcome", percent, rollback_after AS "rollbackAfter", overlap_until AS "overlapUntil", created_at AS "createdAt", created_by AS "createdBy",
  jsonb_build_object('answered', answered, 'refused', refused, 'failed', failed) AS counts,
  jsonb_build_object('answered', current_answered, 'refused', current_refused, 'failed', current_failed) AS "currentCounts"`;
export { COLUMNS as OTHER_COLUMNS };

/** Of these keys: candidates, and former versions that still open. */
export function listOthers(db: Sql, orgIds: readonly KeyOrg[], keyIds: readonly string[]): Promise<OtherVersion[]> {
  if (keyIds.length === 0) return Promise.resolve([]);
  return db.query<OtherVersion>(
    `SELECT ${COLUMNS} FROM vault.credential_candidate WHERE org_id = ANY($1) AND key_id = ANY($2) AND (role = 'candidate' OR overlap_until > clock_timestamp())`,
    [orgIds, keyIds],
  );
}

export async function findOther(db: Sql, orgId: KeyOrg, keyId: KeyId, version: number): Promise<OtherVersion | undefined> {
  return (await listOthers(db, [orgId], [keyId])).find((other) => other.version === version);
}

/** The candidate of a key, its row locked until the transaction ends. */
export async function lockCandidate(tx: Sql, orgId: KeyOrg, keyId: KeyId): Promise<OtherVersion | undefined> {
  const [row] = await tx.query<OtherVersion>(`SELECT ${COLUMNS} FROM vault.credential_candidate WHERE org_id = $1 AND key_id = $2 AND role = 'candidate' FOR UPDATE`, [orgId, keyId]);
  return row;
}

/** Adds a second version, and its line to the version log; false when the key has one in this role already. */
export async function insertOther(tx: Sql, orgId: KeyOrg, other: NewOtherVersion): Promise<boolean> {
  const added = await tx.query(
    `INSERT INTO vault.credential_candidate (org_id, key_id, role, key_version, dek_id, dek_version, blob, config, config_mac, fingerprint, last4, test_outcome, percent, rollback_after, overlap_until, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING RETURNING key_id`,
    [orgId, other.id, other.role, other.version, other.dekId, other.dekVersion, other.blob, JSON.stringify(other.config), other.configMac, other.fingerprint, other.last4, other.testOutcome,
      other.percent, other.rollbackAfter, other.overlapUntil, other.createdBy],
  );
  if (added.length > 0) await logOther(tx, orgId, other, other.role === 'candidate' ? 'staged' : 'kept');
  return added.length > 0;
}

/** Deletes second versions of a key: its candidate, its former one, or both. Their sealed values are gone. */
export async function dropOthers(tx: Sql, orgId: KeyOrg, keyId: KeyId, roles: readonly OtherVersion['role'][] = ['candidate', 'former']): Promise<number[]> {
  const gone = await tx.query<{ version: number }>(`DELETE FROM vault.credential_candidate WHERE org_id = $1 AND key_id = $2 AND role = ANY($3) RETURNING key_version AS version`, [orgId, keyId, roles]);
  for (const { version } of gone) await logOther(tx, orgId, { id: keyId, version, blob: null }, 'dropped');
  return gone.map(({ version }) => version);
}

/** Adds what calls came to; undefined when this version is no candidate any more. */
export async function addCounts(tx: Sql, orgId: KeyOrg, keyId: KeyId, version: number, counts: Counts, current: Counts): Promise<OtherVersion | undefined> {
  const [row] = await tx.query<OtherVersion>(
    `UPDATE vault.credential_candidate
        SET answered = answered + $4, refused = refused + $5, failed = failed + $6,
            current_answered = current_answered + $7, current_refused = current_refused + $8, current_failed = current_failed + $9
      WHERE org_id = $1 AND key_id = $2 AND key_version = $3 AND role = 'candidate' RETURNING ${COLUMNS}`,
    [orgId, keyId, version, counts.answered, counts.refused, counts.failed, current.answered, current.refused, current.failed],
  );
  return row;
}

/** Former versions whose time is over are deleted, and each says so in its key's version log. */
export async function dropExpiredFormers(db: { transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>; query: Sql['query'] }): Promise<number> {
  const due = await db.query<{ id: KeyId; orgId: KeyOrg }>(
    `SELECT key_id AS id, org_id AS "orgId" FROM vault.credential_candidate WHERE role = 'former' AND overlap_until <= clock_timestamp() ORDER BY key_id LIMIT 1000`,
  );
  for (const { id, orgId } of due) {
    await db.transaction(async (tx) => {
      const still = await tx.query(`SELECT 1 FROM vault.credential_candidate WHERE org_id = $1 AND key_id = $2 AND role = 'former' AND overlap_until <= clock_timestamp() FOR UPDATE`, [orgId, id]);
      if (still.length > 0) await dropOthers(tx, orgId, id, ['former']);
    });
  }
  return due.length;
}

/** The key as it would be if this other version were the one in use. */
export function asVersionInUse(key: KeyRow, { version, dekId, dekVersion, blob, config, configMac, fingerprint, last4 }: OtherVersion): KeyRow & { blob: Buffer } {
  return { ...key, version, dekId, dekVersion, blob, config, configMac, fingerprint, last4 };
}
