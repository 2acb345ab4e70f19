import type { Invite, Page, PageQuery } from '@byok/contracts';
import { listInvites as findInvites, type Principal } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { inviteToWire } from './invite-to-wire.js';

export async function listInvites(deps: { db: Database; clock: Clock }, principal: Principal, orgId: string, page: PageQuery): Promise<Page<Invite>> {
  const org = orgOf(principal, orgId);
  demand(principal, 'user:list', { org });
  const { items, next } = await findInvites(deps.db, org, page);
  return { items: items.map((invite) => inviteToWire(invite, deps.clock)), next };
}
