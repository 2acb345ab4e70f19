import type { BudgetsForAdmin, CreateWebhook, WebhookShownOnce } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { webhookToWire } from './list-webhooks.js';

/** The address is kept out of the audit: it often is a secret. */
export async function createWebhook(deps: { db: Database; billing: Pick<BudgetsForAdmin, 'createWebhook'> }, principal: Principal, input: CreateWebhook): Promise<WebhookShownOnce> {
  const { orgId } = principal;
  demand(principal, 'webhook:update', { org: orgId });
  const change = { org: orgId, action: 'webhook.create', details: { format: input.format, host: new URL(input.url).hostname } };
  const webhook = await recordChange(deps.db, principal, change, () => deps.billing.createWebhook({ ...input, orgId, createdBy: actorOf(principal) }));
  return { ...webhookToWire(webhook), secret: webhook.secret || null };
}
