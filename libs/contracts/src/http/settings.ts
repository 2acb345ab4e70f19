import { z } from 'zod';
import { GroupRouting, OrgRouting, Preferences } from './routing.js';
import { Line } from './wire.js';

const upTo = z.int().min(1).max(1_000_000_000);

/** What a token, a user, a group or an org may use at most; absent: no limit of its own. */
export const RateLimits = z
  .strictObject({
    requestsPerMinute: upTo.optional(),
    tokensPerMinute: upTo.optional(),
    concurrent: upTo.optional().describe('calls running at the same time'),
  })
  .meta({ id: 'RateLimits' });
export type RateLimits = z.infer<typeof RateLimits>;

const TagName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/);

/** Names and values by which spending is told apart, such as a project or a cost centre. */
export const Tags = z.record(TagName, Line(64).min(1)).refine((tags) => Object.keys(tags).length <= 8, 'at most 8 tags');
export type Tags = z.infer<typeof Tags>;

/** Whether an org's repeated requests are answered from memory. */
export const CacheSettings = z
  .strictObject({
    enabled: z.boolean(),
    ttlSeconds: z.int().min(1).max(86_400).default(300),
    maxBytes: z.int().min(1_024).max(268_435_456).default(16_777_216).describe('of answers kept at the same time, per gateway'),
  })
  .meta({ id: 'CacheSettings' });
export type CacheSettings = z.infer<typeof CacheSettings>;

/** How much of a busy shared key is somebody's, against others' 1. */
export const ShareWeight = z.strictObject({ weight: z.int().min(1).max(100) }).meta({ id: 'ShareWeight' });
export type ShareWeight = z.infer<typeof ShareWeight>;

/** A body of its own, so that more can stand beside it. */
export const TagSettings = z.strictObject({ tags: Tags }).meta({ id: 'TagSettings' });
export type TagSettings = z.infer<typeof TagSettings>;

export const OrgTagSettings = z
  .strictObject({ tags: Tags, callerTags: z.array(TagName).max(8).describe('tags whose values callers choose themselves, in x-byok-tags') })
  .meta({ id: 'OrgTagSettings' });
export type OrgTagSettings = z.infer<typeof OrgTagSettings>;

/** What was set for a token, a user, a group or an org. The nearer to the caller may only narrow what stands further away. */
export const Settings = z.looseObject({
  limits: RateLimits.optional(),
  tags: Tags.optional(),
  /** Of an org or a group. */
  routing: OrgRouting.extend({ platformCredits: GroupRouting.shape.platformCredits }).optional(),
  /** Of a user, or of an org for everybody who has chosen nothing else. */
  preferences: Preferences.optional(),
  /** Of an org: limits of single keys, by their id. */
  keyLimits: z.record(z.string(), RateLimits).optional(),
  /** Of an org: the tags whose values callers choose themselves, in `x-byok-tags`. */
  callerTags: z.array(TagName).max(8).optional(),
  /** Of an org. */
  cache: CacheSettings.optional(),
  /** Of a user, or of a service's token: how much of a busy shared key is theirs, against others' 1. */
  shareWeight: ShareWeight.shape.weight.optional(),
});
export type Settings = z.infer<typeof Settings>;

/** What a hard budget is for. `scopeId` is an id, a provider, a model, or `name=value` of a tag. */
export const BudgetScope = z.enum(['org', 'group', 'user', 'token', 'key', 'provider', 'model', 'tag']);
export type BudgetScope = z.infer<typeof BudgetScope>;
