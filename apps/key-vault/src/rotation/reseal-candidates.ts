import type { Dek } from '@byok/envelope';
import type { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { asVersionInUse, OTHER_COLUMNS } from '../store/candidates.store.js';
import type { OtherVersion } from '../store/candidates.store.js';
import type { KeyOrg, KeyRow } from '../store/key-row.js';
import { KEY_COLUMNS } from '../store/keys.store.js';
import { logOther } from '../store/version-log.store.js';
import { decryptOther } from '../verbs/decrypt-other.js';
import { takeAway } from '../verbs/open-other.js';
import { sealUnder } from '../verbs/seal-version.js';
import { THE_VAULT } from './rotation-deps.js';
import type { ResealDeps, SealedRow } from './sealed-places.js';

/** Second live versions of an org's keys that are sealed under a DEK it had before. */
export async function candidatesUnderOtherDeks(deps: ResealDeps, db: Sql, orgId: KeyOrg, activeDekId: string, limit: number): Promise<SealedRow[]> {
  const others = await db.query<OtherVersion>(`SELECT ${OTHER_COLUMNS} FROM vault.credential_candidate WHERE org_id = $1 AND dek_id <> $2 ORDER BY key_id, role LIMIT $3`, [orgId, activeDekId, limit]);
  const keys = new Map((await keysOf(db, orgId, others)).map((key) => [key.id, key]));
  return others.map((other) => ({
    id: `${other.id} ${other.role}`,
    reseal: (tx, dek) => resealCandidate({ ...deps, db: tx }, keys.get(other.id)!, other, dek),
    quarantine: (error: AppError) => takeAway(deps, { orgId, actorId: THE_VAULT }, keys.get(other.id)!, other, error),
  }));
}

function keysOf(db: Sql, orgId: KeyOrg, others: readonly OtherVersion[]): Promise<KeyRow[]> {
  return db.query<KeyRow>(`SELECT ${KEY_COLUMNS} FROM vault.credential WHERE org_id = $1 AND id = ANY($2)`, [orgId, others.map(({ id }) => id)]);
}

/** The same secret, config and version under another DEK. */
async function resealCandidate(deps: Omit<ResealDeps, 'db'> & { db: Sql }, key: KeyRow, other: OtherVersion, dek: Dek): Promise<boolean> {
  const sealed = sealUnder(deps, dek, asVersionInUse(key, other), await decryptOther(deps, key, other), other.config);
  const [resealed] = await deps.db.query<OtherVersion>(
    `UPDATE vault.credential_candidate SET dek_id = $5, dek_version = $6, blob = $7, config_mac = $8, fingerprint = $9
      WHERE org_id = $1 AND key_id = $2 AND role = $3 AND key_version = $4 AND blob = $10 RETURNING ${OTHER_COLUMNS}`,
    [key.orgId, key.id, other.role, other.version, sealed.dekId, sealed.dekVersion, sealed.blob, sealed.configMac, sealed.fingerprint, other.blob],
  );
  if (!resealed) return false;
  await logOther(deps.db, key.orgId, resealed, other.role === 'candidate' ? 'staged' : 'kept');
  return true;
}
