import { AppError } from '@byok/kernel';

import { principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { setStatus } from '../store/keys.store.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { SetKeyStatusRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';
import { decryptKey } from './decrypt-key.js';

/** Disables a key or puts it back into service. A quarantined key comes back only if its stored form holds together again. */
export async function setKeyStatus(deps: Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'deploymentId'>, message: unknown): Promise<KeyMessage> {
  const request = parse(SetKeyStatusRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:update'));
  if (key.isSealed) throw new AppError('conflict', 'This key is sealed. Unseal it.');
  if (request.status === 'active') await decryptKey(deps, key);
  return deps.db.transaction(async (tx) => {
    const changed = await setStatus(tx, key.orgId, key.id, key.version, request.status, '');
    if (!changed) throw new AppError('conflict', 'Somebody else changed this key at the same moment. Look at it again and retry.');
    await recordChange(tx, principal, request.status === 'active' ? 'key.enable' : 'key.disable', changed);
    return describeKey(tx, changed, deps.clock.now());
  });
}
