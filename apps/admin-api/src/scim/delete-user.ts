import { deleteUser, type Principal } from '@byok/identity';
import { recordChange } from '../access/record-change.js';
import { stopMail } from '../alerts/stop-mail.js';
import { refuseProtected } from './change-user.js';
import { theUser } from './read-user.js';
import { directoryOf, type ScimDeps } from './scim-deps.js';

/** Sessions and tokens end and the address is free again; the last owner stays. */
export async function deleteScimUser(deps: ScimDeps, principal: Principal, path: { org: string; user: string }): Promise<void> {
  const org = directoryOf(principal, path.org);
  const user = await theUser(deps.db, org, path.user);
  refuseProtected(user);
  await recordChange(deps.db, principal, { org, action: 'user.delete', target: user.id, details: { via: 'scim' } }, (tx) => deleteUser(tx, org, user.id));
  await stopMail(deps, org, user);
}
