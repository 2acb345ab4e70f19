import type { Group as GroupOnWire, Member as MemberOnWire } from '@byok/contracts';
import type { Group, Member } from '@byok/identity';

export function groupToWire({ id, orgId, name, createdAt }: Group): GroupOnWire {
  return { id, orgId, name, createdAt: createdAt.toISOString() };
}

export function memberToWire({ groupId, userId, role, expiresAt }: Member): MemberOnWire {
  return { groupId, userId, role, expiresAt: expiresAt?.toISOString() ?? null };
}
