import { databaseUrlVariable, logLevelVariable, portVariable, tlsVariables } from '@byok/platform';
import { z } from 'zod';

export const VaultConfig = z.object({
  DATABASE_URL: databaseUrlVariable,
  /** local:<keyring file>, env:, awskms:<key>, gcpkms:<key>, azurekv:<key URL> or vault-transit:<address>/<mount>/<key> */
  BYOK_KEK: z.string(),
  /** KEKs still needed to unwrap, comma separated. */
  BYOK_KEK_OLD: z.string().optional(),
  /** Wraps the platform's own keys; BYOK_KEK when unset. */
  BYOK_PLATFORM_KEK: z.string().optional(),
  BYOK_ENCRYPTION_KEY: z.string().optional(),
  BYOK_ENCRYPTION_PASSWORD: z.string().optional(),
  BYOK_ENCRYPTION_SALT: z.string().optional(),
  /** Part of every sealed value: another id makes every key unreadable. */
  BYOK_DEPLOYMENT_ID: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'expected 1 to 64 letters, digits, dots, dashes' }),
  GRPC_HOST: z.string().default('0.0.0.0'),
  GRPC_PORT: portVariable.default(50051),
  ...tlsVariables,
  LOG_LEVEL: logLevelVariable,
});
export type VaultConfig = z.infer<typeof VaultConfig>;
