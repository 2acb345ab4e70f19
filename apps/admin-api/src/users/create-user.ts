import type { CreateUser, User } from '@byok/contracts';
import { createUser as insertUser, hashPassword, mayAssignRole, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, forbidden, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { userToWire } from './user-to-wire.js';

export async function createUser(deps: { db: Database }, principal: Principal, orgId: string, input: CreateUser): Promise<User> {
  const org = orgOf(principal, orgId);
  demand(principal, 'user:create', { org });
  if (!mayAssignRole(principal, input.role)) throw forbidden('user:create as owner');
  // Hashing takes tens of milliseconds: before the transaction, so that it holds no lock meanwhile.
  const passwordHash = input.password === undefined ? null : await hashPassword(input.password);
  const { email, name, role } = input;
  const user = await recordChange(deps.db, principal, { org, action: 'user.create', details: { role } }, (tx) => insertUser(tx, org, { email, name, role, passwordHash }));
  return userToWire(user);
}
