import type { Member } from '@byok/contracts';
import { getGroup, putMember, type GroupRole, type Principal } from '@byok/identity';
import type { GroupId, UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { memberToWire } from './group-to-wire.js';

/** Puts a user of the org into a group, or gives them another role in it. */
export async function setMember(deps: { db: Database }, principal: Principal, path: { org: string; group: string; user: string }, role: GroupRole): Promise<Member> {
  const org = orgOf(principal, path.org);
  const group = await getGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'member:update', { org, group: group.id });
  const change = { org, action: 'member.set', target: group.id, details: { userId: path.user, role } };
  return memberToWire(await recordChange(deps.db, principal, change, (tx) => putMember(tx, org, group.id, path.user as UserId, role)));
}
