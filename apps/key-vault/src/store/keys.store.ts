import type { KeyId, OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { GOVERNANCE_COLUMNS } from './grants.store.js';
import type { KeyHealth, KeyOrg, KeyOwner, KeyRow, KeyStatus } from './key-row.js';

const COLUMNS = `id, org_id AS "orgId", owner_type AS "ownerType", owner_id AS "ownerId", provider, label, description, last4, status,
  status_reason AS "statusReason", key_version AS version, dek_id AS "dekId", dek_version AS "dekVersion", blob, config, config_mac AS "configMac",
  fingerprint, allowed_users AS "allowedUsers", allowed_models AS "allowedModels", priority, created_at AS "createdAt", created_by AS "createdBy",
  last_tested_at AS "lastTestedAt", last_test_outcome AS "lastTestOutcome",
  health, health_reason AS "healthReason", health_at AS "healthAt",
  expires_at AS "expiresAt", rotate_after_days AS "rotateAfterDays", secret_since AS "secretSince", last_used_at AS "lastUsedAt",
  ${GOVERNANCE_COLUMNS}`;

export { COLUMNS as KEY_COLUMNS };

export type NewKey = Omit<KeyRow, 'createdAt' | 'lastTestedAt' | 'blob' | 'fingerprint' | 'statusReason' | 'health' | 'healthReason' | 'healthAt' | 'secretSince' | 'lastUsedAt' | 'grants' | 'isSealed'> & { blob: Buffer; fingerprint: string };

/** What a rotation replaces. */
export type Resealed = Pick<KeyRow, 'version' | 'dekId' | 'dekVersion' | 'config' | 'configMac' | 'last4' | 'status' | 'lastTestOutcome'> & { blob: Buffer; fingerprint: string; secretSince?: Date };

/** What may change without sealing again. */
export type KeyFacts = Pick<KeyRow, 'label' | 'description' | 'allowedUsers' | 'allowedModels' | 'priority' | 'expiresAt' | 'rotateAfterDays'>;

export async function insertKey(tx: Sql, orgId: KeyOrg, key: NewKey): Promise<KeyRow> {
  const [row] = await tx.query<KeyRow>(
    `INSERT INTO vault.credential (org_id, id, owner_type, owner_id, provider, label, description, last4, status, key_version, dek_id, dek_version, blob,
       config, config_mac, fingerprint, allowed_users, allowed_models, priority, created_by, last_tested_at, last_test_outcome, expires_at, rotate_after_days)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, CASE WHEN $21 = '' THEN NULL ELSE now() END, $21, $22, $23)
     RETURNING ${COLUMNS}`,
    [orgId, key.id, key.ownerType, key.ownerId, key.provider, key.label, key.description, key.last4, key.status, key.version, key.dekId, key.dekVersion, key.blob,
      JSON.stringify(key.config), key.configMac, key.fingerprint, key.allowedUsers, key.allowedModels, key.priority, key.createdBy, key.lastTestOutcome, key.expiresAt, key.rotateAfterDays],
  );
  return row!;
}

/** A key of this org, or of the platform; undefined for a foreign or unknown id alike. */
export async function findKey(db: Sql, orgId: OrgId, keyId: string): Promise<KeyRow | undefined> {
  const [row] = await db.query<KeyRow>(`SELECT ${COLUMNS} FROM vault.credential WHERE org_id IN ($1, 'platform') AND id = $2`, [orgId, keyId]);
  return row;
}

export interface KeyFilter {
  ownerType?: string | undefined;
  ownerId?: string | undefined;
  provider?: string | undefined;
  status?: string | undefined;
}

/** Keys of this org, and of the platform when asked, oldest first, `limit` of those after `after`. */
export function listKeys(db: Sql, orgId: OrgId, withPlatform: boolean, filter: KeyFilter, after: string, limit: number): Promise<KeyRow[]> {
  return db.query<KeyRow>(
    `SELECT ${COLUMNS} FROM vault.credential
      WHERE (org_id = $1 OR ($2 AND org_id = 'platform')) AND id > $3
        AND ($4::text IS NULL OR owner_type = $4) AND ($5::text IS NULL OR owner_id = $5)
        AND ($6::text IS NULL OR provider = $6) AND ($7::text IS NULL OR status = $7)
      ORDER BY id LIMIT $8`,
    [orgId, withPlatform, after, filter.ownerType || null, filter.ownerId || null, filter.provider || null, filter.status || null, limit],
  );
}

/** Keys that could serve somebody of this org: not disabled, not revoked, owned by the org, this user or one of these groups, or the platform's. */
export function listCandidates(db: Sql, orgId: OrgId, userId: string | null, groupIds: readonly string[], withPlatform: boolean): Promise<KeyRow[]> {
  return db.query<KeyRow>(
    `SELECT ${COLUMNS} FROM vault.credential
      WHERE status IN ('active', 'invalid', 'undecryptable')
        AND ((org_id = $1 AND (owner_type = 'org' OR (owner_type = 'user' AND owner_id = $2) OR (owner_type = 'group' AND owner_id = ANY($3))))
             OR ($4 AND org_id = 'platform'))
      ORDER BY priority, id`,
    [orgId, userId, groupIds, withPlatform],
  );
}

/** The id of a living key of the same owner and provider with the same secret. Queues with others that store this secret right now. */
export async function findDuplicate(tx: Sql, orgId: KeyOrg, owner: KeyOwner, provider: string, fingerprints: readonly string[], except?: KeyId): Promise<string | undefined> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [`${orgId}/${owner.type}/${owner.id}/${provider}/${fingerprints[0]}`]);
  const [row] = await tx.query<{ id: string }>(
    `SELECT id FROM vault.credential
      WHERE org_id = $1 AND fingerprint = ANY($2) AND owner_type = $3 AND owner_id = $4 AND provider = $5 AND id IS DISTINCT FROM $6 ORDER BY id LIMIT 1`,
    [orgId, fingerprints, owner.type, owner.id, provider, except ?? null],
  );
  return row?.id;
}

