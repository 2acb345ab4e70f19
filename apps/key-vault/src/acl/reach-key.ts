import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';

import type { KeyRow } from '../store/key-row.js';
import { findKey } from '../store/keys.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { deny } from './deny.js';
import { mayManage } from './may-manage.js';
import type { KeyPermission } from './may-manage.js';

/** The key, if this principal may do `permission` to it. A key they may not even see does not exist for them. */
export async function reachKey(deps: Pick<VaultDeps, 'db'>, principal: Principal, keyId: string, permission: KeyPermission): Promise<KeyRow> {
  const key = await findKey(deps.db, principal.orgId, keyId);
  const can = (what: KeyPermission): boolean => key !== undefined && mayManage(principal, what, key.orgId, { type: key.ownerType, id: key.ownerId });
  if (key && can(permission)) return key;
  return deny(deps, principal, permission, keyId, can('key:read') ? new AppError('forbidden', 'You may see this key but not do this to it.') : keyNotFound());
}

/** The same words for an unknown id and for somebody else's. */
export function keyNotFound(): AppError {
  return new AppError('not_found', 'There is no such key.');
}

export function notRevoked(key: KeyRow): KeyRow & { blob: Buffer } {
  if (key.blob === null) throw new AppError('conflict', 'This key is revoked and cannot be changed. Store a new one.');
  return { ...key, blob: key.blob };
}
