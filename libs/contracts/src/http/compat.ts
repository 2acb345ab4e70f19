import { z } from 'zod';
import { ApiKey, KeyConfig, ProbeOutcome } from './keys.js';
import { AnyId, Line } from './wire.js';

/** The wire of the first BYOK system, kept as it was: `{success: true, …}`. The identity comes from the credential alone. */
const Success = z.object({ success: z.literal(true) });

const Link = z.string().nullable();
/** The first four members are the old wire's; the others came later. */
const CompatProvider = z.object({
  id: z.string(),
  name: z.string(),
  requiresConfig: z.boolean(),
  configFields: z.array(z.string()),
  keyHint: z.string().describe('what a key looks like'),
  links: z.object({ console: Link, docs: Link, prices: Link }),
  capabilities: z.array(z.string()),
  models: z.array(z.string()).describe('examples'),
  rateLimitHeaders: z.array(z.string()).describe('response headers in which the provider tells how much is left'),
  fields: z.array(z.object({ name: z.string(), required: z.boolean(), secret: z.boolean() })).describe('of which a key consists'),
  environment: z.record(z.string(), z.string()).describe('variables under which people keep a key, and the field that each fills'),
});
export const CompatProviders = Success.extend({ providers: z.array(CompatProvider) }).meta({ id: 'CompatProviders' });
export type CompatProviders = z.infer<typeof CompatProviders>;

export const CompatKeys = Success.extend({
  userId: z.string().nullable(),
  groupId: z.string().nullable(),
  providers: z.array(z.object({ provider: z.string(), name: z.string(), hasUserKey: z.boolean(), hasGroupKey: z.boolean() })),
}).meta({ id: 'CompatKeys' });
export type CompatKeys = z.infer<typeof CompatKeys>;

export const CompatStoreKey = z
  .strictObject({
    apiKey: ApiKey.describe('the key, or for a provider with several fields all of them by name'),
    name: Line(120).optional(),
    description: Line(1000).optional(),
    allowedUsers: z.union([z.literal('all'), z.array(AnyId).max(200)]).optional(),
    config: KeyConfig.optional(),
    skipTest: z.boolean().default(false),
  })
  .meta({ id: 'CompatStoreKey' });
export type CompatStoreKey = z.infer<typeof CompatStoreKey>;

export const CompatStored = Success.extend({ keyId: z.string(), provider: z.string() }).meta({ id: 'CompatStored' });
export type CompatStored = z.infer<typeof CompatStored>;

export const CompatValidateKey = z.strictObject({ provider: AnyId, apiKey: ApiKey, config: KeyConfig.optional() }).meta({ id: 'CompatValidateKey' });
export type CompatValidateKey = z.infer<typeof CompatValidateKey>;

export const CompatValidated = Success.extend({
  provider: z.string(),
  valid: z.boolean().describe('true only when the provider accepted the key'),
  outcome: ProbeOutcome,
  message: z.string(),
  latencyMs: z.number().int(),
  balanceUsd: z.string().nullable().describe('where the provider tells it'),
}).meta({ id: 'CompatValidated' });
export type CompatValidated = z.infer<typeof CompatValidated>;

export const CompatMessage = Success.extend({ message: z.string() }).meta({ id: 'CompatMessage' });
export type CompatMessage = z.infer<typeof CompatMessage>;

export const CompatStats = Success.extend({
  stats: z.object({ userKeys: z.number().int(), groupKeys: z.number().int(), providers: z.array(z.string()), totalUsage: z.number().int() }),
}).meta({ id: 'CompatStats' });
export type CompatStats = z.infer<typeof CompatStats>;

export const CompatProviderPath = z.object({ provider: AnyId });
export type CompatProviderPath = z.infer<typeof CompatProviderPath>;
export const CompatGroupKeyPath = z.object({ group: AnyId, provider: AnyId });
export type CompatGroupKeyPath = z.infer<typeof CompatGroupKeyPath>;
export const CompatGroupUserPath = z.object({ group: AnyId, user: AnyId });
export type CompatGroupUserPath = z.infer<typeof CompatGroupUserPath>;
export const CompatOrgKeyPath = z.object({ org: AnyId, provider: AnyId });
export type CompatOrgKeyPath = z.infer<typeof CompatOrgKeyPath>;
