import { z } from 'zod';
import { OWNERS } from '@byok/kernel';
import { AnyId, Timestamp } from './wire.js';

export const USAGE_INTERVALS = ['hour', 'day', 'week', 'month'] as const;
export const USAGE_DIMENSIONS = ['org', 'group', 'user', 'token', 'key', 'owner', 'provider', 'model', 'endpoint', ...USAGE_INTERVALS] as const;

/** A dimension by name, or `tag:<name>`. */
export const UsageDimension = z.union([z.enum(USAGE_DIMENSIONS), z.custom<`tag:${string}`>((value) => /^tag:[a-z][a-z0-9_-]{0,31}$/.test(String(value)))]);
export type UsageDimension = z.infer<typeof UsageDimension>;

/** Percentiles are exact, over the events themselves. */
export const MAX_LATENCY_DAYS = 35;

/** A time: RFC 3339, or a date, which means its first instant in UTC. */
const Moment = z.union([Timestamp, z.iso.date()]);

/** What a report is about: a period and whose usage. `from` is inclusive, `to` exclusive; together they default to the current month (UTC). */
export const ReportScope = z.strictObject({
  from: Moment.optional(),
  to: Moment.optional(),
  org: AnyId.optional().describe('another org: platform operator only'),
  group: AnyId.optional(),
  user: AnyId.optional(),
  token: AnyId.optional(),
});
export type ReportScope = z.infer<typeof ReportScope>;

export const UsageQuery = ReportScope.extend({
  interval: z.enum(USAGE_INTERVALS).optional().describe('a line per hour, day, week (from Monday) or month, UTC'),
  groupBy: z.string().max(256).optional().describe(`comma separated: ${USAGE_DIMENSIONS.join(', ')}, tag:<name>`),
  org: AnyId.optional().describe('another org, or "all": platform operator only'),
  key: AnyId.optional(),
  owner: z.enum(OWNERS).optional(),
  provider: z.string().max(64).optional(),
  model: z.string().max(256).optional(),
  endpoint: z.string().max(64).optional(),
  tag: z.string().max(300).optional().describe('name=value; name= for calls without it'),
  compare: z.literal('previous').optional().describe('tells the period before beside it: as many months before when it is whole months, else as long a time'),
  latency: z.stringbool().optional().describe(`median and 95th percentile of answered attempts, for at most ${MAX_LATENCY_DAYS} days`),
  after: z.string().max(4096).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type UsageQuery = z.infer<typeof UsageQuery>;

/** A file holds every line and one period. */
export const UsageExportQuery = UsageQuery.omit({ after: true, limit: true, compare: true, latency: true });
export type UsageExportQuery = z.infer<typeof UsageExportQuery>;

const count = z.number().int();
const dimension = z.string().nullable().optional();
const Percentiles = z.object({ p50: count, p95: count });

/** One line of the report: the group-by values (null: none) and what was used. Money that is not known is null, never 0. */
export const UsageItem = z
  .object({
    org: dimension,
    group: dimension,
    user: dimension,
    token: dimension,
    key: dimension,
    owner: dimension,
    provider: dimension,
    model: dimension,
    endpoint: dimension,
    hour: dimension,
    day: dimension,
    week: dimension,
    month: dimension,
    tags: z.record(z.string(), z.string().nullable()).optional(),
    requests: count.describe('a request with several attempts counts once in each line it touches'),
    attempts: count,
    okAttempts: count,
    inputTokens: count,
    cachedTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    totalTokens: count,
    costUsd: z.string().nullable(),
    knownCostUsd: z.string(),
    chargedUsd: z.string(),
    estimatedRequests: count,
    unpricedRequests: count,
    latency: z.object({ firstByteMs: Percentiles.nullable(), totalMs: Percentiles.nullable() }).optional(),
  })
  .meta({ id: 'UsageItem' });
export type UsageItem = z.infer<typeof UsageItem>;

const lines = { items: z.array(UsageItem), next: z.string().nullable() };

export const UsageReport = z
  .object({
    from: Timestamp,
    to: Timestamp,
    groupBy: z.array(z.string()),
    source: z.enum(['rollups', 'events']).describe('rollups: from sums kept with the events. events: added up just now, which takes longer. The numbers are the same'),
    ...lines,
    previous: z.object({ from: Timestamp, to: Timestamp, ...lines }).optional(),
  })
  .meta({ id: 'UsageReport' });
export type UsageReport = z.infer<typeof UsageReport>;
