import type { KeyMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';

import { principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { dropOthers } from '../store/candidates.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { KeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';

/** Takes a candidate back and deletes its sealed value. The version in use goes on as it was. */
export async function rollBackKey(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<KeyMessage> {
  const request = parse(KeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:update'));
  return deps.db.transaction(async (tx) => {
    const [candidateVersion] = await dropOthers(tx, key.orgId, key.id, ['candidate']);
    if (candidateVersion === undefined) throw nothingStaged();
    await recordChange(tx, principal, 'key.rollback', key, { candidateVersion, by: 'person' });
    return describeKey(tx, key, deps.clock.now());
  });
}

export function nothingStaged(): AppError {
  return new AppError('conflict', 'This key has no candidate. Stage one with POST …/rotate and canaryPercent.');
}
