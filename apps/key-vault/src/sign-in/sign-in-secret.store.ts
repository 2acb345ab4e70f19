import type { SealedFor } from '@byok/envelope';
import { newId } from '@byok/kernel';
import type { KeyId, OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

/** The secret of our client at an org's identity provider, as stored. */
export interface SignInSecret {
  orgId: OrgId;
  id: KeyId;
  /** The only one that it is for. */
  issuer: string;
  version: number;
  dekId: string;
  dekVersion: number;
  blob: Buffer;
  isUndecryptable: boolean;
}

export type SealedSignInSecret = Pick<SignInSecret, 'id' | 'issuer' | 'version' | 'dekId' | 'dekVersion' | 'blob'>;

const COLUMNS = `org_id AS "orgId", id, issuer, version, dek_id AS "dekId", dek_version AS "dekVersion", blob, is_undecryptable AS "isUndecryptable"`;

/** Under a field of its own: no key's value opens as one of these, nor one of these as a key. */
export function sealedSignInFor({ orgId, id, issuer, version }: Pick<SignInSecret, 'orgId' | 'id' | 'issuer' | 'version'>, deploymentId: string): SealedFor {
  return { deploymentId, orgId, ownerType: 'org', ownerId: orgId, provider: issuer, keyId: id, keyVersion: version, field: 'client-secret' };
}

export async function findSignInSecret(db: Sql, orgId: OrgId): Promise<SignInSecret | undefined> {
  const [row] = await db.query<SignInSecret>(`SELECT ${COLUMNS} FROM vault.sign_in_secret WHERE org_id = $1`, [orgId]);
  return row;
}

/** What the next secret of the org is sealed for. */
export async function nextSignInSecret(db: Sql, orgId: OrgId, issuer: string): Promise<Pick<SignInSecret, 'orgId' | 'id' | 'issuer' | 'version'>> {
  const known = await findSignInSecret(db, orgId);
  return { orgId, issuer, id: known?.id ?? newId('key'), version: (known?.version ?? 0) + 1 };
}

/** False when somebody else was quicker. */
export async function writeSignInSecret(tx: Sql, orgId: OrgId, sealed: SealedSignInSecret): Promise<boolean> {
  const written = await tx.query(
    `INSERT INTO vault.sign_in_secret AS s (org_id, id, version, dek_id, dek_version, blob, issuer) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (org_id) DO UPDATE SET version = EXCLUDED.version, issuer = EXCLUDED.issuer, dek_id = EXCLUDED.dek_id, dek_version = EXCLUDED.dek_version, blob = EXCLUDED.blob, is_undecryptable = false, updated_at = now()
      WHERE s.id = EXCLUDED.id AND s.version = EXCLUDED.version - 1 RETURNING id`,
    [orgId, sealed.id, sealed.version, sealed.dekId, sealed.dekVersion, sealed.blob, sealed.issuer],
  );
  return written.length === 1;
}

/** The id of what is gone, if there was one. */
export async function deleteSignInSecret(tx: Sql, orgId: OrgId): Promise<KeyId | undefined> {
  const [row] = await tx.query<{ id: KeyId }>('DELETE FROM vault.sign_in_secret WHERE org_id = $1 RETURNING id', [orgId]);
  return row?.id;
}

export async function markSignInUndecryptable(db: Sql, { orgId, id, version }: SignInSecret): Promise<void> {
  await db.query('UPDATE vault.sign_in_secret SET is_undecryptable = true WHERE org_id = $1 AND id = $2 AND version = $3', [orgId, id, version]);
}

/** Those of an org that are not under its active DEK. */
export async function signInSecretsUnderOtherDeks(db: Sql, orgId: string, activeDekId: string, limit: number): Promise<SignInSecret[]> {
  return db.query<SignInSecret>(`SELECT ${COLUMNS} FROM vault.sign_in_secret WHERE org_id = $1 AND dek_id <> $2 AND NOT is_undecryptable LIMIT $3`, [orgId, activeDekId, limit]);
}

export async function moveSignInSecret(tx: Sql, before: SignInSecret, after: Pick<SignInSecret, 'dekId' | 'dekVersion' | 'blob'>): Promise<boolean> {
  const moved = await tx.query('UPDATE vault.sign_in_secret SET dek_id = $3, dek_version = $4, blob = $5 WHERE org_id = $1 AND version = $2 AND blob = $6 RETURNING id', [
    ...[before.orgId, before.version, after.dekId, after.dekVersion, after.blob],
    before.blob,
  ]);
  return moved.length === 1;
}
