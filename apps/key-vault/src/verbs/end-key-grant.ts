import { AppError } from '@byok/kernel';

import { principalOfActor } from '../acl/principal-of-actor.js';
import { reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { removeGrant } from '../store/grants.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { EndKeyGrantRequest } from '../wire/governance-requests.js';
import { parse } from '../wire/parse.js';

/** Ends a grant before its time: for who may change the key's allow-list, and for the user themselves. */
export async function endKeyGrant(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<object> {
  const request = parse(EndKeyGrantRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = await reachKey(deps, principal, request.keyId, request.userId === principal.userId ? 'key:read' : 'key:update');
  await deps.db.transaction(async (tx) => {
    if (!(await removeGrant(tx, key.orgId, key.id, request.userId))) throw new AppError('not_found', 'This user has no grant for this key.');
    await recordChange(tx, principal, 'key.grant-end', key, { userId: request.userId });
  });
  return {};
}
