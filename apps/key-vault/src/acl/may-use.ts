import type { Principal } from '@byok/identity';

import type { KeyRow } from '../store/key-row.js';

type Shared = Pick<KeyRow, 'orgId' | 'ownerType' | 'ownerId' | 'allowedUsers'>;

/** May calls of this principal be made with this key? */
export function mayUse(principal: Principal, key: Shared): boolean {
  if (key.ownerType === 'platform') return principal.orgPolicy.platformKeysGranted;
  if (key.orgId !== principal.orgId) return false;
  if (key.ownerType === 'user') return principal.userId !== null && key.ownerId === principal.userId;
  if (key.ownerType === 'group' && !principal.groups.some((group) => group.id === key.ownerId)) return false;
  return isAllowed(principal, key.allowedUsers);
}

/** An empty list is everybody the owner covers. A service is nobody's name, so a list shuts it out. */
function isAllowed(principal: Principal, allowedUsers: readonly string[]): boolean {
  return allowedUsers.length === 0 || (principal.userId !== null && allowedUsers.includes(principal.userId));
}
