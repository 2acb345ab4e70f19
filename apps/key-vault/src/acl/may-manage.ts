import { may } from '@byok/identity';
import type { Permission, Principal, Resource } from '@byok/identity';
import type { GroupId, UserId } from '@byok/kernel';

import type { KeyOrg, KeyOwner } from '../store/key-row.js';

export type KeyPermission = Extract<Permission, `key:${string}`>;

/** May this principal do that to keys of this owner? The matrix itself is identity's. */
export function mayManage(principal: Principal, permission: KeyPermission, orgId: KeyOrg, owner: KeyOwner): boolean {
  return may(principal, permission, resourceOf(orgId, owner));
}

function resourceOf(orgId: KeyOrg, owner: KeyOwner): Resource {
  const base = { org: orgId, owner: owner.type };
  if (owner.type === 'user') return { ...base, user: owner.id as UserId };
  if (owner.type === 'group') return { ...base, group: owner.id as GroupId };
  return base;
}
