import type { Org, UpdateOrg } from '@byok/contracts';
import { updateOrg as changeOrg, type Permission, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { orgToWire } from './org-to-wire.js';

/** Who may change which field: an org decides about itself, the operator about what the org was sold. */
const PERMISSION_OF: Record<keyof UpdateOrg, Permission> = {
  name: 'org:update',
  platformCredits: 'org:update',
  aggregator: 'org:update',
  tier: 'org:set-tier',
  platformKeysGranted: 'org:set-tier',
  status: 'org:freeze',
};

export async function updateOrg(deps: { db: Database }, principal: Principal, orgId: string, change: UpdateOrg): Promise<Org> {
  const org = orgOf(principal, orgId);
  const fields = Object.keys(change) as (keyof UpdateOrg)[];
  for (const field of fields) demand(principal, PERMISSION_OF[field], { org });
  const { name, tier, status, ...policy } = change;
  const facts = Object.fromEntries(fields.map((field) => [field, change[field] ?? null]));
  const updated = await recordChange(deps.db, principal, { org, action: 'org.update', details: facts }, (tx) => changeOrg(tx, org, { name, tier, status, policy: policy as never }));
  return orgToWire(updated);
}
