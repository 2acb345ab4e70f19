import type { Token as TokenOnWire } from '@byok/contracts';
import type { Token } from '@byok/identity';

export function tokenToWire(token: Token): TokenOnWire {
  const { id, orgId, name, description, userId, groupId, allowedModels, allowedProviders, allowedGroups, allowedNetworks, managementScopes, createdBy } = token;
  return {
    ...{ id, orgId, name, description, userId, groupId, allowedModels, allowedProviders, allowedGroups, allowedNetworks, managementScopes, createdBy },
    expiresAt: token.expiresAt?.toISOString() ?? null,
    previousSecretUntil: token.previousUntil?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
    createdAt: token.createdAt.toISOString(),
  };
}

/** What a permission on this token is asked about. */
export function resourceOf({ orgId, userId, groupId }: Pick<Token, 'orgId' | 'userId' | 'groupId'>): { org: Token['orgId']; user?: NonNullable<Token['userId']>; group?: NonNullable<Token['groupId']>; owner: 'user' | 'group' | 'org' } {
  if (userId) return { org: orgId, owner: 'user', user: userId };
  return groupId ? { org: orgId, owner: 'group', group: groupId } : { org: orgId, owner: 'org' };
}
