import { deleteOrg as removeOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';

export async function deleteOrg(deps: { db: Database }, principal: Principal, orgId: string): Promise<void> {
  const org = orgOf(principal, orgId);
  demand(principal, 'org:delete', { org });
  await recordChange(deps.db, principal, { org, action: 'org.delete', target: org }, (tx) => removeOrg(tx, org, actorOf(principal)));
}
