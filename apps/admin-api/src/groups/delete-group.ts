import { deleteGroup as removeGroup, getGroup, type Principal } from '@byok/identity';
import type { GroupId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';

export async function deleteGroup(deps: { db: Database }, principal: Principal, path: { org: string; group: string }): Promise<void> {
  const org = orgOf(principal, path.org);
  const group = await getGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'group:delete', { org, group: group.id });
  await recordChange(deps.db, principal, { org, action: 'group.delete', target: group.id }, (tx) => removeGroup(tx, org, group.id));
}
