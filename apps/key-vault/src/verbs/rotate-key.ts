import { AppError } from '@byok/kernel';

import { principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { dropOthers } from '../store/candidates.store.js';
import { findDuplicate, resealKey } from '../store/keys.store.js';
import type { KeyStatus } from '../store/key-row.js';
import { logVersion, nextVersion } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { RotateKeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';
import { sealVersion } from './seal-version.js';
import { statusAfterTest } from './status-after-test.js';
import { duplicateOf } from './store-key.js';
import { takeSecret } from './take-secret.js';

type Deps = Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'random' | 'deploymentId'>;

/** Replaces a key's secret (and its config, when given) by the next version. The old sealed value is gone, and so is a candidate. */
export async function rotateKey(deps: Deps, message: unknown): Promise<KeyMessage> {
  const request = parse(RotateKeyRequest, message);
  const { secret, last4 } = takeSecret(request.secret);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:update'));

  const config = Object.keys(request.config).length > 0 ? request.config : key.config;
  const version = await nextVersion(deps.db, key.orgId, key.id);
  const sealed = await sealVersion(deps, { ...key, version }, secret, config);
  const status = statusAfterTest(statusOfFreshSecret(key.status), request.testOutcome);

  return deps.db.transaction(async (tx) => {
    const duplicate = await findDuplicate(tx, key.orgId, { type: key.ownerType, id: key.ownerId }, key.provider, sealed.fingerprints, key.id);
    if (duplicate) throw duplicateOf(duplicate);
    const rotated = await resealKey(tx, key.orgId, key.id, key.version, { ...sealed, version, last4, status, lastTestOutcome: request.testOutcome });
    if (!rotated) throw new AppError('conflict', 'Somebody else changed this key at the same moment. Look at it again and retry.');
    await dropOthers(tx, key.orgId, key.id);
    await logVersion(tx, key.orgId, rotated);
    await recordChange(tx, principal, 'key.rotate', rotated);
    return describeKey(tx, rotated, deps.clock.now());
  });
}

/** A new secret heals a key that was invalid or could not be opened; one that somebody disabled stays so. */
export function statusOfFreshSecret(status: KeyStatus): 'active' | 'disabled' {
  return status === 'disabled' ? 'disabled' : 'active';
}
