import { integrityFailed, open, verifyConfigMac } from '@byok/envelope';
import type { Secret } from '@byok/kernel';

import { sealedFor } from '../store/key-row.js';
import type { KeyRow } from '../store/key-row.js';
import { staleness } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';

/** The secret of a key whose row is the newest the vault wrote, with the config it was sealed with; else `integrity_failed`. */
export async function decryptKey(deps: Pick<VaultDeps, 'db' | 'deks' | 'deploymentId'>, key: KeyRow & { blob: Buffer }): Promise<Secret> {
  const stale = await staleness(deps.db, key.orgId, key);
  if (stale) throw integrityFailed(stale);
  const dek = await deps.deks.dekOf(key.orgId, key.dekId, key.dekVersion);
  const row = sealedFor(key, deps.deploymentId);
  verifyConfigMac(key.config, row, dek, key.configMac);
  return open(key.blob, row, dek);
}
