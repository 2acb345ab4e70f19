import type { BudgetsForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';

export async function deleteWebhook(deps: { db: Database; billing: Pick<BudgetsForAdmin, 'deleteWebhook'> }, principal: Principal, path: { webhook: string }): Promise<void> {
  const { orgId } = principal;
  demand(principal, 'webhook:update', { org: orgId });
  const change = { org: orgId, action: 'webhook.delete', target: path.webhook };
  await recordChange(deps.db, principal, change, () => deps.billing.deleteWebhook({ orgId, webhookId: path.webhook }));
}
