import type { KeyMessage, KeyOwnerMessage, StoreKey } from '@byok/contracts';
import { getGroup, getUser, type Principal, type Resource } from '@byok/identity';
import { AppError, type GroupId, type OrgId, type OwnerType, type UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';

/** Whose key it becomes. Who is named must be in the caller's org; who is not named is the caller, their only group or their org. */
export async function keyOwnerOf(deps: { db: Database }, principal: Principal, owner: StoreKey['owner']): Promise<KeyOwnerMessage & { type: OwnerType }> {
  const type = owner?.type ?? 'user';
  const id = owner?.id ?? defaultId(principal, type);
  if (type === 'user') await getUser(deps.db, principal.orgId, id as UserId);
  if (type === 'group') await getGroup(deps.db, principal.orgId, id as GroupId);
  const isElsewhere = (type === 'org' && id !== principal.orgId) || (type === 'platform' && id !== 'platform');
  if (isElsewhere) throw new AppError('not_found', 'There is no such owner.');
  return { type, id };
}

/** What a permission on a key of this owner is asked about. */
export function keyResource(key: { orgId: string; owner: KeyOwnerMessage }): Resource {
  const type = key.owner.type as OwnerType;
  const org = key.orgId as OrgId | 'platform';
  if (type === 'user') return { org, owner: type, user: key.owner.id as UserId };
  return type === 'group' ? { org, owner: type, group: key.owner.id as GroupId } : { org, owner: type };
}

/** Resource of a key that is not stored yet. */
export function newKeyResource(principal: Principal, owner: KeyOwnerMessage): Resource {
  return keyResource({ orgId: owner.type === 'platform' ? 'platform' : principal.orgId, owner } satisfies Pick<KeyMessage, 'orgId' | 'owner'>);
}

function defaultId(principal: Principal, type: OwnerType): string {
  if (type === 'platform') return 'platform';
  if (type === 'org') return principal.orgId;
  const groups = principal.groups;
  const id = type === 'user' ? principal.userId : (principal.tokenGroup ?? (groups.length === 1 ? groups[0]!.id : null));
  if (id === null) throw new AppError('invalid_request', `Say whose key it is: owner.id is missing for an owner of type ${type}.`, { details: { field: 'owner.id' } });
  return id;
}
