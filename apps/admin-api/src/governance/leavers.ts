import type { KeyMessage, Leavers, VaultForAdmin } from '@byok/contracts';
import { listGroupsWithoutAdmin, listLeavers, listTokensOfLeavers, type Leaver, type Principal } from '@byok/identity';
import { toCsv } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { everyKey } from './every-key.js';

export interface LeaversDeps {
  db: Database;
  vault: Pick<VaultForAdmin, 'listKeys'>;
}

type Item = Leavers['items'][number];

/** What people who are disabled or deleted left behind: their keys, keys they brought for others, tokens; and groups that nobody leads. */
export async function leavers(deps: LeaversDeps, principal: Principal, path: { org: string }): Promise<Leavers> {
  const org = orgOf(principal, path.org);
  demand(principal, 'review:read', { org });
  const [gone, keys, tokens, groups] = await Promise.all([listLeavers(deps.db, org), everyKey(deps.vault, principal), listTokensOfLeavers(deps.db, org), listGroupsWithoutAdmin(deps.db, org)]);
  const byId = new Map<string, Leaver>(gone.map((leaver) => [leaver.id, leaver]));
  return {
    items: [
      ...keys.flatMap((key) => keyItem(key, byId)),
      ...tokens.map((token) => tokenItem(token, byId.get(token.leaver)!)),
      ...groups.map(({ id, name, members }) => ({
        ...{ kind: 'group-without-admin' as const, userId: null, userName: null, userStatus: null, id, name, status: `${members} members` },
        todo: `Make somebody its admin (PUT /api/orgs/${org}/groups/${id}/members/…), or delete it.`,
      })),
    ],
  };
}

export async function leaversCsv(deps: LeaversDeps, principal: Principal, path: { org: string }): Promise<string> {
  const { items } = await leavers(deps, principal, path);
  const columns = ['kind', 'userId', 'userName', 'userStatus', 'id', 'name', 'status', 'todo'] as const;
  return toCsv([columns, ...items.map((item) => columns.map((column) => item[column]))]);
}

function keyItem({ id, label, owner, status, createdBy }: KeyMessage, byId: ReadonlyMap<string, Leaver>): Item[] {
  const [holder, maker] = [byId.get(owner.id), byId.get(createdBy)];
  if (holder) return [{ kind: 'key-owned', ...userOf(holder), id, name: label, status, todo: `Give it to a group (POST /api/keys/${id}/transfer) or revoke it (DELETE /api/keys/${id}), and at its provider.` }];
  if (maker) return [{ kind: 'key-created', ...userOf(maker), id, name: label, status, todo: `Replace its secret (POST /api/keys/${id}/rotate): who brought it may have kept a copy.` }];
  return [];
}

function tokenItem({ id, name, isService }: { id: string; name: string; isService: boolean }, leaver: Leaver): Item {
  const todo = isService ? `Replace its secret (POST /api/tokens/${id}/rotate): who made it may have kept a copy.` : `Revoke it (DELETE /api/tokens/${id}): it would work again if its user were enabled.`;
  return { kind: isService ? 'service-token' : 'token', ...userOf(leaver), id, name, status: isService ? 'works' : 'refused while its user is gone', todo };
}

function userOf({ id, name, status }: Leaver): Pick<Item, 'userId' | 'userName' | 'userStatus'> {
  return { userId: id, userName: name, userStatus: status };
}
