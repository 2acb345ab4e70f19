import type { ScimGroup, ScimList, ScimQuery } from '@byok/contracts';
import { findDirectoryGroups, type DirectoryGroup, type Principal } from '@byok/identity';
import { AppError, type OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { groupResource } from './group-resource.js';
import { listResources } from './list-resources.js';
import { directoryOf, type ScimDeps } from './scim-deps.js';

export async function listScimGroups(deps: ScimDeps, principal: Principal, orgId: string, query: ScimQuery): Promise<ScimList> {
  const org = directoryOf(principal, orgId);
  return listResources({ nameAttribute: 'displayName', find: (names) => findDirectoryGroups(deps.db, org, names), show: groupResource }, query);
}

export async function getScimGroup(deps: ScimDeps, principal: Principal, path: { org: string; group: string }, query: ScimQuery): Promise<ScimGroup> {
  return groupResource(await theGroup(deps.db, directoryOf(principal, path.org), path.group), query);
}

/** @throws AppError not_found */
export async function theGroup(db: Sql, org: OrgId, id: string): Promise<DirectoryGroup> {
  const { items } = await findDirectoryGroups(db, org, { id });
  if (!items[0]) throw new AppError('not_found', 'There is no such group.');
  return items[0];
}
