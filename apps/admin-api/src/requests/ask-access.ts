import type { AccessRequest, AskAccess, VaultForAdmin } from '@byok/contracts';
import { getGroup, insertAccessRequest, listGroupsOfUser, type NewAccessRequest, type Principal } from '@byok/identity';
import { AppError, newId, type GroupId, type KeyId, type UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, forbidden } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { actorIds } from '../clients/vault.client.js';
import { requestToWire } from './request-to-wire.js';

type Deps = { db: Database; vault: Pick<VaultForAdmin, 'getKey'> };
type Wanted = Pick<NewAccessRequest, 'groupId' | 'keyId' | 'decidedIn'>;

/** Asks for a group, or for a key with an allow-list that one may see. A key of a group one is not in is asked for by asking for the group. */
export async function askAccess(deps: Deps, principal: Principal, input: AskAccess): Promise<AccessRequest> {
  demand(principal, 'request:create', { org: principal.orgId });
  const { userId } = principal;
  if (userId === null) throw forbidden('request:create: services ask for nothing');
  const wanted = input.group === undefined ? await wantedKey(deps.vault, principal, input.key!, userId) : await wantedGroup(deps.db, principal, input.group as GroupId, userId);
  const request = { id: newId('accessRequest'), userId, reason: input.reason, ...wanted };
  const change = { org: principal.orgId, action: 'request.create', details: { groupId: wanted.groupId, keyId: wanted.keyId } };
  return requestToWire(await recordChange(deps.db, principal, change, (tx) => insertAccessRequest(tx, principal.orgId, request)));
}

async function wantedGroup(db: Database, { orgId }: Principal, groupId: GroupId, userId: UserId): Promise<Wanted> {
  const group = await getGroup(db, orgId, groupId);
  if ((await listGroupsOfUser(db, orgId, userId)).some(({ id }) => id === group.id)) throw new AppError('conflict', 'You are in this group already.');
  return { groupId: group.id, keyId: null, decidedIn: group.id };
}

async function wantedKey(vault: Deps['vault'], principal: Principal, keyId: string, userId: UserId): Promise<Wanted> {
  const key = await vault.getKey({ actor: actorIds(principal), keyId });
  if (key.owner.type !== 'group' && key.owner.type !== 'org') throw new AppError('invalid_request', 'Only keys of groups and of the organisation are shared on request.', { details: { field: 'key' } });
  if (key.allowedUsers.length === 0 || key.allowedUsers.includes(userId)) throw new AppError('conflict', 'You may use this key already, or would as a member of its group.');
  return { groupId: null, keyId: key.id as KeyId, decidedIn: key.owner.type === 'group' ? (key.owner.id as GroupId) : null };
}
