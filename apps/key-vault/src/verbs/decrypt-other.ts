import { integrityFailed } from '@byok/envelope';
import type { Secret } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { asVersionInUse } from '../store/candidates.store.js';
import type { OtherVersion } from '../store/candidates.store.js';
import type { KeyRow } from '../store/key-row.js';
import { otherStaleness } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { openSealed } from './decrypt-key.js';

/** The secret of a key's other live version, if its row is as the vault wrote it last; else `integrity_failed`. */
export async function decryptOther(deps: Pick<VaultDeps, 'deks' | 'deploymentId'> & { db: Sql }, key: KeyRow, other: OtherVersion): Promise<Secret> {
  const stale = await otherStaleness(deps.db, key.orgId, other);
  if (stale) throw integrityFailed(stale);
  return openSealed(deps, asVersionInUse(key, other));
}
