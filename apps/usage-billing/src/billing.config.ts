import { databaseUrlVariable, logLevelVariable, portVariable, redisUrlVariable, tlsVariables } from '@byok/platform';
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
});
export type BillingConfig = z.infer<typeof BillingConfig>;