/** Replaces the sealed value if the key is still at version `from`; undefined when somebody was faster. */
export async function resealKey(tx: Sql, orgId: KeyOrg, keyId: KeyId, from: number, next: Resealed): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential
        SET key_version = $4, dek_id = $5, dek_version = $6, blob = $7, config = $8, config_mac = $9, fingerprint = $10, last4 = $11, status = $12, status_reason = '',
            last_tested_at = CASE WHEN $13 = '' THEN NULL ELSE now() END, last_test_outcome = $13,
            health = 'unknown', health_reason = '', health_at = NULL, secret_since = coalesce($14, now())
      WHERE org_id = $1 AND id = $2 AND key_version = $3 AND status <> 'revoked' RETURNING ${COLUMNS}`,
    [orgId, keyId, from, next.version, next.dekId, next.dekVersion, next.blob, JSON.stringify(next.config), next.configMac, next.fingerprint, next.last4, next.status, next.lastTestOutcome, next.secretSince ?? null],
  );
  return row;
}

export async function updateFacts(tx: Sql, orgId: KeyOrg, keyId: KeyId, facts: Partial<KeyFacts>): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential SET label = coalesce($3, label), description = coalesce($4, description), allowed_users = coalesce($5, allowed_users),
            allowed_models = coalesce($6, allowed_models), priority = coalesce($7, priority),
            expires_at = CASE WHEN $8 THEN $9::timestamptz ELSE expires_at END, rotate_after_days = CASE WHEN $10 THEN $11::int ELSE rotate_after_days END
      WHERE org_id = $1 AND id = $2 AND status <> 'revoked' RETURNING ${COLUMNS}`,
    [orgId, keyId, facts.label ?? null, facts.description ?? null, facts.allowedUsers ?? null, facts.allowedModels ?? null, facts.priority ?? null,
      facts.expiresAt !== undefined, facts.expiresAt ?? null, facts.rotateAfterDays !== undefined, facts.rotateAfterDays ?? null],
  );
  return row;
}

