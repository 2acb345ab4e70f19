import type { KeyMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import { notifyChange } from '@byok/platform';

import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { lockKey, setStatus } from '../store/keys.store.js';
import { putSeal } from '../store/seals.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { SealKeyRequest } from '../wire/governance-requests.js';
import { parse } from '../wire/parse.js';
import { describeKey } from './describe-keys.js';

/** Stops a key for everybody and everything until it is unsealed; on request, what runs with it, too. */
export async function sealKey(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<KeyMessage> {
  const request = parse(SealKeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const reached = notRevoked(await reachKey(deps, principal, request.keyId, 'key:seal'));
  return deps.db.transaction(async (tx) => {
    // Whatever else is being done to the key comes before or after: a stop must not lose a race.
    const key = await lockKey(tx, reached.orgId, reached.id);
    if (!key || key.status === 'revoked') throw new AppError('conflict', 'This key was revoked at the same moment.');
    await putSeal(tx, key.orgId, key, { reason: request.reason, cutsStreams: request.cutStreams, sealedBy: actorIdOf(principal) });
    const sealed = await setStatus(tx, key.orgId, key.id, key.version, 'disabled', `Sealed: ${request.reason}`);
    if (request.cutStreams) await notifyChange(tx, { org: key.orgId, kind: 'key', id: key.id, cut: true });
    await recordChange(tx, principal, 'key.seal', sealed!, { reason: request.reason, cutStreams: request.cutStreams });
    return describeKey(tx, sealed!, deps.clock.now());
  });
}
