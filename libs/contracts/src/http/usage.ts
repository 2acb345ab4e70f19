import { z } from 'zod';
import { OWNERS } from '@byok/kernel';
import { AnyId, Timestamp } from './wire.js';

export const USAGE_DIMENSIONS = ['org', 'group', 'user', 'token', 'key', 'owner', 'provider', 'model', 'day'] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

/** A time: RFC 3339, or a date, which means its first instant in UTC. */
const Moment = z.union([Timestamp, z.iso.date()]);

/** `from` is inclusive, `to` exclusive; together they default to the current month (UTC). */
export const UsageQuery = z.strictObject({
  from: Moment.optional(),
  to: Moment.optional(),
  groupBy: z.string().max(128).optional().describe(`comma separated: ${USAGE_DIMENSIONS.join(', ')}`),
  org: AnyId.optional().describe('another org, or "all": platform operator only'),
  group: AnyId.optional(),
  user: AnyId.optional(),
  token: AnyId.optional(),
  key: AnyId.optional(),
  owner: z.enum(OWNERS).optional(),
  provider: z.string().max(64).optional(),
  model: z.string().max(256).optional(),
  after: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type UsageQuery = z.infer<typeof UsageQuery>;

const count = z.number().int();
const dimension = z.string().nullable().optional();

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
    day: dimension,
    requests: count,
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
  })
  .meta({ id: 'UsageItem' });
export type UsageItem = z.infer<typeof UsageItem>;

export const UsageReport = z
  .object({ from: Timestamp, to: Timestamp, groupBy: z.array(z.enum(USAGE_DIMENSIONS)), items: z.array(UsageItem), next: z.string().nullable() })
  .meta({ id: 'UsageReport' });
export type UsageReport = z.infer<typeof UsageReport>;
