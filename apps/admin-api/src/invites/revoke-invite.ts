import { revokeInvite as endInvite, type Principal } from '@byok/identity';
import type { InviteId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';

export async function revokeInvite(deps: { db: Database }, principal: Principal, path: { org: string; invite: string }): Promise<void> {
  const org = orgOf(principal, path.org);
  demand(principal, 'user:create', { org });
  await recordChange(deps.db, principal, { org, action: 'invite.revoke', target: path.invite }, (tx) => endInvite(tx, org, path.invite as InviteId));
}
