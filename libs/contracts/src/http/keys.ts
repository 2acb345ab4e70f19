import { z } from 'zod';
import { OWNERS } from '@byok/kernel';
import { AnyId, Line, PageQuery, Timestamp } from './wire.js';

export const KeyOwner = z.object({ type: z.enum(OWNERS), id: z.string() }).meta({ id: 'KeyOwner' });
export const KeyStatus = z.enum(['active', 'invalid', 'undecryptable', 'disabled', 'revoked']);
export const ProbeOutcome = z.enum(['valid', 'invalid', 'no-permission', 'no-credit', 'rate-limited', 'unreachable', 'unverified']);

const Calls = z.object({ answered: z.number().int(), refused: z.number().int().describe('the provider would not have the key'), failed: z.number().int().describe('anything else before an answer') });

/** A new secret on trial: so many percent of the key's calls are made with it. */
export const KeyCandidate = z
  .object({
    version: z.number().int(),
    last4: z.string().nullable(),
    config: z.record(z.string(), z.string()),
    canaryPercent: z.number().int(),
    rollbackAfter: z.number().int().describe('refusals by the provider that take it back'),
    overlapUntil: Timestamp.nullable().describe('until when the version before it opens once it is promoted; null: for an hour'),
    stagedAt: Timestamp,
    stagedBy: z.string(),
    calls: Calls.describe('with the candidate'),
    currentCalls: Calls.describe('with the version in use, since the candidate was staged'),
  })
  .meta({ id: 'KeyCandidate' });

export const KeyWarning = z.enum(['expired', 'expires_in_1_day', 'expires_in_7_days', 'expires_in_30_days', 'rotation_due']);

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
    expiresAt: Timestamp.nullable().describe('from then on no call is made with it'),
    rotateAfterDays: z.number().int().nullable().describe('how old its secret may become before somebody is told'),
    secretSince: Timestamp,
    lastUsedAt: Timestamp.nullable().describe('to the hour'),
    warnings: z.array(KeyWarning),
    candidate: KeyCandidate.nullable(),
    former: z
      .object({ version: z.number().int(), last4: z.string().nullable(), openUntil: Timestamp })
      .nullable()
      .describe('the version before the last promotion, which gateways may still use for a while'),
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
const ExpiresAt = Timestamp.nullable().describe('null: never');
const RotateAfterDays = z.number().int().min(1).max(3650).nullable().describe('null: never due');

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
    expiresAt: ExpiresAt.optional(),
    rotateAfterDays: RotateAfterDays.optional(),
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
    expiresAt: ExpiresAt.optional(),
    rotateAfterDays: RotateAfterDays.optional(),
  })
  .meta({ id: 'UpdateKey' });
export type UpdateKey = z.infer<typeof UpdateKey>;

export const RotateKey = z
  .strictObject({
    apiKey: ApiKey,
    config: KeyConfig.optional(),
    skipTest: z.boolean().default(false),
    canaryPercent: z.number().int().min(1).max(100).optional().describe('try the new secret with this share of the calls first; without it, it replaces the old one at once'),
    overlapUntil: Timestamp.optional().describe('with canaryPercent: until when the old secret opens after the promotion; an hour by default, 90 days from now at most'),
    rollbackAfter: z.number().int().min(1).max(1000).optional().describe('with canaryPercent: refusals by the provider that take the candidate back; 3 by default'),
  })
  .refine((body) => body.canaryPercent !== undefined || (body.overlapUntil === undefined && body.rollbackAfter === undefined), 'overlapUntil and rollbackAfter go with canaryPercent')
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
