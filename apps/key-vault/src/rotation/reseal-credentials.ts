import type { Dek } from '@byok/envelope';
import type { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { KeyOrg, KeyRow } from '../store/key-row.js';
import { KEY_COLUMNS } from '../store/keys.store.js';
import { logVersion } from '../store/version-log.store.js';
import { decryptKey } from '../verbs/decrypt-key.js';
import { quarantineKey } from '../verbs/quarantine-key.js';
import { sealUnder } from '../verbs/seal-version.js';
import { THE_VAULT } from './rotation-deps.js';
import type { ResealDeps, SealedRow } from './sealed-places.js';

type Sealed = KeyRow & { blob: Buffer };

/** Keys of an org that are sealed under a DEK it had before. */
export async function credentialsUnderOtherDeks(deps: ResealDeps, db: Sql, orgId: KeyOrg, activeDekId: string, limit: number): Promise<SealedRow[]> {
  const keys = await db.query<Sealed>(
    `SELECT ${KEY_COLUMNS} FROM vault.credential WHERE org_id = $1 AND dek_id <> $2 AND blob IS NOT NULL AND status <> 'undecryptable' ORDER BY id LIMIT $3`,
    [orgId, activeDekId, limit],
  );
  return keys.map((key) => ({
    id: key.id,
    reseal: (tx, dek) => resealCredential({ ...deps, db: tx }, key, dek),
    quarantine: (error: AppError) => quarantineKey(deps, { orgId: key.orgId, actorId: THE_VAULT }, key, error),
  }));
}

/** The same secret, config and version under another DEK. A key that does not open, or is not at its newest version, is not made whole by this. */
async function resealCredential(deps: Omit<ResealDeps, 'db'> & { db: Sql }, key: Sealed, dek: Dek): Promise<boolean> {
  const sealed = sealUnder(deps, dek, key, await decryptKey(deps, key), key.config);
  const [resealed] = await deps.db.query<KeyRow>(
    `UPDATE vault.credential SET dek_id = $5, dek_version = $6, blob = $7, config_mac = $8, fingerprint = $9
      WHERE org_id = $1 AND id = $2 AND key_version = $3 AND dek_version = $4 AND blob = $10 AND status <> 'revoked' RETURNING ${KEY_COLUMNS}`,
    [key.orgId, key.id, key.version, key.dekVersion, sealed.dekId, sealed.dekVersion, sealed.blob, sealed.configMac, sealed.fingerprint, key.blob],
  );
  if (!resealed) return false;
  await logVersion(deps.db, key.orgId, resealed, 'resealed');
  return true;
}
