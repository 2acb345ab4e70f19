import { z } from 'zod';
import { RateLimits, Tags } from './settings.js';
import { AnyId, Line, PageQuery, Timestamp } from './wire.js';

export const Token = z
  .object({
    id: z.string(),
    orgId: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    userId: z.string().nullable().describe('null: a service account'),
    groupId: z.string().nullable(),
    allowedModels: z.array(z.string()).describe('empty: every model'),
    allowedProviders: z.array(z.string()).describe('whose keys it may use; empty: every provider'),
    allowedGroups: z.array(z.string()).describe("of its user's groups, those in which it acts; empty: all"),
    allowedNetworks: z.array(z.string()).describe('addresses and CIDRs from where it works; empty: everywhere'),
    managementScopes: z.array(z.string()).describe('permissions of the admin API; empty: none'),
    expiresAt: Timestamp.nullable(),
    previousSecretUntil: Timestamp.nullable().describe('after a rotation with overlap: until when the secret before works'),
    revokedAt: Timestamp.nullable(),
    createdBy: z.string().nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof Token>;

/**
 * Whose token it is: `user` makes it act as that user (narrowed to `group` when both are given); `group` alone makes it
 * a service of the group; `user: null` without a group a service of the org; neither, the caller's own.
 */
export const CreateToken = z
  .strictObject({
    name: Line(120).min(1),
    description: Line(500).optional(),
    org: AnyId.optional().describe('another org: platform operator only'),
    user: AnyId.nullable().optional(),
    group: AnyId.optional(),
    expiresAt: Timestamp.optional(),
    allowedModels: z.array(Line(256).min(1)).max(200).optional(),
    allowedProviders: z.array(Line(64).min(1)).max(100).optional(),
    allowedGroups: z.array(AnyId).max(100).optional().describe('of a token of a user alone'),
    allowedNetworks: z.array(z.string().min(1).max(64)).max(50).optional().describe('addresses and CIDRs, such as 203.0.113.7 or 10.0.0.0/8'),
    managementScopes: z.array(z.string().max(64)).max(64).optional(),
    limits: RateLimits.optional(),
    tags: Tags.optional().describe('by whom the tags of the org may be set'),
  })
  .meta({ id: 'CreateToken' });
export type CreateToken = z.infer<typeof CreateToken>;

/** `token` is shown here and never again. */
export const TokenShownOnce = Token.extend({ token: z.string() }).meta({ id: 'TokenShownOnce' });
export type TokenShownOnce = z.infer<typeof TokenShownOnce>;

const WEEK_SECONDS = 7 * 24 * 3_600;

/** How long the old secret works beside the new one. */
export const RotateToken = z.strictObject({ overlapSeconds: z.int().min(0).max(WEEK_SECONDS).default(0) }).meta({ id: 'RotateToken' });
export type RotateToken = z.infer<typeof RotateToken>;

export const TokenQuery = PageQuery.extend({
  org: AnyId.optional(),
  user: AnyId.optional(),
  group: AnyId.optional(),
  service: z.literal('true').optional().describe('service accounts alone: tokens of no user'),
});
export type TokenQuery = z.infer<typeof TokenQuery>;

export const TokenPath = z.object({ token: AnyId });
export type TokenPath = z.infer<typeof TokenPath>;
