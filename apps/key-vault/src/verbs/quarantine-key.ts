import type { Principal } from '@byok/identity';
import type { AppError } from '@byok/kernel';
import { appendAudit, notifyChange } from '@byok/platform';

import { actorIdOf } from '../acl/principal-of-actor.js';
import type { KeyRow } from '../store/key-row.js';
import { setStatus } from '../store/keys.store.js';
import type { VaultDeps } from '../vault-deps.js';

/**
 * Takes a key out of service whose stored form does not hold together, and says so in the audit chain and to every gateway.
 * False, and nothing done, when the key was rotated or revoked while we looked: then it was our copy of the row that was old.
 */
export async function quarantineKey(deps: Pick<VaultDeps, 'db' | 'log'>, by: Principal | { orgId: string; actorId: string }, key: KeyRow, error: AppError): Promise<boolean> {
  const reason = error.cause instanceof Error ? error.cause.message : 'The stored key does not hold together.';
  const isQuarantined = await deps.db.transaction(async (tx) => {
    const changed = await setStatus(tx, key.orgId, key.id, key.version, 'undecryptable', `quarantined: ${reason}`);
    if (!changed) return false;
    await notifyChange(tx, { org: key.orgId, kind: 'key', id: key.id });
    await appendAudit(tx, 'vault.audit', {
      orgId: by.orgId,
      action: 'integrity.failed',
      actorId: 'actorId' in by ? by.actorId : actorIdOf(by),
      targetId: key.id,
      outcome: 'failed',
      details: { reason, version: key.version, ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider },
    });
    return true;
  });
  if (isQuarantined) deps.log.error({ keyId: key.id, orgId: key.orgId, reason }, 'a stored key failed its integrity check and was quarantined');
  return isQuarantined;
}
