import { Chargeback, type ReportsForAdmin, type SetChargeback } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';

export interface ChargebackDeps {
  db: Database;
  billing: Pick<ReportsForAdmin, 'getChargeback' | 'setChargeback'>;
}

/** Groups bear what they used, as long as nobody has said otherwise. */
const NO_RULES: Chargeback = { costCentre: 'group', rules: [] };

export async function getChargeback(deps: ChargebackDeps, principal: Principal, org: string): Promise<Chargeback> {
  const orgId = orgOf(principal, org);
  demand(principal, 'usage:read', { org: orgId, owner: 'org' });
  const { rules } = await deps.billing.getChargeback({ orgId });
  return rules ? Chargeback.parse(JSON.parse(rules)) : NO_RULES;
}

/** Replaces all rules. A rule for a key that the org does not have divides nothing. */
export async function setChargeback(deps: ChargebackDeps, principal: Principal, org: string, body: SetChargeback): Promise<Chargeback> {
  const orgId = orgOf(principal, org);
  demand(principal, 'budget:update', { org: orgId, owner: 'org' });
  const details = { costCentre: body.costCentre, keys: body.rules.map((rule) => rule.key) };
  const { rules } = await recordChange(deps.db, principal, { org: orgId, action: 'chargeback.update', target: orgId, details }, () =>
    deps.billing.setChargeback({ orgId, rules: JSON.stringify(body), actor: actorOf(principal) }),
  );
  return Chargeback.parse(JSON.parse(rules));
}
