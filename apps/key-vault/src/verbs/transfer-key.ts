import type { KeyMessage } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';

import { deny } from '../acl/deny.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { reachOwner } from '../acl/reach-owner.js';
import { recordChange } from '../audit/record.js';
import { dropOthers } from '../store/candidates.store.js';
import { removeGrantsOf } from '../store/grants.store.js';
import { findDuplicate, moveKey } from '../store/keys.store.js';
import type { KeyRow } from '../store/key-row.js';
import { carrySeal } from '../store/seals.store.js';
import { logVersion, nextVersion } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { TransferKeyRequest } from '../wire/governance-requests.js';
import { parse } from '../wire/parse.js';
import { decryptKey } from './decrypt-key.js';
import { describeKey } from './describe-keys.js';
import { sealVersion } from './seal-version.js';
import { duplicateOf } from './store-key.js';

type Deps = Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'random' | 'deploymentId'>;

/**
 * Gives a key to another owner of the same org. Who owns it is sealed with it, so this is the next version of the same secret. The actor
 * must be allowed to give it away here and to add keys there.
 */
export async function transferKey(deps: Deps, message: unknown): Promise<KeyMessage> {
  const request = parse(TransferKeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:transfer'));
  await refuseLivingOwner(deps, principal, key);
  if (key.ownerType === request.owner.type && key.ownerId === request.owner.id) throw new AppError('conflict', 'This key has that owner already.');
  const orgId = await reachOwner(deps, principal, request.owner);
  if (orgId !== key.orgId) throw new AppError('invalid_request', 'A key stays within its organisation: the platform cannot become its owner.', { details: { fields: ['owner'] } });

  const moved = { ...key, ownerType: request.owner.type, ownerId: request.owner.id, version: await nextVersion(deps.db, orgId, key.id) };
  const sealed = await sealVersion(deps, moved, await decryptKey(deps, key), key.config);
  return deps.db.transaction(async (tx) => {
    const duplicate = await findDuplicate(tx, orgId, request.owner, key.provider, sealed.fingerprints, key.id);
    if (duplicate) throw duplicateOf(duplicate);
    const transferred = await moveKey(tx, orgId, key, { ...sealed, version: moved.version, ownerType: moved.ownerType, ownerId: moved.ownerId });
    if (!transferred) throw new AppError('conflict', 'Somebody else changed this key at the same moment, or a new secret of it is being tried. Look at it again and retry.');
    // Sealed for the owner before, and granted by them.
    await dropOthers(tx, orgId, key.id);
    await removeGrantsOf(tx, orgId, key.id);
    await carrySeal(tx, orgId, key.id, key.version, moved.version);
    await logVersion(tx, orgId, transferred);
    const ends = { from: `${key.ownerType} ${key.ownerId}`, to: `${moved.ownerType} ${moved.ownerId}`, reason: request.reason };
    await recordChange(tx, principal, 'key.transfer-out', { ...transferred, ownerType: key.ownerType, ownerId: key.ownerId, version: key.version }, ends);
    await recordChange(tx, principal, 'key.transfer-in', transferred, ends);
    return describeKey(tx, transferred, deps.clock.now());
  });
}

/** An admin may save a leaver's key for the others, but not take one away from somebody who is here. */
async function refuseLivingOwner(deps: Pick<VaultDeps, 'db'>, principal: Principal, key: KeyRow): Promise<void> {
  if (key.ownerType !== 'user' || key.ownerId === principal.userId) return;
  const [owner] = await deps.db.query(`SELECT 1 FROM identity.app_user WHERE org_id = $1 AND id = $2 AND status = 'active'`, [principal.orgId, key.ownerId]);
  if (owner) await deny(deps, principal, 'key:transfer', key.id, new AppError('forbidden', 'Its owner is still here: they alone may give this key away. You may seal or revoke it.'));
}
