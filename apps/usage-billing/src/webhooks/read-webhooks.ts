import type { WebhookMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { listWebhooks as findWebhooks, type Webhook } from '../store/webhooks.store.js';
import { parse } from '../wire/parse.js';

const id = z.string().min(1).max(64);
export const WebhookIdRequest = z.object({ orgId: id, webhookId: id });

export async function listWebhooks(deps: { db: Sql }, message: unknown): Promise<{ items: WebhookMessage[] }> {
  return { items: (await findWebhooks(deps.db, parse(z.object({ orgId: id }), message).orgId)).map(webhookMessage) };
}

/** A webhook without its address and without its secret. */
export function webhookMessage({ id: webhookId, name, format, host, kinds, createdBy, createdAt }: Webhook): WebhookMessage {
  return { id: webhookId, name, format, host, kinds, createdBy, createdAt: createdAt.toISOString(), secret: '' };
}

export function noWebhook(): AppError {
  return new AppError('not_found', 'There is no such webhook.');
}
