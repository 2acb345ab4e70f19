import type { KeyMessage } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';

import { deny } from '../acl/deny.js';
import { mayManage } from '../acl/may-manage.js';
import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { lockKey, setStatus } from '../store/keys.store.js';
import type { KeyRow } from '../store/key-row.js';
import { findSeal, removeSeal } from '../store/seals.store.js';
import type { Seal } from '../store/seals.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { UnsealKeyRequest } from '../wire/governance-requests.js';
import { parse } from '../wire/parse.js';
import { decryptKey } from './decrypt-key.js';
import { describeKey } from './describe-keys.js';

/** Takes the seal off: the key is again what it was, or active if it got a new secret meanwhile. For who sealed it, and for admins of the org. */
export async function unsealKey(deps: Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'deploymentId'>, message: unknown): Promise<KeyMessage> {
  const request = parse(UnsealKeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const reached = notRevoked(await reachKey(deps, principal, request.keyId, 'key:seal'));
  const seal = await findSeal(deps.db, reached.orgId, reached.id);
  if (!seal) throw new AppError('conflict', 'This key is not sealed.');
  if (!mayUnseal(principal, reached, seal)) return deny(deps, principal, 'key:unseal', reached.id, new AppError('forbidden', 'An admin sealed this key: an admin has to unseal it.'));
  if (statusAfter(reached, seal) === 'active') await decryptKey(deps, reached);
  return deps.db.transaction(async (tx) => {
    const key = await lockKey(tx, reached.orgId, reached.id);
    if (key?.version !== reached.version || key.status === 'revoked' || !(await removeSeal(tx, key.orgId, key.id))) throw new AppError('conflict', 'Somebody else changed this key at the same moment. Look at it again and retry.');
    const status = statusAfter(key, seal);
    const unsealed = await setStatus(tx, key.orgId, key.id, key.version, status, status === seal.statusBefore ? seal.reasonBefore : '');
    await recordChange(tx, principal, 'key.unseal', unsealed!, { reason: request.reason });
    return describeKey(tx, unsealed!, deps.clock.now());
  });
}

function mayUnseal(principal: Principal, key: KeyRow, seal: Seal): boolean {
  return seal.sealedBy === actorIdOf(principal) || mayManage(principal, 'key:unseal', key.orgId, { type: key.ownerType, id: key.ownerId });
}

function statusAfter(key: KeyRow, seal: Seal): Seal['statusBefore'] {
  return key.version === seal.keyVersion ? seal.statusBefore : 'active';
}
