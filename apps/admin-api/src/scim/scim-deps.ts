import type { Principal } from '@byok/identity';
import type { OrgId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import type { AdminDeps } from '../deps.js';

export type ScimDeps = Pick<AdminDeps, 'db' | 'billing' | 'log'>;

/** The org that the path names, for who may keep its directory. A credential narrowed to one group does not keep a whole org's. */
export function directoryOf(principal: Principal, orgId: string): OrgId {
  const org = orgOf(principal, orgId);
  demand(principal, 'scim:manage', { org });
  return org;
}
