import type { Group, Member, Page, PageQuery } from '@byok/contracts';
import { getGroup as findGroup, listGroups as findGroups, listMembers as findMembers, type Principal } from '@byok/identity';
import type { GroupId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { groupToWire, memberToWire } from './group-to-wire.js';

export async function listGroups(deps: { db: Database }, principal: Principal, orgId: string, page: PageQuery): Promise<Page<Group>> {
  const org = orgOf(principal, orgId);
  demand(principal, 'group:list', { org });
  const { items, next } = await findGroups(deps.db, org, page);
  return { items: items.map(groupToWire), next };
}

export async function getGroup(deps: { db: Database }, principal: Principal, path: { org: string; group: string }): Promise<Group> {
  const org = orgOf(principal, path.org);
  const group = await findGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'group:read', { org, group: group.id });
  return groupToWire(group);
}

export async function listMembers(deps: { db: Database }, principal: Principal, path: { org: string; group: string }, page: PageQuery): Promise<Page<Member>> {
  const org = orgOf(principal, path.org);
  const group = await findGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'member:read', { org, group: group.id });
  const { items, next } = await findMembers(deps.db, org, group.id, page);
  return { items: items.map(memberToWire), next };
}
