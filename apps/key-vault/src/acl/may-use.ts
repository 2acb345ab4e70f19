import type { Principal } from '@byok/identity';

import type { KeyRow } from '../store/key-row.js';

type Shared = Pick<KeyRow, 'orgId' | 'ownerType' | 'ownerId' | 'allowedUsers'> & { grants?: KeyRow['grants'] };

/** May calls of this principal be made with this key? */
export function mayUse(principal: Principal, key: Shared): boolean {
  if (key.ownerType === 'platform') return principal.orgPolicy.platformKeysGranted;
  if (key.orgId !== principal.orgId) return false;
  if (key.ownerType === 'user') return principal.userId !== null && key.ownerId === principal.userId;
  if (key.ownerType === 'group' && !principal.groups.some((group) => group.id === key.ownerId)) return false;
  return isAllowed(principal, key.allowedUsers) || usableUntil(principal, key) !== undefined;
}

/** An empty list is everybody the owner covers. A service is nobody's name, so a list shuts it out. */
function isAllowed(principal: Principal, allowedUsers: readonly string[]): boolean {
  return allowedUsers.length === 0 || (principal.userId !== null && allowedUsers.includes(principal.userId));
}

/** When the grant ends by which this principal may use the key; undefined when it is none that lets them. */
export function usableUntil(principal: Principal, { allowedUsers, grants = [] }: Pick<Shared, 'allowedUsers' | 'grants'>): string | undefined {
  if (principal.userId === null || isAllowed(principal, allowedUsers)) return undefined;
  return grants.find((grant) => grant.userId === principal.userId)?.until;
}
