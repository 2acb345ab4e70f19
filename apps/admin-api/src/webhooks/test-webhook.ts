import type { BudgetsForAdmin, WebhookTest } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { demand } from '../access/demand.js';
import type { Limiter } from '../auth/limiters.js';

/** Counted per org: an address outside must not be knocked on at will. */
export async function testWebhook(deps: { billing: Pick<BudgetsForAdmin, 'testWebhook'>; webhookLimiter: Limiter }, principal: Principal, path: { webhook: string }): Promise<WebhookTest> {
  const { orgId } = principal;
  demand(principal, 'webhook:update', { org: orgId });
  await deps.webhookLimiter.take(orgId);
  const { isDelivered, problem } = await deps.billing.testWebhook({ orgId, webhookId: path.webhook });
  return { delivered: isDelivered, problem: problem || null };
}
