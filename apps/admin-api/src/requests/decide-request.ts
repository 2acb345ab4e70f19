import type { AccessRequest, GrantAccess, RefuseAccess, VaultForAdmin } from '@byok/contracts';
import { decideAccessRequest, getAccessRequest, getUser, lockAccessRequest, may, putMemberUntil, type AccessRequest as StoredRequest, type Principal, type Tx } from '@byok/identity';
import { AppError, type Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, forbidden } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { actorIds } from '../clients/vault.client.js';
import { deciderOf, requestToWire } from './request-to-wire.js';

type Deps = { db: Database; clock: Clock; vault: Pick<VaultForAdmin, 'grantKey'> };

const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

/** Gives what was asked for until then, with the rights of who grants: a membership, or a place beside a key's allow-list. It ends by itself. */
export async function grantAccess(deps: Deps, principal: Principal, path: { request: string }, { expiresAt, note }: GrantAccess): Promise<AccessRequest> {
  const request = await decidable(deps.db, principal, path.request);
  const until = new Date(expiresAt);
  const leftMs = until.getTime() - deps.clock.now();
  if (leftMs <= 0 || leftMs > MAX_DAYS * DAY_MS) throw new AppError('invalid_request', `expiresAt must be in the future, at most ${MAX_DAYS} days away.`, { details: { field: 'expiresAt' } });
  if ((await getUser(deps.db, principal.orgId, request.userId)).status !== 'active') throw new AppError('conflict', 'This user is disabled.');
  if (request.groupId) demand(principal, 'member:update', { org: principal.orgId, group: request.groupId });
  const change = { org: principal.orgId, action: 'request.grant', target: request.id, details: { userId: request.userId, groupId: request.groupId, keyId: request.keyId, expiresAt: until.toISOString() } };
  const granted = await recordChange(deps.db, principal, change, async (tx) => {
    await lockPending(tx, principal, request);
    await give(deps, tx, principal, request, until);
    return decideAccessRequest(tx, principal.orgId, request.id, { status: 'granted', note, by: actorOf(principal), expiresAt: until });
  });
  return requestToWire(granted);
}

export async function refuseAccess(deps: Pick<Deps, 'db'>, principal: Principal, path: { request: string }, { note }: RefuseAccess): Promise<AccessRequest> {
  const request = await decidable(deps.db, principal, path.request);
  const change = { org: principal.orgId, action: 'request.refuse', target: request.id, details: { userId: request.userId } };
  const refused = await recordChange(deps.db, principal, change, async (tx) => {
    await lockPending(tx, principal, request);
    return decideAccessRequest(tx, principal.orgId, request.id, { status: 'refused', note, by: actorOf(principal) });
  });
  return requestToWire(refused);
}

/** The request, if the caller may decide it. Nobody decides about themselves. */
async function decidable(db: Database, principal: Principal, requestId: string): Promise<StoredRequest> {
  const request = await getAccessRequest(db, principal.orgId, requestId);
  if (request.userId === principal.userId) throw forbidden('request:decide about oneself');
  if (!may(principal, 'request:decide', deciderOf(request))) throw new AppError('not_found', 'There is no such request.');
  return request;
}

async function lockPending(tx: Tx, principal: Principal, { id }: StoredRequest): Promise<void> {
  const { status } = await lockAccessRequest(tx, principal.orgId, id);
  if (status !== 'pending') throw new AppError('conflict', `This request is ${status} already.`);
}

/** The vault asks again whether who grants may change the key's list. It writes first: what is not written down here yet is asked for anew and granted again. */
async function give({ vault }: Deps, tx: Tx, principal: Principal, { userId, groupId, keyId }: StoredRequest, until: Date): Promise<void> {
  if (groupId) await putMemberUntil(tx, principal.orgId, groupId, userId, until);
  else await vault.grantKey({ actor: actorIds(principal), keyId: keyId!, userId, expiresAt: until.toISOString() });
}
