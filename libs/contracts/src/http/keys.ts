import { z } from 'zod';
import { OWNERS } from '@byok/kernel';
import { AnyId, Line, PageQuery, Timestamp } from './wire.js';

export const KeyOwner = z.object({ type: z.enum(OWNERS), id: z.string() }).meta({ id: 'KeyOwner' });
export const KeyStatus = z.enum(['active', 'invalid', 'undecryptable', 'disabled', 'revoked']);
export const ProbeOutcome = z.enum(['valid', 'invalid', 'no-permission', 'no-credit', 'rate-limited', 'unreachable', 'unverified']);

/** A provider key as anybody may see it: the key itself is never shown again, by nobody, nowhere. */
export const Key = z
  .object({
    id: z.string(),
    orgId: z.string(),
    owner: KeyOwner,
    provider: z.string(),
    label: z.string(),
    description: z.string(),
    last4: z.string().nullable().describe('null for keys shorter than 20 characters'),
    status: z.string(),
    statusReason: z.string().nullable(),
    version: z.number().int(),
    allowedUsers: z.array(z.string()).describe('empty: everybody the owner covers'),
    allowedModels: z.array(z.string()).describe('empty: every model; * at the end matches a prefix'),
    config: z.record(z.string(), z.string()),
    priority: z.number().int().describe('smaller is used first'),
    createdAt: Timestamp,
    createdBy: z.string(),
    lastTestedAt: Timestamp.nullable(),
    lastTestOutcome: z.string().nullable(),
    health: z
      .object({ status: z.enum(['ok', 'failing']), reason: z.string().nullable(), at: Timestamp.nullable() })
      .nullable()
      .describe('how calls with it and tests of it fare; null: nothing is known'),
  })
  .meta({ id: 'Key' });
export type Key = z.infer<typeof Key>;

const MAX_SECRET_CHARACTERS = 16_384;
const fieldName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/);
const SecretText = z.string().min(1).max(MAX_SECRET_CHARACTERS);

/** One string, or the named secret fields of a provider that has several (Bedrock: access_key_id and secret_access_key). */
export const ApiKey = z.union([SecretText, z.record(fieldName, SecretText)]);
export type ApiKey = z.infer<typeof ApiKey>;
export const KeyConfig = z.record(fieldName, z.string().max(2048));
const AllowedUsers = z.union([z.literal('all'), z.array(AnyId).max(200)]).transform((users) => (users === 'all' ? [] : users));
const AllowedModels = z.array(Line(256).min(1)).max(200);
const Priority = z.number().int().min(0).max(1_000_000);

/** A key to bring. It is tested at its provider first, unless `skipTest`. Without `owner` it is the caller's own. */
export const StoreKey = z
  .strictObject({
    owner: z.strictObject({ type: z.enum(OWNERS), id: AnyId.optional() }).optional(),
    provider: z.string().min(1).max(64),
    apiKey: ApiKey,
    label: Line(120).optional(),
    description: Line(1000).optional(),
    allowedUsers: AllowedUsers.optional(),
    allowedModels: AllowedModels.optional(),
    config: KeyConfig.optional(),
    priority: Priority.optional(),
    skipTest: z.boolean().default(false),
    allowDuplicate: z.boolean().default(false),
  })
  .meta({ id: 'StoreKey' });
export type StoreKey = z.infer<typeof StoreKey>;

export const UpdateKey = z
  .strictObject({
    label: Line(120).optional(),
    description: Line(1000).optional(),
    allowedUsers: AllowedUsers.optional(),
    allowedModels: AllowedModels.optional(),
    priority: Priority.optional(),
  })
  .meta({ id: 'UpdateKey' });
export type UpdateKey = z.infer<typeof UpdateKey>;

export const RotateKey = z
  .strictObject({ apiKey: ApiKey, config: KeyConfig.optional(), skipTest: z.boolean().default(false) })
  .meta({ id: 'RotateKey' });
export type RotateKey = z.infer<typeof RotateKey>;

export const KeyQuery = PageQuery.extend({
  owner: z.string().max(64).optional().describe('user, group, org or platform, or the id of an owner'),
  provider: z.string().max(64).optional(),
  status: KeyStatus.optional(),
});
export type KeyQuery = z.infer<typeof KeyQuery>;

export const KeyPath = z.object({ key: AnyId });
export type KeyPath = z.infer<typeof KeyPath>;

/** What a provider said when the key was tried. */
export const KeyTest = z
  .object({
    keyId: z.string(),
    outcome: ProbeOutcome,
    message: z.string(),
    latencyMs: z.number().int(),
    modelSeen: z.string().nullable(),
    balanceUsd: z.string().nullable(),
    status: z.string().describe('of the key, after the test'),
  })
  .meta({ id: 'KeyTest' });
export type KeyTest = z.infer<typeof KeyTest>;
