import type { Alert, BudgetsForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { alertToWire } from './alert-to-wire.js';

export async function acknowledgeAlert(deps: { db: Database; billing: Pick<BudgetsForAdmin, 'acknowledgeAlert'> }, principal: Principal, path: { alert: string }): Promise<Alert> {
  const { orgId } = principal;
  demand(principal, 'alert:update', { org: orgId });
  const work = () => deps.billing.acknowledgeAlert({ orgId, alertId: path.alert, by: actorOf(principal) });
  return alertToWire(await recordChange(deps.db, principal, { org: orgId, action: 'alert.acknowledge' }, work));
}
