import type { Me } from '@byok/contracts';
import { may, PERMISSIONS, type Principal } from '@byok/identity';

/** The caller, as every service sees them. */
export function me(principal: Principal): Me {
  const { orgId, userId, tokenId, sessionId, email, roles, isOperator, groups, managementScopes } = principal;
  const permissions = PERMISSIONS.filter((permission) => may(principal, permission));
  return { orgId, userId, tokenId, sessionId, email, roles, isOperator, groups, managementScopes, permissions };
}
