import type { KeyId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { KeyOrg, KeyRow, KeyStatus } from './key-row.js';

export interface Seal {
  keyId: KeyId;
  reason: string;
  cutsStreams: boolean;
  sealedBy: string;
  sealedAt: Date;
  keyVersion: number;
  statusBefore: Exclude<KeyStatus, 'revoked'>;
  reasonBefore: string;
}

const COLUMNS = `key_id AS "keyId", reason, cuts_streams AS "cutsStreams", sealed_by AS "sealedBy", sealed_at AS "sealedAt", key_version AS "keyVersion",
  status_before AS "statusBefore", reason_before AS "reasonBefore"`;

export async function findSeal(db: Sql, orgId: KeyOrg, keyId: string): Promise<Seal | undefined> {
  const [seal] = await db.query<Seal>(`SELECT ${COLUMNS} FROM vault.key_seal WHERE org_id = $1 AND key_id = $2`, [orgId, keyId]);
  return seal;
}

/** Seals the key; sealing again gives the new reason, and may add the cut but not take it away. */
export async function putSeal(tx: Sql, orgId: KeyOrg, key: Pick<KeyRow, 'id' | 'version' | 'status' | 'statusReason'>, seal: Pick<Seal, 'reason' | 'cutsStreams' | 'sealedBy'>): Promise<void> {
  await tx.query(
    `INSERT INTO vault.key_seal (key_id, org_id, reason, cuts_streams, sealed_by, key_version, status_before, reason_before) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (key_id) DO UPDATE SET reason = EXCLUDED.reason, cuts_streams = vault.key_seal.cuts_streams OR EXCLUDED.cuts_streams`,
    [key.id, orgId, seal.reason, seal.cutsStreams, seal.sealedBy, key.version, key.status, key.statusReason],
  );
}

/** True when there was one. */
export async function removeSeal(tx: Sql, orgId: KeyOrg, keyId: KeyId): Promise<boolean> {
  return (await tx.query('DELETE FROM vault.key_seal WHERE org_id = $1 AND key_id = $2 RETURNING key_id', [orgId, keyId])).length > 0;
}

/** A transfer seals the same secret anew: what a seal goes back to is still right. */
export async function carrySeal(tx: Sql, orgId: KeyOrg, keyId: KeyId, from: number, to: number): Promise<void> {
  await tx.query('UPDATE vault.key_seal SET key_version = $4 WHERE org_id = $1 AND key_id = $2 AND key_version = $3', [orgId, keyId, from, to]);
}

/** Which of these keys are sealed so that even running calls end. In every org: a gateway serves them all. */
export async function keysToCut(db: Sql, keyIds: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>('SELECT key_id AS id FROM vault.key_seal WHERE cuts_streams AND key_id = ANY($1)', [keyIds]);
  return rows.map((row) => row.id);
}
