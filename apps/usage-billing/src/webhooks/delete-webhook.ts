import type { Sql } from '@byok/platform';
import { removeWebhook } from '../store/webhooks.store.js';
import { parse } from '../wire/parse.js';
import { noWebhook, WebhookIdRequest } from './read-webhooks.js';

export async function deleteWebhook(deps: { db: Sql }, message: unknown): Promise<object> {
  const { orgId, webhookId } = parse(WebhookIdRequest, message);
  if (!(await removeWebhook(deps.db, orgId, webhookId))) throw noWebhook();
  return {};
}
