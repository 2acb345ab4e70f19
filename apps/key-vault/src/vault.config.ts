import { checkpointVariables, databaseUrlVariable, logLevelVariable, millisecondsVariable, portVariable, tlsVariables } from '@byok/platform';
import { z } from 'zod';

export const VaultConfig = z.object({
  DATABASE_URL: databaseUrlVariable,
  /** local:<keyring file>, env:, awskms:<key>, gcpkms:<key>, azurekv:<key URL> or vault-transit:<address>/<mount>/<key> */
  BYOK_KEK: z.string(),
  /** KEKs still needed to unwrap, comma separated. */
  BYOK_KEK_OLD: z.string().optional(),
  /** Wraps the platform's own keys; BYOK_KEK when unset. */
  BYOK_PLATFORM_KEK: z.string().optional(),
  /** Patterns of KEKs that orgs may bring: awskms:arn:aws:kms:eu-central-1:*:key/*, vault-transit:https://bao.example:8200/transit/{org} */
  BYOK_ORG_KEKS: z.string().optional(),
  /** For one attempt at one question to a KMS outside of the process. */
  BYOK_KMS_TIMEOUT_MS: millisecondsVariable.default(1_500),
  BYOK_TRANSIT_TOKEN: z.string().optional(),
  /** A file that is read for every question, so that somebody may renew the token in it. */
  BYOK_TRANSIT_TOKEN_PATH: z.string().optional(),
  BYOK_TRANSIT_NAMESPACE: z.string().optional(),
  /** PEM: what to trust, and what to present for mutual TLS. */
  BYOK_TRANSIT_CA: z.string().optional(),
  BYOK_TRANSIT_CERT: z.string().optional(),
  BYOK_TRANSIT_KEY: z.string().optional(),
  BYOK_ENCRYPTION_KEY: z.string().optional(),
  BYOK_ENCRYPTION_PASSWORD: z.string().optional(),
  BYOK_ENCRYPTION_SALT: z.string().optional(),
  /** Part of every sealed value: another id makes every key unreadable. */
  BYOK_DEPLOYMENT_ID: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'expected 1 to 64 letters, digits, dots, dashes' }),
  /** So long backups of the database are kept: a data key is destroyed no earlier. */
  BYOK_BACKUP_DAYS: z.coerce.number().int().min(1).max(3650).default(35),
  /** So long after an org was deleted its keys are made unreadable. */
  BYOK_SHRED_GRACE_DAYS: z.coerce.number().int().min(0).max(30).default(7),
  /** A file outside the database that remembers which orgs were shredded, for the day an older backup is restored. */
  BYOK_SHRED_TOMBSTONES: z.string().min(1).optional(),
  /** How fast a rotation seals values again, at most. */
  BYOK_RESEALS_PER_SECOND: z.coerce.number().int().min(1).max(100_000).default(1_000),
  /** A key that nobody used or tested for so long is tried at its provider, by a request that costs nothing; 0: never. */
  BYOK_REVALIDATE_AFTER_HOURS: z.coerce.number().min(0).max(8_760).default(24),
  ...checkpointVariables,
  GRPC_HOST: z.string().default('0.0.0.0'),
  GRPC_PORT: portVariable.default(50051),
  ...tlsVariables,
  LOG_LEVEL: logLevelVariable,
});
export type VaultConfig = z.infer<typeof VaultConfig>;
