import type { User as UserOnWire } from '@byok/contracts';
import type { User } from '@byok/identity';

export function userToWire(user: User): UserOnWire {
  const { id, orgId, email, name, role, isOperator, status } = user;
  return { id, orgId, email, name, role, isOperator, status, createdAt: user.createdAt.toISOString() };
}
