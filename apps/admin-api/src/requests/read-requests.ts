import type { AccessRequest, AccessRequestQuery, Page } from '@byok/contracts';
import { getAccessRequest, listAccessRequests, may, type Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { deciderOf, requestToWire } from './request-to-wire.js';

type Deps = { db: Database };

/** One's own requests, or those that one may decide: all of the org for its admins, those of their groups for theirs. */
export async function listRequests({ db }: Deps, principal: Principal, { of, status, after, limit }: AccessRequestQuery): Promise<Page<AccessRequest>> {
  const { orgId, userId } = principal;
  const isOrgAdmin = may(principal, 'request:decide', { org: orgId, owner: 'org' });
  const deciding = isOrgAdmin ? {} : { decidedIn: principal.groups.filter(({ id }) => may(principal, 'request:decide', { org: orgId, owner: 'group', group: id })).map(({ id }) => id) };
  if (of === 'me' && userId === null) return { items: [], next: null };
  const { items, next } = await listAccessRequests(db, orgId, { ...(of === 'me' ? { userId: userId! } : deciding), status }, { after, limit });
  return { items: items.map(requestToWire), next };
}

export async function getRequest({ db }: Deps, principal: Principal, path: { request: string }): Promise<AccessRequest> {
  const request = await getAccessRequest(db, principal.orgId, path.request);
  if (request.userId !== principal.userId && !may(principal, 'request:decide', deciderOf(request))) throw new AppError('not_found', 'There is no such request.');
  return requestToWire(request);
}
