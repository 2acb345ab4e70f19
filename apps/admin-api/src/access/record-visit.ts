import type { Principal } from '@byok/identity';
import { appendAudit, type Database } from '@byok/platform';
import { actorOf } from './record-change.js';
import type { KnownRequest } from './who.js';

/**
 * Whoever runs the platform may look into a tenant's org; that it was looked at stands in the tenant's own audit before anything is
 * shown, with the reason that was given in `x-byok-reason`. Changes are there anyway: each is a row of its own.
 */
export async function recordVisit(db: Database, principal: Principal, request: Pick<KnownRequest, 'method' | 'params' | 'query' | 'headers' | 'id' | 'routeOptions'>): Promise<void> {
  const org = visitedOrg(principal, request);
  if (org === undefined || request.method !== 'GET') return;
  const reason = request.headers['x-byok-reason'];
  const details = { route: request.routeOptions?.url ?? '', reason: typeof reason === 'string' ? reason : 'none given', requestId: request.id };
  await db.forOrg(org).transaction(async (tx) => {
    const [known] = await tx.query('SELECT 1 FROM identity.org WHERE id = $1', [org]);
    if (known) await appendAudit(tx, 'identity.audit', { orgId: org, action: 'operator.read', actorId: actorOf(principal), targetId: org, outcome: 'allowed', details });
  });
}

/** The tenant's org that an operator of another one names, in the path or as `?org=`. */
function visitedOrg(principal: Principal, { params, query }: Pick<KnownRequest, 'params' | 'query'>): string | undefined {
  const org = (params as Record<string, string>)['org'] ?? (query as Record<string, unknown>)['org'];
  const isForeign = principal.isOperator && typeof org === 'string' && org !== principal.orgId;
  return isForeign && /^org_[0-9a-f]{32}$/.test(org) ? org : undefined;
}
