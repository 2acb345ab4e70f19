import type { CreateInvite, InviteShownOnce } from '@byok/contracts';
import { createInvite as insertInvite, getGroup, mayAssignRole, type Principal } from '@byok/identity';
import type { Clock, GroupId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, forbidden, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { inviteToWire } from './invite-to-wire.js';

/** Asks somebody into the org. The text of the link is in the answer and nowhere else; it works for seven days, once. */
export async function createInvite(deps: { db: Database; clock: Clock }, principal: Principal, orgId: string, { email, role, groups }: CreateInvite): Promise<InviteShownOnce> {
  const org = orgOf(principal, orgId);
  demand(principal, 'user:create', { org });
  if (!mayAssignRole(principal, role)) throw forbidden('user:create as owner');
  for (const group of groups) await getGroup(deps.db, org, group as GroupId);
  const { invite, text } = await recordChange(deps.db, principal, { org, action: 'invite.create', details: { role, groups } }, async (tx) => {
    const made = await insertInvite(tx, org, { email, role, groups: groups as GroupId[], createdBy: actorOf(principal) }, deps.clock);
    return { id: made.invite.id, ...made };
  });
  return { ...inviteToWire(invite, deps.clock), token: text };
}
