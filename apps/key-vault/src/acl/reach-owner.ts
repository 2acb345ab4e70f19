import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { KeyOrg, KeyOwner } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import { deny } from './deny.js';
import { mayManage } from './may-manage.js';

/** The org scope in which a new key of this owner lives, if this principal may make keys for it. */
export async function reachOwner(deps: Pick<VaultDeps, 'db'>, principal: Principal, owner: KeyOwner): Promise<KeyOrg> {
  const orgId: KeyOrg = owner.type === 'platform' ? 'platform' : principal.orgId;
  const isKnown = await ownerExists(deps.db, principal, owner);
  if (isKnown && mayManage(principal, 'key:create', orgId, owner)) return orgId;
  const isSeen = isKnown && mayManage(principal, 'key:read', orgId, owner);
  const error = isSeen
    ? new AppError('forbidden', `You may not add keys for this ${owner.type}.`)
    : new AppError('not_found', `There is no such ${owner.type}.`);
  return deny(deps, principal, 'key:create', owner.id, error);
}

/** Refuses a list that names anybody outside the org. */
export async function checkAllowedUsers(db: Sql, principal: Principal, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  const known = await db.query<{ id: string }>('SELECT id FROM identity.app_user WHERE org_id = $1 AND id = ANY($2)', [principal.orgId, userIds]);
  const unknown = userIds.filter((id) => !known.some((user) => user.id === id));
  if (unknown.length > 0) throw new AppError('invalid_request', 'allowedUsers names users that are not in this organisation.', { details: { unknown: unknown.slice(0, 20) } });
}

async function ownerExists(db: Sql, principal: Principal, owner: KeyOwner): Promise<boolean> {
  if (owner.type === 'platform') return owner.id === 'platform';
  if (owner.type === 'org') return owner.id === principal.orgId;
  const sql =
    owner.type === 'group'
      ? `SELECT 1 FROM identity.app_group WHERE org_id = $1 AND id = $2 AND status = 'active'`
      : `SELECT 1 FROM identity.app_user WHERE org_id = $1 AND id = $2 AND status = 'active'`;
  return (await db.query(sql, [principal.orgId, owner.id])).length > 0;
}
