import { getGroup, removeMember as deleteMember, type Principal } from '@byok/identity';
import type { GroupId, UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';

/** The user's next call no longer gets the group's keys. */
export async function removeMember(deps: { db: Database }, principal: Principal, path: { org: string; group: string; user: string }): Promise<void> {
  const org = orgOf(principal, path.org);
  const group = await getGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'member:update', { org, group: group.id });
  const change = { org, action: 'member.remove', target: group.id, details: { userId: path.user } };
  await recordChange(deps.db, principal, change, (tx) => deleteMember(tx, org, group.id, path.user as UserId));
}
