import { z } from 'zod';
import { OrgRole, Password } from './users.js';
import { AnyId, Line, Timestamp } from './wire.js';

export const InviteStatus = z.enum(['open', 'accepted', 'revoked', 'expired']);

export const Invite = z
  .object({
    id: z.string(),
    orgId: z.string(),
    email: z.string(),
    role: OrgRole,
    groups: z.array(z.string()),
    status: InviteStatus,
    expiresAt: Timestamp,
    createdBy: z.string(),
    createdAt: Timestamp,
    acceptedBy: z.string().nullable(),
  })
  .meta({ id: 'Invite' });
export type Invite = z.infer<typeof Invite>;

export const CreateInvite = z
  .strictObject({ email: z.email().max(254), role: OrgRole.default('member'), groups: z.array(AnyId).max(50).default([]) })
  .meta({ id: 'CreateInvite' });
export type CreateInvite = z.infer<typeof CreateInvite>;

/** `token` is shown here and never again: put it into the link that you send. */
export const InviteShownOnce = Invite.extend({ token: z.string() }).meta({ id: 'InviteShownOnce' });
export type InviteShownOnce = z.infer<typeof InviteShownOnce>;

export const AcceptInvite = z
  .strictObject({ token: z.string().min(1).max(256), email: z.email().max(254).describe('the address that was invited'), name: Line(120).min(1), password: Password })
  .meta({ id: 'AcceptInvite' });
export type AcceptInvite = z.infer<typeof AcceptInvite>;

export const InvitePath = z.object({ org: AnyId, invite: AnyId });
export type InvitePath = z.infer<typeof InvitePath>;
