import { AppError, newId } from '@byok/kernel';

import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import { checkAllowedUsers, reachOwner } from '../acl/reach-owner.js';
import { recordChange } from '../audit/record.js';
import { findDuplicate, insertKey } from '../store/keys.store.js';
import { logVersion } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { StoreKeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';
import { sealVersion } from './seal-version.js';
import { statusAfterTest } from './status-after-test.js';
import { takeSecret } from './take-secret.js';

type Deps = Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'random' | 'deploymentId'>;

/** Seals a new key for an owner that the actor may manage. */
export async function storeKey(deps: Deps, message: unknown): Promise<KeyMessage> {
  const request = parse(StoreKeyRequest, message);
  const { secret, last4 } = takeSecret(request.secret);
  const principal = await principalOfActor(deps, request.actor);
  const orgId = await reachOwner(deps, principal, request.owner);
  await checkAllowedUsers(deps.db, principal, request.allowedUsers);

  const identity = { id: newId('key'), orgId, ownerType: request.owner.type, ownerId: request.owner.id, provider: request.provider, version: 1 };
  const sealed = await sealVersion(deps, identity, secret, request.config);
  const { label, description, allowedUsers, allowedModels, priority, testOutcome, expiresAt, rotateAfterDays } = request;
  const facts = { label, description, last4, allowedUsers, allowedModels, priority, expiresAt, rotateAfterDays, createdBy: actorIdOf(principal) };

  return deps.db.transaction(async (tx) => {
    const duplicate = await findDuplicate(tx, orgId, request.owner, request.provider, sealed.fingerprints);
    if (duplicate && !request.allowDuplicate) throw duplicateOf(duplicate);
    const key = await insertKey(tx, orgId, { ...identity, ...sealed, ...facts, status: statusAfterTest('active', testOutcome), lastTestOutcome: testOutcome });
    await logVersion(tx, orgId, key);
    await recordChange(tx, principal, 'key.store', key);
    return describeKey(tx, key, deps.clock.now());
  });
}

export function duplicateOf(keyId: string): AppError {
  return new AppError('key_duplicate', 'This owner already has this key. Use that one, or store it again with allowDuplicate.', { details: { keyId } });
}
