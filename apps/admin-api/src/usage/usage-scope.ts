import type { ReportScope } from '@byok/contracts';
import { may, type Principal } from '@byok/identity';
import type { GroupId, UserId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';

/** Whose usage somebody sees: everything of the org for who may see that, of a group or user where one may see those, otherwise one's own. */
export function usageScope(principal: Principal, asked: Pick<ReportScope, 'org' | 'group' | 'user' | 'token'>): { orgId: string; filters: Record<string, string> } {
  const orgId = orgOf(principal, asked.org);
  const filters = Object.fromEntries((['group', 'user', 'token'] as const).flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]]])));
  if (may(principal, 'usage:read', { org: orgId, owner: 'org' })) return { orgId, filters };
  if (asked.group !== undefined && asked.user !== principal.userId) demand(principal, 'usage:read', { org: orgId, group: asked.group as GroupId });
  else if (asked.user !== undefined) demand(principal, 'usage:read', { org: orgId, user: asked.user as UserId });
  else Object.assign(filters, ownUsage(principal));
  return { orgId, filters };
}

export function ownUsage(principal: Principal): Record<string, string> {
  if (principal.userId !== null) return { user: principal.userId };
  return principal.tokenGroup !== null ? { group: principal.tokenGroup } : { token: principal.tokenId ?? '' };
}
