import { AppError } from '@byok/kernel';
import type { UserId } from '@byok/kernel';

import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { checkAllowedUsers } from '../acl/reach-owner.js';
import { recordChange } from '../audit/record.js';
import { putGrant } from '../store/grants.store.js';
import type { KeyRow } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import { GrantKeyRequest } from '../wire/governance-requests.js';
import { parse } from '../wire/parse.js';

const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

/** Lets one more user whom the owner covers use a key with an allow-list, until then. For who may change the list itself, and nobody else. */
export async function grantKey(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<object> {
  const request = parse(GrantKeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:update'));
  checkTime(request.expiresAt, deps.clock.now());
  checkNarrowed(key, request.userId);
  await checkAllowedUsers(deps.db, principal, [request.userId]);
  await deps.db.transaction(async (tx) => {
    await putGrant(tx, key.orgId, key.id, { userId: request.userId, expiresAt: request.expiresAt, grantedBy: actorIdOf(principal) });
    await recordChange(tx, principal, 'key.grant', key, { userId: request.userId, until: request.expiresAt.toISOString() });
  });
  return {};
}

function checkTime(expiresAt: Date, now: number): void {
  const leftMs = expiresAt.getTime() - now;
  if (leftMs <= 0 || leftMs > MAX_DAYS * DAY_MS) throw new AppError('invalid_request', `expiresAt must be in the future, at most ${MAX_DAYS} days away.`, { details: { fields: ['expiresAt'] } });
}

/** Nobody is granted what they have, and nobody a key that its owner alone may use. */
function checkNarrowed(key: KeyRow, userId: UserId): void {
  if (key.ownerType !== 'group' && key.ownerType !== 'org') throw new AppError('invalid_request', 'Only keys of groups and of the organisation can be shared for a while.', { details: { fields: ['keyId'] } });
  if (key.allowedUsers.length === 0 || key.allowedUsers.includes(userId)) throw new AppError('conflict', 'This key has no allow-list that would keep this user out.');
}
