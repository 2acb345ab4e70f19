import { isTimeZone, PERIODS } from '@byok/kernel';
import { z } from 'zod';
import { BudgetScope } from './settings.js';
import { AnyId, Line, PageQuery, Timestamp } from './wire.js';

/** An amount that may be spent: decimal US dollars, zero or more. */
export const Amount = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be decimal US dollars, such as "12.50"');

const Period = z.enum(PERIODS).describe('day, week (from Monday), month, or total: for ever');
const TimeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA time zone, such as "Europe/Berlin"');
const Thresholds = z
  .array(z.int().min(1).max(1_000))
  .max(10)
  .transform((percents) => [...new Set(percents)].sort((one, other) => one - other))
  .describe('percent of the amount; each is told once per window');

/** Hard: the call that would go over is refused. Soft: somebody is told. Shadow: a hard one on trial, which refuses nothing and says what it would have refused. */
const fields = {
  name: Line(120).min(1),
  amountUsd: Amount,
  period: Period,
  timeZone: TimeZone,
  hard: z.boolean(),
  shadow: z.boolean(),
  includesOwnKeys: z.boolean().describe('whether spending on keys of the org’s own counts, at list price'),
  thresholds: Thresholds,
};

export const CreateBudget = z
  .strictObject({
    ...fields,
    scope: BudgetScope.default('org'),
    scopeId: Line(300).min(1).optional().describe('the id of the group, user, token or key; the provider; the model; name=value of a tag; not for the org'),
    timeZone: TimeZone.default('UTC'),
    hard: fields.hard.default(false),
    shadow: fields.shadow.default(false),
    includesOwnKeys: fields.includesOwnKeys.default(false),
    thresholds: Thresholds.default([50, 80, 100]),
  })
  .refine(({ scope, scopeId }) => (scope === 'org') === (scopeId === undefined), { path: ['scopeId'], message: 'is needed for every scope but org' })
  .meta({ id: 'CreateBudget' });
export type CreateBudget = z.infer<typeof CreateBudget>;

export const UpdateBudget = z
  .strictObject({ ...fields, status: z.enum(['active', 'paused']) })
  .partial()
  .meta({ id: 'UpdateBudget' });
export type UpdateBudget = z.infer<typeof UpdateBudget>;

export const Budget = z
  .object({
    id: z.string(),
    ...fields,
    scope: BudgetScope,
    scopeId: z.string(),
    thresholds: z.array(z.int()),
    timeZone: z.string(),
    status: z.enum(['active', 'paused']),
    windowStart: Timestamp,
    resetsAt: Timestamp.nullable().describe('when the next window begins; null: never'),
    spentUsd: z.string(),
    heldUsd: z.string().describe('reserved for calls that are running'),
    remainingUsd: z.string().describe('below zero when a soft budget is overspent'),
    wouldRefuse: z.int().describe('calls in this window that a budget in shadow would have refused'),
    createdBy: z.string(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Budget' });
export type Budget = z.infer<typeof Budget>;

export const BudgetPath = z.object({ budget: AnyId });
export type BudgetPath = z.infer<typeof BudgetPath>;
export const BudgetQuery = PageQuery;
export type BudgetQuery = z.infer<typeof BudgetQuery>;
