import { AlertKind, type WebhookMessage } from '@byok/contracts';
import { AppError, newId } from '@byok/kernel';
import type { Database, Dialer } from '@byok/platform';
import { z } from 'zod';
import { insertWebhook, listWebhooks } from '../store/webhooks.store.js';
import { parse } from '../wire/parse.js';
import { webhookMessage } from './read-webhooks.js';
import type { WebhookSecrets } from './webhook-secrets.js';

const MAX_WEBHOOKS = 20;
const text = (max: number) => z.string().min(1).max(max).refine((value) => !value.includes('\0'));
const CreateWebhookRequest = z.object({
  ...{ orgId: text(64), name: text(120), createdBy: text(64), format: z.enum(['signed', 'slack']) },
  ...{ url: z.url({ protocol: /^https?$/ }).max(2_000), kinds: z.array(AlertKind).max(20).default([]) },
});

export interface WebhookDeps {
  db: Database;
  dialer: Dialer;
  /** null: the operator has set no WEBHOOK_SECRET. */
  secrets: WebhookSecrets | null;
}

/** Takes an address that may be called from here; its secret is told in this answer and never again. */
export async function createWebhook(deps: WebhookDeps, message: unknown): Promise<WebhookMessage> {
  const { url, ...request } = parse(CreateWebhookRequest, message);
  const secrets = secretsOf(deps);
  const address = new URL(url);
  deps.dialer.check(address, 'nobody');
  const id = newId('webhook');
  return deps.db.transaction(async (tx) => {
    if ((await listWebhooks(tx, request.orgId)).length >= MAX_WEBHOOKS) throw new AppError('conflict', `An organisation has at most ${MAX_WEBHOOKS} webhooks. Delete one first.`);
    const webhook = await insertWebhook(tx, { ...request, id, sealedUrl: secrets.seal(id, address.href), host: address.hostname });
    return { ...webhookMessage(webhook), secret: webhook.format === 'signed' ? secrets.signingSecretOf(id) : '' };
  });
}

export function secretsOf({ secrets }: Pick<WebhookDeps, 'secrets'>): WebhookSecrets {
  if (!secrets) throw new AppError('conflict', 'Webhooks are not set up here. Ask your operator to set WEBHOOK_SECRET.');
  return secrets;
}
