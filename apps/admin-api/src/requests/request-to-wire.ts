import type { AccessRequest as AccessRequestOnWire } from '@byok/contracts';
import type { AccessRequest, Resource } from '@byok/identity';

export function requestToWire({ id, orgId, userId, groupId, keyId, reason, status, note, expiresAt, decidedBy, decidedAt, createdAt }: AccessRequest): AccessRequestOnWire {
  const times = { expiresAt: expiresAt?.toISOString() ?? null, decidedAt: decidedAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
  return { id, orgId, userId, groupId, keyId, reason, status, note, decidedBy, ...times };
}

/** Who decides: admins of the group that it is about, and of the org. */
export function deciderOf({ orgId, decidedIn }: Pick<AccessRequest, 'orgId' | 'decidedIn'>): Resource {
  return decidedIn ? { org: orgId, owner: 'group', group: decidedIn } : { org: orgId, owner: 'org' };
}
