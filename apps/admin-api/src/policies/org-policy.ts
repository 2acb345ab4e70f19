import type { OrgPolicy } from '@byok/contracts';
import { changeSettings, getOrg, getSettings, updateOrg, type Principal } from '@byok/identity';
import type { OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import type { AdminDeps } from '../deps.js';
import { checkPolicy } from './check-policy.js';
import { filled, toldOf } from './told-of.js';

export async function readOrgPolicy(deps: Pick<AdminDeps, 'db'>, principal: Principal, orgId: string): Promise<OrgPolicy> {
  const org = orgOf(principal, orgId);
  demand(principal, 'policy:read', { org });
  return policyOf(deps.db, org);
}

/** Replaces the whole policy; consent and the aggregator rule, which the org itself has too, stay as they are when left out. */
export async function writeOrgPolicy(deps: Pick<AdminDeps, 'db' | 'catalogue'>, principal: Principal, orgId: string, policy: OrgPolicy): Promise<OrgPolicy> {
  const org = orgOf(principal, orgId);
  demand(principal, 'policy:update', { org });
  await checkPolicy(policy, deps.catalogue);
  const { platformCredits, aggregator, preferences, ...routing } = policy;
  return recordChange(deps.db, principal, { org, action: 'policy.update', target: org, details: toldOf(policy) }, async (tx) => {
    await updateOrg(tx, org, { policy: { ...(platformCredits ? { platformCredits } : {}), ...(aggregator ? { aggregator } : {}) } });
    await changeSettings(tx, org, 'org', { routing: filled(routing), preferences: filled(preferences ?? {}) });
    return policyOf(tx, org);
  });
}

async function policyOf(db: Sql, org: OrgId): Promise<OrgPolicy> {
  const [{ policy }, { routing, preferences }] = [await getOrg(db, org), await getSettings(db, org, 'org')];
  const { platformCredits: _ofGroups, ...own } = routing ?? {};
  return { platformCredits: policy.platformCredits, aggregator: policy.aggregator, ...own, ...(preferences ? { preferences } : {}) };
}
