import { toAppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { findWebhook } from '../store/webhooks.store.js';
import { parse } from '../wire/parse.js';
import { postTo, type PostDeps } from './post-to.js';
import { noWebhook, WebhookIdRequest } from './read-webhooks.js';

/** Posts a note to the webhook now and says how it went. */
export async function testWebhook(deps: PostDeps & { db: Sql }, message: unknown): Promise<{ isDelivered: boolean; problem: string }> {
  const { orgId, webhookId } = parse(WebhookIdRequest, message);
  const webhook = await findWebhook(deps.db, orgId, webhookId);
  if (!webhook) throw noWebhook();
  try {
    const createdAt = new Date(deps.clock.now()).toISOString();
    await postTo(deps, webhook, { id: `test-${deps.clock.now()}`, kind: 'test', text: `This is a test of the webhook “${webhook.name}”.`, facts: {}, createdAt });
    return { isDelivered: true, problem: '' };
  } catch (error) {
    return { isDelivered: false, problem: toAppError(error).message };
  }
}
