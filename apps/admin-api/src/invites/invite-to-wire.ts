import type { Invite as InviteOnWire } from '@byok/contracts';
import type { Invite } from '@byok/identity';
import type { Clock } from '@byok/kernel';

export function inviteToWire(invite: Invite, clock: Clock): InviteOnWire {
  const { id, orgId, email, role, groups, acceptedBy, createdBy } = invite;
  return { id, orgId, email, role, groups, acceptedBy, createdBy, status: statusOf(invite, clock), expiresAt: invite.expiresAt.toISOString(), createdAt: invite.createdAt.toISOString() };
}

function statusOf({ acceptedAt, revokedAt, expiresAt }: Invite, clock: Clock): InviteOnWire['status'] {
  if (acceptedAt) return 'accepted';
  if (revokedAt) return 'revoked';
  return expiresAt.getTime() <= clock.now() ? 'expired' : 'open';
}
