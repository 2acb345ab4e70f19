import { integrityFailed, open, verifyConfigMac } from '@byok/envelope';
import type { Secret } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { sealedFor } from '../store/key-row.js';
import type { KeyRow } from '../store/key-row.js';
import { KEY_COLUMNS } from '../store/keys.store.js';
import { staleness } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';

type Deps = Pick<VaultDeps, 'deks' | 'deploymentId'> & { db: Sql };
type Sealed = KeyRow & { blob: Buffer };

/** The secret of a key whose row is the newest the vault wrote, with the config it was sealed with; else `integrity_failed`. */
export async function decryptKey(deps: Deps, key: Sealed): Promise<Secret> {
  try {
    const stale = await staleness(deps.db, key.orgId, key);
    if (stale) throw integrityFailed(stale);
    return await openSealed(deps, key);
  } catch (error) {
    // A rotation of the org's DEK may have sealed it again between our looks at the row and at its log.
    const moved = await findUnderAnotherDek(deps.db, key);
    if (!moved) throw error;
    return decryptKey(deps, moved);
  }
}

async function findUnderAnotherDek(db: Sql, key: Sealed): Promise<Sealed | undefined> {
  const [row] = await db.query<Sealed>(
    `SELECT ${KEY_COLUMNS} FROM vault.credential WHERE org_id = $1 AND id = $2 AND key_version = $3 AND dek_version > $4 AND blob IS NOT NULL`,
    [key.orgId, key.id, key.version, key.dekVersion],
  );
  return row;
}

/** What is sealed in a row that is known to be the newest of its version. */
export async function openSealed(deps: Pick<VaultDeps, 'deks' | 'deploymentId'>, key: KeyRow & { blob: Buffer }): Promise<Secret> {
  const dek = await deps.deks.dekOf(key.orgId, key.dekId, key.dekVersion);
  const row = sealedFor(key, deps.deploymentId);
  verifyConfigMac(key.config, row, dek, key.configMac);
  return open(key.blob, row, dek);
}
