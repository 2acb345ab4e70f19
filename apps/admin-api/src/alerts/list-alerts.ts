import type { Alert, AlertQuery, BudgetsForAdmin, Page } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { demand } from '../access/demand.js';
import { alertToWire } from './alert-to-wire.js';

export async function listAlerts(deps: { billing: Pick<BudgetsForAdmin, 'listAlerts'> }, principal: Principal, query: AlertQuery): Promise<Page<Alert>> {
  demand(principal, 'alert:read', { org: principal.orgId });
  const page = await deps.billing.listAlerts({ orgId: principal.orgId, after: query.after ?? '', limit: query.limit, isOpen: query.open === 'true' });
  return { items: page.items.map(alertToWire), next: page.next || null };
}
