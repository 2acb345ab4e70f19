import { z } from 'zod';
import { AnyId, Line, PageQuery, Timestamp } from './wire.js';

export const AccessRequestStatus = z.enum(['pending', 'granted', 'refused', 'withdrawn', 'ended', 'expired']);

/** Membership of a group, or a place beside the allow-list of a key that one may see. */
export const AskAccess = z
  .strictObject({ group: AnyId.optional(), key: AnyId.optional(), reason: Line(500).default('') })
  .refine(({ group, key }) => (group === undefined) !== (key === undefined), { path: ['group'], message: 'say group or key, one of them' })
  .meta({ id: 'AskAccess' });
export type AskAccess = z.infer<typeof AskAccess>;

export const GrantAccess = z.strictObject({ expiresAt: Timestamp.describe('when the access ends by itself; within 366 days'), note: Line(500).default('') }).meta({ id: 'GrantAccess' });
export type GrantAccess = z.infer<typeof GrantAccess>;

export const RefuseAccess = z.strictObject({ note: Line(500).default('') }).meta({ id: 'RefuseAccess' });
export type RefuseAccess = z.infer<typeof RefuseAccess>;

export const AccessRequest = z
  .object({
    id: z.string(),
    orgId: z.string(),
    userId: z.string(),
    groupId: z.string().nullable(),
    keyId: z.string().nullable(),
    reason: z.string(),
    status: AccessRequestStatus,
    note: z.string().describe('of who decided'),
    expiresAt: Timestamp.nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: Timestamp.nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'AccessRequest' });
export type AccessRequest = z.infer<typeof AccessRequest>;

export const AccessRequestPath = z.object({ request: AnyId });
export type AccessRequestPath = z.infer<typeof AccessRequestPath>;
/** `of`: one's own, or those that one may decide. */
export const AccessRequestQuery = PageQuery.extend({ of: z.enum(['me', 'deciding']).default('me'), status: AccessRequestStatus.optional() });
export type AccessRequestQuery = z.infer<typeof AccessRequestQuery>;
