import type { AccessRequest, VaultForAdmin } from '@byok/contracts';
import { decideAccessRequest, getAccessRequest, lockAccessRequest, may, removeMember, type AccessRequest as StoredRequest, type Principal, type Tx } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { actorIds } from '../clients/vault.client.js';
import { deciderOf, requestToWire } from './request-to-wire.js';

type Deps = { db: Database; vault: Pick<VaultForAdmin, 'endKeyGrant'> };

/** Takes one's own request back before it is decided. */
export async function withdrawRequest(deps: Pick<Deps, 'db'>, principal: Principal, path: { request: string }): Promise<AccessRequest> {
  const request = await getAccessRequest(deps.db, principal.orgId, path.request);
  if (request.userId !== principal.userId) throw unseen(principal, request);
  const change = { org: principal.orgId, action: 'request.withdraw', target: request.id };
  const withdrawn = await recordChange(deps.db, principal, change, async (tx) => {
    await lockIn(tx, principal, request, 'pending');
    return decideAccessRequest(tx, principal.orgId, request.id, { status: 'withdrawn', note: '', by: actorOf(principal) });
  });
  return requestToWire(withdrawn);
}

/** Ends what was granted before its time: for who has it, and for who may decide. */
export async function endRequest(deps: Deps, principal: Principal, path: { request: string }): Promise<AccessRequest> {
  const request = await getAccessRequest(deps.db, principal.orgId, path.request);
  if (request.userId !== principal.userId) {
    if (!may(principal, 'request:decide', deciderOf(request))) throw unseen(principal, request);
    if (request.groupId) demand(principal, 'member:update', { org: principal.orgId, group: request.groupId });
  }
  const change = { org: principal.orgId, action: 'request.end', target: request.id, details: { userId: request.userId, groupId: request.groupId, keyId: request.keyId } };
  const ended = await recordChange(deps.db, principal, change, async (tx) => {
    await lockIn(tx, principal, request, 'granted');
    await take(deps, tx, principal, request);
    return decideAccessRequest(tx, principal.orgId, request.id, { status: 'ended', note: request.note, by: actorOf(principal) });
  });
  return requestToWire(ended);
}

/** A membership that was made one for good meanwhile is not this request's to end. */
async function take({ vault }: Deps, tx: Tx, principal: Principal, { userId, groupId, keyId }: StoredRequest): Promise<void> {
  if (keyId) return void (await goneIsFine(vault.endKeyGrant({ actor: actorIds(principal), keyId, userId })));
  const timed = await tx.query('SELECT 1 FROM identity.membership WHERE org_id = $1 AND group_id = $2 AND user_id = $3 AND expires_at IS NOT NULL', [principal.orgId, groupId, userId]);
  if (timed.length > 0) await removeMember(tx, principal.orgId, groupId!, userId);
}

async function goneIsFine(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
  }
}

async function lockIn(tx: Tx, principal: Principal, { id }: StoredRequest, expected: StoredRequest['status']): Promise<void> {
  const { status } = await lockAccessRequest(tx, principal.orgId, id);
  if (status !== expected) throw new AppError('conflict', `This request is ${status}.`);
}

/** Who may decide it may see it and is told that they may not do this; to anybody else it is not there. */
function unseen(principal: Principal, request: StoredRequest): AppError {
  if (may(principal, 'request:decide', deciderOf(request))) return new AppError('forbidden', 'Only who asked may take a request back. You may refuse it.');
  return new AppError('not_found', 'There is no such request.');
}
