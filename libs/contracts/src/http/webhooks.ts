import { z } from 'zod';
import { AlertKind } from './alerts.js';
import { AnyId, Line, Timestamp } from './wire.js';

const WebhookFormat = z.enum(['signed', 'slack']);

export const CreateWebhook = z
  .strictObject({
    name: Line(120).min(1),
    format: WebhookFormat.default('signed').describe('signed: JSON with an HMAC; slack: {"text": …}, for Slack and what understands the same'),
    url: z.url({ protocol: /^https?$/ }).max(2_000).describe('a public https address'),
    kinds: z.array(AlertKind).max(20).default([]).describe('empty: every kind'),
  })
  .meta({ id: 'CreateWebhook' });
export type CreateWebhook = z.infer<typeof CreateWebhook>;

export const Webhook = z
  .object({
    id: z.string(),
    name: z.string(),
    format: WebhookFormat,
    host: z.string().describe('the rest of the address is not shown: it often is a secret itself'),
    kinds: z.array(AlertKind),
    createdBy: z.string(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.infer<typeof Webhook>;

/** `secret` is shown this once; null for a format without a signature. */
export const WebhookShownOnce = Webhook.extend({ secret: z.string().nullable() }).meta({ id: 'WebhookShownOnce' });
export type WebhookShownOnce = z.infer<typeof WebhookShownOnce>;

export const WebhookTest = z.object({ delivered: z.boolean(), problem: z.string().nullable() }).meta({ id: 'WebhookTest' });
export type WebhookTest = z.infer<typeof WebhookTest>;

export const WebhookPath = z.object({ webhook: AnyId });
export type WebhookPath = z.infer<typeof WebhookPath>;
