import type { Page, PageQuery, User } from '@byok/contracts';
import { getUser as findUser, listUsers as findUsers, type Principal } from '@byok/identity';
import type { UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { userToWire } from './user-to-wire.js';

export async function listUsers(deps: { db: Database }, principal: Principal, orgId: string, page: PageQuery): Promise<Page<User>> {
  const org = orgOf(principal, orgId);
  demand(principal, 'user:list', { org });
  const { items, next } = await findUsers(deps.db, org, page);
  return { items: items.map(userToWire), next };
}

export async function getUser(deps: { db: Database }, principal: Principal, path: { org: string; user: string }): Promise<User> {
  const org = orgOf(principal, path.org);
  const user = await findUser(deps.db, org, path.user as UserId);
  demand(principal, 'user:read', { org, user: user.id });
  return userToWire(user);
}
