import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Secret } from '@byok/kernel';
import { appendAudit, notifyChange } from '@byok/platform';

import { actorIdOf } from '../acl/principal-of-actor.js';
import { keyNotFound } from '../acl/reach-key.js';
import { dropOthers, findOther } from '../store/candidates.store.js';
import type { OtherVersion } from '../store/candidates.store.js';
import type { KeyRow } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import { decryptOther } from './decrypt-other.js';

type Deps = Pick<VaultDeps, 'db' | 'deks' | 'deploymentId' | 'log'>;

/** The secret of a key's other live version. One whose row does not hold together is taken away for good; the version in use is not touched. */
export async function openOther(deps: Deps, principal: Principal, key: KeyRow, other: OtherVersion): Promise<Secret> {
  try {
    return await decryptOther(deps, key, other);
  } catch (error) {
    const present = await findOther(deps.db, key.orgId, key.id, other.version);
    // A rotation of the org's DEK may have sealed it again between our looks at the row and at its log.
    if (present && present.dekVersion > other.dekVersion) return openOther(deps, principal, key, present);
    if (!(error instanceof AppError) || error.code !== 'integrity_failed') throw error;
    throw (await takeAway(deps, { orgId: principal.orgId, actorId: actorIdOf(principal) }, key, other, error)) ? error : keyNotFound();
  }
}

/** Drops a second version that does not hold together. False when the row was changed properly while we looked: then our copy of it was old. */
export async function takeAway(deps: Pick<Deps, 'db' | 'log'>, by: { orgId: string; actorId: string }, key: Pick<KeyRow, 'id' | 'orgId' | 'ownerType' | 'ownerId' | 'provider'>, other: OtherVersion, error: AppError): Promise<boolean> {
  const reason = error.cause instanceof Error ? error.cause.message : 'The stored key does not hold together.';
  const isGone = await deps.db.transaction(async (tx) => {
    const present = await findOther(tx, key.orgId, key.id, other.version);
    if (!present || present.role !== other.role || !present.blob.equals(other.blob)) return false;
    await dropOthers(tx, key.orgId, key.id, [other.role]);
    await notifyChange(tx, { org: key.orgId, kind: 'key', id: key.id });
    const details = { reason, version: other.version, role: other.role, ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider };
    await appendAudit(tx, 'vault.audit', { ...by, action: 'integrity.failed', targetId: key.id, outcome: 'failed', details });
    return true;
  });
  if (isGone) deps.log.error({ keyId: key.id, orgId: key.orgId, version: other.version, reason }, 'the second version of a key failed its integrity check and was taken away');
  return isGone;
}
