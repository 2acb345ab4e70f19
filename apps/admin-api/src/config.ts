import { addressVariable, checkpointVariables, databaseUrlVariable, egressExceptionsVariable, logLevelVariable, portVariable, tlsVariables } from '@byok/platform';
import { z } from 'zod';

const secretsVariable = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()).filter(Boolean))
  .refine((secrets) => secrets.every((secret) => secret.length >= 32), 'expected secrets of at least 32 characters, comma separated');

/** Every variable that admin-api reads; each also as NAME_FILE. */
export const AdminConfig = z.object({
  PORT: portVariable.default(3010),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: logLevelVariable,
  DATABASE_URL: databaseUrlVariable,
  VAULT_ADDRESS: addressVariable,
  BILLING_ADDRESS: addressVariable,
  PROBE_ADDRESS: addressVariable,
  ...tlsVariables,
  /** Ed25519 private key in PEM; the gateway gets the public half. */
  SESSION_SIGNING_KEY: z.string().min(1),
  /** Made at the first start, when there is no operator yet. */
  BYOK_ADMIN_EMAIL: z.string().optional(),
  BYOK_ADMIN_PASSWORD: z.string().optional(),
  ...checkpointVariables,
  PUBLIC_GATEWAY_URL: z.url().optional(),
  /** By which scanners sign their reports of found tokens, comma separated while one takes over from another; none: the route is off. */
  SECRET_SCANNING_SECRETS: secretsVariable.default([]),
  /** Where browsers find this API: identity providers send them back there. Not needed on loopback. */
  PUBLIC_ADMIN_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** host:port and network/bits:port of identity providers beside public https. */
  BYOK_EGRESS_ALLOW: egressExceptionsVariable.default({ hosts: [], networks: [] }),
  /** Comma separated addresses or CIDRs of the proxies whose X-Forwarded-For is believed; nobody's unless set. */
  TRUSTED_PROXIES: z.string().optional(),
});
export type AdminConfig = z.infer<typeof AdminConfig>;
