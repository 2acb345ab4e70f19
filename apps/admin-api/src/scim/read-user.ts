import type { ScimList, ScimQuery, ScimUser } from '@byok/contracts';
import { findDirectoryUsers, type DirectoryUser, type Principal } from '@byok/identity';
import { AppError, type OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { listResources } from './list-resources.js';
import { directoryOf, type ScimDeps } from './scim-deps.js';
import { userResource } from './user-resource.js';

export async function listScimUsers(deps: ScimDeps, principal: Principal, orgId: string, query: ScimQuery): Promise<ScimList> {
  const org = directoryOf(principal, orgId);
  return listResources({ nameAttribute: 'userName', find: (names) => findDirectoryUsers(deps.db, org, names), show: userResource }, query);
}

export async function getScimUser(deps: ScimDeps, principal: Principal, path: { org: string; user: string }, query: ScimQuery): Promise<ScimUser> {
  return userResource(await theUser(deps.db, directoryOf(principal, path.org), path.user), query);
}

/** @throws AppError not_found */
export async function theUser(db: Sql, org: OrgId, id: string): Promise<DirectoryUser> {
  const { items } = await findDirectoryUsers(db, org, { id });
  if (!items[0]) throw new AppError('not_found', 'There is no such user.');
  return items[0];
}
