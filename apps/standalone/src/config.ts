import { databaseUrlVariable, logLevelVariable, portVariable, redisUrlVariable } from '@byok/platform';
import { z } from 'zod';
import { kekVariables } from './kek-settings.js';

/** What `npm start` reads. Everything else the services need is made here and kept in the data directory. */
export const StandaloneConfig = z.object({
  BYOK_DATA_DIR: z.string().default('.byok'),
  HOST: z.string().default('127.0.0.1'),
  PORT: portVariable.default(3010),
  GATEWAY_PORT: portVariable.default(8080),
  REDIS_URL: redisUrlVariable.optional(),
  LOG_LEVEL: logLevelVariable,
  BYOK_ADMIN_EMAIL: z.email().default('admin@byok.local'),
  BYOK_ADMIN_PASSWORD: z.string().min(12).optional(),
  BYOK_PROVIDER_BASE_URLS: z.string().optional(),
  BYOK_EGRESS_ALLOW: z.string().optional(),
  /** Where the ends of the audit chains are written; best on a disk that the database's owner cannot write. In the data directory unless set. */
  BYOK_CHECKPOINT_DIR: z.string().optional(),
  METRICS_TOKEN: z.string().optional(),
  ...kekVariables,
  BYOK_TRUSTED_NETWORK: z.string().optional(),
  WEBHOOK_EGRESS_ALLOW: z.string().optional(),
  PUBLIC_ADMIN_URL: z.string().optional(),
  SMTP_URL: z.string().optional(),
  MAIL_FROM: z.string().optional(),
  HOLD_LEASE_MS: z.string().optional(),
  DEFAULT_MAX_OUTPUT_TOKENS: z.string().optional(),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
});
export type StandaloneConfig = z.infer<typeof StandaloneConfig>;

/** What `migrate.ts` reads when it runs on its own, as a Kubernetes job. */
export const MigrateConfig = z.object({ DATABASE_URL: databaseUrlVariable });
