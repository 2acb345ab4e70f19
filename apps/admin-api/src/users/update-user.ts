import type { UpdateUser, User } from '@byok/contracts';
import { getUser, hashPassword, mayAssignRole, mayManageUser, setPassword, updateUser as changeUser, type Principal } from '@byok/identity';
import type { UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { forbidden, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { stopMail, type StopMailDeps } from '../alerts/stop-mail.js';
import { userToWire } from './user-to-wire.js';

export async function updateUser(deps: { db: Database } & StopMailDeps, principal: Principal, path: { org: string; user: string }, change: UpdateUser): Promise<User> {
  const org = orgOf(principal, path.org);
  const target = await getUser(deps.db, org, path.user as UserId);
  if (!mayManageUser(principal, target)) throw forbidden('user:update');
  if (change.role && !mayAssignRole(principal, change.role)) throw forbidden('user:update to owner');
  const { password, ...fields } = change;
  const passwordHash = password === undefined ? undefined : await hashPassword(password);
  const details = { fields: Object.keys(change), ...(change.role ? { role: change.role } : {}), ...(change.status ? { status: change.status } : {}) };
  const user = await recordChange(deps.db, principal, { org, action: 'user.update', target: target.id, details }, async (tx) => {
    if (passwordHash !== undefined) await setPassword(tx, org, target.id, passwordHash);
    return changeUser(tx, org, target.id, fields);
  });
  if (user.status !== 'active') await stopMail(deps, org, target);
  return userToWire(user);
}
