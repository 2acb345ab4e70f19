import type { Org, Page, PageQuery } from '@byok/contracts';
import { getOrg as findOrg, listOrgs as findOrgs, may, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { orgToWire } from './org-to-wire.js';

/** Every org for the platform's operator; for anybody else their own is all there is. */
export async function listOrgs(deps: { db: Database }, principal: Principal, page: PageQuery): Promise<Page<Org>> {
  if (!may(principal, 'org:list')) return { items: [await getOrg(deps, principal, principal.orgId)], next: null };
  const { items, next } = await findOrgs(deps.db, page);
  return { items: items.map(orgToWire), next };
}

export async function getOrg(deps: { db: Database }, principal: Principal, orgId: string): Promise<Org> {
  const org = orgOf(principal, orgId);
  const found = await findOrg(deps.db, org);
  demand(principal, 'org:read', { org });
  return orgToWire(found);
}