/** Sets the status of a key that is still at `version`; undefined when it is not, or was revoked. */
export async function setStatus(tx: Sql, orgId: KeyOrg, keyId: KeyId, version: number, status: Exclude<KeyStatus, 'revoked'>, reason: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential SET status = $4, status_reason = $5 WHERE org_id = $1 AND id = $2 AND key_version = $3 AND status <> 'revoked' RETURNING ${COLUMNS}`,
    [orgId, keyId, version, status, reason],
  );
  return row;
}

export async function setTested(tx: Sql, orgId: KeyOrg, keyId: KeyId, version: number, outcome: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential SET last_tested_at = now(), last_test_outcome = $4
      WHERE org_id = $1 AND id = $2 AND key_version = $3 AND status <> 'revoked' RETURNING ${COLUMNS}`,
    [orgId, keyId, version, outcome],
  );
  return row;
}

export interface Noted {
  from: KeyStatus;
  status: KeyStatus;
  health: KeyHealth;
  reason: string;
}

/** What calls found out about a key that is still at `version` and still has the status `from`; undefined when it does not. */
export async function setHealth(tx: Sql, orgId: KeyOrg, keyId: KeyId, version: number, { from, status, health, reason }: Noted): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential SET status = $5, status_reason = CASE WHEN $5 = status THEN status_reason WHEN $5 = 'invalid' THEN $7 ELSE '' END,
            health = $6, health_reason = $7, health_at = now()
      WHERE org_id = $1 AND id = $2 AND key_version = $3 AND status = $4 AND status <> 'revoked' RETURNING ${COLUMNS}`,
    [orgId, keyId, version, from, status, health, reason],
  );
  return row;
}

/** Unless somebody writes the row at this moment: an open holds the org's audit chain, and must not wait for a row while it does. The next open notes it. */
export async function setUsed(tx: Sql, orgId: KeyOrg, keyId: KeyId, at: Date): Promise<void> {
  await tx.query('UPDATE vault.credential SET last_used_at = $3 WHERE id = (SELECT id FROM vault.credential WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE SKIP LOCKED)', [orgId, keyId, at]);
}

/** The key as it is now, its row locked until the transaction ends. */
export async function lockKey(tx: Sql, orgId: KeyOrg, keyId: KeyId): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(`SELECT ${COLUMNS} FROM vault.credential WHERE org_id = $1 AND id = $2 FOR UPDATE`, [orgId, keyId]);
  return row;
}

/** The same secret, sealed for another owner. */
export type Moved = Pick<KeyRow, 'version' | 'dekId' | 'dekVersion' | 'configMac' | 'ownerType' | 'ownerId'> & { blob: Buffer; fingerprint: string };

/** Gives the key to another owner if it is still as `from` was; undefined when it is not, or has a second version that waits to take over. */
export async function moveKey(tx: Sql, orgId: KeyOrg, from: Pick<KeyRow, 'id' | 'version' | 'dekVersion'>, next: Moved): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential
        SET key_version = $5, dek_id = $6, dek_version = $7, blob = $8, config_mac = $9, fingerprint = $10, owner_type = $11, owner_id = $12
      WHERE org_id = $1 AND id = $2 AND key_version = $3 AND dek_version = $4 AND status <> 'revoked'
        AND NOT EXISTS (SELECT 1 FROM vault.credential_candidate o WHERE o.key_id = $2 AND o.role = 'candidate') RETURNING ${COLUMNS}`,
    [orgId, from.id, from.version, from.dekVersion, next.version, next.dekId, next.dekVersion, next.blob, next.configMac, next.fingerprint, next.ownerType, next.ownerId],
  );
  return row;
}

/** Revokes for good: the sealed value is deleted with it. */
export async function markRevoked(tx: Sql, orgId: KeyOrg, keyId: KeyId): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential SET status = 'revoked', status_reason = '', blob = NULL, fingerprint = NULL, revoked_at = now()
      WHERE org_id = $1 AND id = $2 AND status <> 'revoked' RETURNING ${COLUMNS}`,
    [orgId, keyId],
  );
  return row;
}
