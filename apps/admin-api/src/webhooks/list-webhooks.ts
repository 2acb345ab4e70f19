import type { BudgetsForAdmin, Page, Webhook, WebhookMessage } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { demand } from '../access/demand.js';

/** All of them: an org has few. */
export async function listWebhooks(deps: { billing: Pick<BudgetsForAdmin, 'listWebhooks'> }, principal: Principal): Promise<Page<Webhook>> {
  demand(principal, 'webhook:read', { org: principal.orgId });
  const { items } = await deps.billing.listWebhooks({ orgId: principal.orgId });
  return { items: items.map(webhookToWire), next: null };
}

export function webhookToWire({ secret: _secret, ...facts }: WebhookMessage): Webhook {
  return facts as Webhook;
}
