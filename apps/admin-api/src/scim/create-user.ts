import type { ScimUser } from '@byok/contracts';
import { createUser, setExternalId, updateUser, type Principal } from '@byok/identity';
import { recordChange } from '../access/record-change.js';
import { theUser } from './read-user.js';
import { directoryOf, type ScimDeps } from './scim-deps.js';
import { unique } from './unique.js';
import { userFacts, userResource } from './user-resource.js';

/** A new user is a member: roles are given by people, in this product. */
export async function createScimUser(deps: ScimDeps, principal: Principal, orgId: string, sent: ScimUser): Promise<ScimUser> {
  const org = directoryOf(principal, orgId);
  const { email, name, externalId, isActive } = await userFacts(sent);
  const change = { org, action: 'user.create', details: { role: 'member', via: 'scim' } };
  const { id } = await unique(
    recordChange(deps.db, principal, change, async (tx) => {
      const user = await createUser(tx, org, { email, name, role: 'member' });
      if (externalId !== null) await setExternalId(tx, org, { user: user.id }, externalId);
      return isActive ? user : updateUser(tx, org, user.id, { status: 'disabled' });
    }),
  );
  return userResource(await theUser(deps.db, org, id));
}
