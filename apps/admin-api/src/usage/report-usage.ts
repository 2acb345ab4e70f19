import { type BillingForAdmin, USAGE_DIMENSIONS, type UsageDimension, type UsageItem, type UsageItemMessage, type UsageQuery, type UsageReport } from '@byok/contracts';
import { may, type Principal } from '@byok/identity';
import { AppError, type Clock, type GroupId, type UserId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { periodOf } from './period.js';

const FILTERS = ['group', 'user', 'token', 'key', 'owner', 'provider', 'model'] as const;

/** What was used, by the dimensions asked for, of as much as the caller may see. */
export async function reportUsage(deps: { billing: Pick<BillingForAdmin, 'getUsage'>; clock: Clock }, principal: Principal, query: UsageQuery): Promise<UsageReport> {
  const groupBy = dimensionsOf(query.groupBy);
  const { from, to } = periodOf(query, deps.clock);
  const { orgId, filters } = scopeOf(principal, query);
  const report = await deps.billing.getUsage({ orgId, from, to, groupBy, filters, after: query.after ?? '', limit: query.limit });
  return { from, to, groupBy, items: report.items.map((item) => itemToWire(item, groupBy)), next: report.next || null };
}

function dimensionsOf(groupBy: string | undefined): UsageDimension[] {
  const names = [...new Set((groupBy ?? '').split(',').map((name) => name.trim()).filter(Boolean))];
  const unknown = names.some((name) => !(USAGE_DIMENSIONS as readonly string[]).includes(name));
  if (unknown) throw new AppError('invalid_request', `groupBy takes ${USAGE_DIMENSIONS.join(', ')}, separated by commas.`, { details: { field: 'groupBy' } });
  return names as UsageDimension[];
}

/** Which rows: everything of the org for who may see that, of a group or user where one may see those, otherwise one's own. */
function scopeOf(principal: Principal, query: UsageQuery): { orgId: string; filters: Record<string, string> } {
  const filters = Object.fromEntries(FILTERS.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])));
  if (query.org === 'all' && may(principal, 'usage:read', { org: 'platform', owner: 'platform' })) return { orgId: '', filters };
  const orgId = orgOf(principal, query.org);
  if (may(principal, 'usage:read', { org: orgId, owner: 'org' })) return { orgId, filters };
  if (query.group !== undefined && query.user !== principal.userId) demand(principal, 'usage:read', { org: orgId, group: query.group as GroupId });
  else if (query.user !== undefined) demand(principal, 'usage:read', { org: orgId, user: query.user as UserId });
  else Object.assign(filters, ownUsage(principal));
  return { orgId, filters };
}

function ownUsage(principal: Principal): Record<string, string> {
  if (principal.userId !== null) return { user: principal.userId };
  return principal.tokenGroup !== null ? { group: principal.tokenGroup } : { token: principal.tokenId ?? '' };
}

function itemToWire(item: UsageItemMessage, groupBy: readonly UsageDimension[]): UsageItem {
  const { by, costUsd, ...counts } = item;
  const values = Object.fromEntries(groupBy.map((dimension) => [dimension, by[dimension] || null]));
  return { ...values, ...counts, costUsd: costUsd || null };
}
