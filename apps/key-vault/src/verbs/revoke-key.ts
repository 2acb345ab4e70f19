import { principalOfActor } from '../acl/principal-of-actor.js';
import { reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { dropOthers } from '../store/candidates.store.js';
import { markRevoked } from '../store/keys.store.js';
import { logVersion } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { KeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';

/** Revokes a key for good and deletes its sealed value. Doing it again changes nothing. */
export async function revokeKey(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<KeyMessage> {
  const request = parse(KeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = await reachKey(deps, principal, request.keyId, 'key:delete');
  return deps.db.transaction(async (tx) => {
    const revoked = await markRevoked(tx, key.orgId, key.id);
    if (!revoked) return describeKey(tx, { ...key, status: 'revoked' }, deps.clock.now());
    await dropOthers(tx, key.orgId, key.id);
    await logVersion(tx, key.orgId, revoked);
    await recordChange(tx, principal, 'key.revoke', revoked);
    return describeKey(tx, revoked, deps.clock.now());
  });
}
