import { type BillingForAdmin, UsageDimension, USAGE_DIMENSIONS, type UsageItem, type UsageItemMessage, type UsageQuery, type UsageReport } from '@byok/contracts';
import { may, type Principal } from '@byok/identity';
import { AppError, type Clock } from '@byok/kernel';
import { periodBefore, periodOf, type Period } from './period.js';
import { usageScope } from './usage-scope.js';

const FILTERS = ['key', 'owner', 'provider', 'model', 'endpoint'] as const;

export interface UsageDeps {
  billing: Pick<BillingForAdmin, 'getUsage'>;
  clock: Clock;
}

/** What was used, by the dimensions asked for, of as much as the caller may see. */
export async function reportUsage(deps: UsageDeps, principal: Principal, query: UsageQuery): Promise<UsageReport> {
  const groupBy = dimensionsOf(query);
  const period = periodOf(query, deps.clock);
  const scope = scopeOf(principal, query);
  const ask = async ({ from, to }: Period) => {
    const report = await deps.billing.getUsage({ ...scope, from, to, groupBy, after: query.after ?? '', limit: query.limit, latency: query.latency ?? false });
    return { from, to, items: report.items.map((item) => itemToWire(item, groupBy, query.latency ?? false)), next: report.next || null, source: report.source };
  };
  const { source, ...current } = await ask(period);
  const report = { ...current, groupBy, source: source === 'rollups' ? ('rollups' as const) : ('events' as const) };
  return query.compare === undefined ? report : { ...report, previous: await ask(periodBefore(period)) };
}

/** The interval first: lines come in the order of time. */
function dimensionsOf(query: Pick<UsageQuery, 'interval' | 'groupBy'>): UsageDimension[] {
  const names = [...(query.interval === undefined ? [] : [query.interval]), ...(query.groupBy ?? '').split(',').map((name) => name.trim()).filter(Boolean)];
  const unknown = names.some((name) => !UsageDimension.safeParse(name).success);
  if (unknown) throw new AppError('invalid_request', `groupBy takes ${USAGE_DIMENSIONS.join(', ')} and tag:<name>, separated by commas.`, { details: { field: 'groupBy' } });
  return [...new Set(names)] as UsageDimension[];
}

function scopeOf(principal: Principal, query: UsageQuery): { orgId: string; filters: Record<string, string> } {
  const filters = Object.fromEntries([...FILTERS.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]] as const])), ...tagFilter(query.tag)]);
  const { org, group, user, token } = query;
  const everywhere = org === 'all' && may(principal, 'usage:read', { org: 'platform', owner: 'platform' });
  if (everywhere) return { orgId: '', filters: { ...filters, ...named({ group, user, token }) } };
  const scope = usageScope(principal, query);
  return { orgId: scope.orgId, filters: { ...filters, ...scope.filters } };
}

function named(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function tagFilter(tag: string | undefined): (readonly [string, string])[] {
  if (tag === undefined) return [];
  const at = tag.indexOf('=');
  const name = `tag:${tag.slice(0, at)}`;
  if (at < 0 || !UsageDimension.safeParse(name).success) throw new AppError('invalid_request', 'tag is written name=value.', { details: { field: 'tag' } });
  return [[name, tag.slice(at + 1)]];
}

function itemToWire(item: UsageItemMessage, groupBy: readonly UsageDimension[], hasLatency: boolean): UsageItem {
  const { by, costUsd, firstByteMs, totalMs, ...counts } = item;
  const value = (dimension: UsageDimension): string | null => by[dimension] || null;
  const tags = groupBy.filter((dimension) => dimension.startsWith('tag:'));
  return {
    ...Object.fromEntries(groupBy.filter((dimension) => !dimension.startsWith('tag:')).map((dimension) => [dimension, value(dimension)])),
    ...(tags.length > 0 ? { tags: Object.fromEntries(tags.map((dimension) => [dimension.slice('tag:'.length), value(dimension)])) } : {}),
    ...counts,
    costUsd: costUsd || null,
    ...(hasLatency ? { latency: { firstByteMs, totalMs } } : {}),
  };
}
