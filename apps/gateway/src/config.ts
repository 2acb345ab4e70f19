import { addressVariable, databaseUrlVariable, egressExceptionsVariable, logLevelVariable, millisecondsVariable, networksVariable, portVariable, redisUrlVariable, tlsVariables } from '@byok/platform';
import { z } from 'zod';

const megabytes = z.coerce.number().int().min(1).max(1_024);

/** `{"openai":"http://127.0.0.1:4010/v1"}`: endpoints of the operator's choice, which no address rule limits. */
const baseUrls = z.string().transform((text, context): Record<string, string> => {
  const parsed = z.record(z.string(), z.url({ protocol: /^https?$/ })).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'expected a JSON object of provider ids and http(s) URLs' });
  return z.NEVER;
});

export const GatewayConfig = z.object({
  ...tlsVariables,
  LOG_LEVEL: logLevelVariable,
  HOST: z.string().default('127.0.0.1'),
  PORT: portVariable.default(8080),
  PROBE_HOST: z.string().default('127.0.0.1'),
  PROBE_PORT: portVariable.default(50053),
  DATABASE_URL: databaseUrlVariable,
  QUEUE_DATABASE_URL: databaseUrlVariable.optional(),
  REDIS_URL: redisUrlVariable.optional(),
  /** What part of every limit a gateway gives on its own while Redis is away: 1 ÷ the number of gateways keeps the sum. */
  LIMITS_DEGRADED_SHARE: z.coerce.number().min(0.01).max(1).default(0.5),
  VAULT_ADDRESS: addressVariable,
  BILLING_ADDRESS: addressVariable,
  SPOOL_DIR: z.string().min(1),
  SPOOL_MAX_MB: megabytes.max(1_000_000).default(2_048),
  SESSION_PUBLIC_KEY: z.string(),
  BYOK_PROVIDER_BASE_URLS: baseUrls.default({}),
  BYOK_EGRESS_ALLOW: egressExceptionsVariable.default({ hosts: [], networks: [] }),
  /** How long an answer of identity or the vault is taken without asking again. */
  CACHE_FRESH_MS: millisecondsVariable.default(30_000),
  /** How long it may still serve while its source is away. */
  CACHE_STALE_MS: millisecondsVariable.default(300_000),
  KEY_FRESH_MS: millisecondsVariable.max(60_000).default(60_000),
  CONNECT_TIMEOUT_MS: millisecondsVariable.default(5_000),
  /** A reasoning model may think for minutes before a plain answer begins. */
  HEADERS_TIMEOUT_MS: millisecondsVariable.default(600_000),
  BODY_IDLE_TIMEOUT_MS: millisecondsVariable.default(60_000),
  TOTAL_TIMEOUT_MS: millisecondsVariable.default(1_800_000),
  CLIENT_STALL_MS: millisecondsVariable.default(60_000),
  ABORT_DRAIN_MS: millisecondsVariable.default(60_000),
  REQUEST_HEADERS_TIMEOUT_MS: millisecondsVariable.default(15_000),
  REQUEST_TIMEOUT_MS: millisecondsVariable.default(60_000),
  /** Proxies whose X-Forwarded-For is believed, for tokens that work from some networks only; nobody's unless set. */
  TRUSTED_PROXIES: networksVariable.default([]),
  /** Between not being ready and taking no more connections: time for a load balancer to notice. */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(10_000).default(0),
  DRAIN_MS: millisecondsVariable.max(40_000).default(30_000),
  /** Opens /metrics; without it only this machine itself may read them. */
  METRICS_TOKEN: z.string().min(16).optional(),
  MAX_BODY_MB: megabytes.default(20),
  /** Of answers kept for requests that repeat, in organisations which turned that on. */
  ANSWER_CACHE_MB: megabytes.default(64),
  MAX_ANSWER_MB: megabytes.default(50),
  MAX_CONNECTIONS: z.coerce.number().int().min(1).default(20_000),
  MAX_CALLS: z.coerce.number().int().min(1).default(10_000),
  UPSTREAM_CONNECTIONS: z.coerce.number().int().min(1).default(4_096),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
