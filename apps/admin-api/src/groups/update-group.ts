import type { CreateGroup, Group } from '@byok/contracts';
import { getGroup, updateGroup as changeGroup, type Principal } from '@byok/identity';
import type { GroupId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { groupToWire } from './group-to-wire.js';

export async function updateGroup(deps: { db: Database }, principal: Principal, path: { org: string; group: string }, change: CreateGroup): Promise<Group> {
  const org = orgOf(principal, path.org);
  const group = await getGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'group:update', { org, group: group.id });
  return groupToWire(await recordChange(deps.db, principal, { org, action: 'group.update' }, (tx) => changeGroup(tx, org, group.id, change)));
}
