import { deleteUser as removeUser, getUser, mayManageUser, type Principal } from '@byok/identity';
import type { UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { forbidden, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { stopMail, type StopMailDeps } from '../alerts/stop-mail.js';

export async function deleteUser(deps: { db: Database } & StopMailDeps, principal: Principal, path: { org: string; user: string }): Promise<void> {
  const org = orgOf(principal, path.org);
  const target = await getUser(deps.db, org, path.user as UserId);
  if (!mayManageUser(principal, target, 'user:delete')) throw forbidden('user:delete');
  await recordChange(deps.db, principal, { org, action: 'user.delete', target: target.id }, (tx) => removeUser(tx, org, target.id));
  await stopMail(deps, org, target);
}
