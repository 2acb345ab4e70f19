import { z } from 'zod';
import { AnyId, Line, PageQuery, Timestamp } from './wire.js';

export const Token = z
  .object({
    id: z.string(),
    orgId: z.string(),
    name: z.string(),
    userId: z.string().nullable(),
    groupId: z.string().nullable(),
    allowedModels: z.array(z.string()).describe('empty: every model'),
    managementScopes: z.array(z.string()).describe('permissions of the admin API; empty: none'),
    expiresAt: Timestamp.nullable(),
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
    org: AnyId.optional().describe('another org: platform operator only'),
    user: AnyId.nullable().optional(),
    group: AnyId.optional(),
    expiresAt: Timestamp.optional(),
    allowedModels: z.array(Line(256).min(1)).max(200).optional(),
    managementScopes: z.array(z.string().max(64)).max(64).optional(),
  })
  .meta({ id: 'CreateToken' });
export type CreateToken = z.infer<typeof CreateToken>;

/** `token` is shown here and never again. */
export const TokenShownOnce = Token.extend({ token: z.string() }).meta({ id: 'TokenShownOnce' });
export type TokenShownOnce = z.infer<typeof TokenShownOnce>;

export const TokenQuery = PageQuery.extend({ org: AnyId.optional(), user: AnyId.optional(), group: AnyId.optional() });
export type TokenQuery = z.infer<typeof TokenQuery>;

export const TokenPath = z.object({ token: AnyId });
export type TokenPath = z.infer<typeof TokenPath>;
