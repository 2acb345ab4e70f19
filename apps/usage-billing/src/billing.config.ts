import { databaseUrlVariable, egressExceptionsVariable, logLevelVariable, millisecondsVariable, portVariable, redisUrlVariable, tlsVariables } from '@byok/platform';
import { z } from 'zod';

export const BillingConfig = z.object({
  DATABASE_URL: databaseUrlVariable,
  /** Where the queue's tables are; DATABASE_URL unless told. */
  QUEUE_DATABASE_URL: databaseUrlVariable.optional(),
  /** The queue is here when set, and in PostgreSQL otherwise; the gateways must say the same. */
  REDIS_URL: redisUrlVariable.optional(),
  GRPC_HOST: z.string().default('0.0.0.0'),
  GRPC_PORT: portVariable.default(50052),
  ...tlsVariables,
  LOG_LEVEL: logLevelVariable,
  /** How long money stays reserved for a call of which nothing is heard; gateways extend it three times as often. */
  HOLD_LEASE_MS: millisecondsVariable.default(120_000),
  /** The length of an answer, in tokens, for which credits are reserved where the caller gives no max_tokens; the provider is told so. */
  DEFAULT_MAX_OUTPUT_TOKENS: z.coerce.number().int().min(1).max(1_000_000).default(4096),
  /** Seals the addresses of webhooks and signs what is posted to them; there are no webhooks without it. Changing it ends all of them. */
  WEBHOOK_SECRET: z.string().min(32).optional(),
  /** host:port or CIDR:port, comma separated, to which webhooks may go beside public https. */
  WEBHOOK_EGRESS_ALLOW: egressExceptionsVariable.default({ hosts: [], networks: [] }),
  /** Alerts go out by e-mail when set: smtp://user:password@host:587 or smtps://… */
  SMTP_URL: z.string().regex(/^smtps?:\/\/\S+$/, { error: 'expected smtp://… or smtps://…' }).optional(),
  MAIL_FROM: z.string().min(3).max(320).default('byok <byok@localhost>'),
});
export type BillingConfig = z.infer<typeof BillingConfig>;
