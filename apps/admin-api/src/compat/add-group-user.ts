import type { CompatMessage } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { setMember } from '../groups/set-member.js';

/** Adds a user of the caller's org to one of its groups. */
export async function addGroupUser(deps: { db: Database }, principal: Principal, path: { group: string; user: string }): Promise<CompatMessage> {
  await setMember(deps, principal, { org: principal.orgId, ...path }, 'member');
  return { success: true, message: `Added user ${path.user} to group ${path.group}` };
}
