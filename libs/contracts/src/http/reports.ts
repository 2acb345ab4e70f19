import { z } from 'zod';
import { Tier } from './orgs.js';
import { MAX_LATENCY_DAYS, ReportScope } from './usage.js';
import { AnyId, Line, Timestamp } from './wire.js';

const count = z.number().int();
const usd = z.string().describe('decimal US dollars');
const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, such as 2026-11');
const TAG = /^tag:[a-z][a-z0-9_-]{0,31}$/;
const CostCentreBy = z.union([z.literal('group'), z.string().regex(TAG, 'must be group or tag:<name>')]);
const ModelName = z
  .string()
  .max(330)
  .regex(/^[^/\s]{1,64}\/[^\p{Cc}]+$/u, 'must be written provider/model')
  .describe('provider/model');

// --- How shared keys are divided between cost centres

const percent = z.string().regex(/^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)$/, 'must be a percentage with at most two places, such as "33.34"');
const inHundredths = (text: string): number => Math.round(Number(text) * 100);

export const ChargebackRule = z
  .discriminatedUnion('split', [
    z.strictObject({
      key: AnyId,
      split: z.literal('usage'),
      measure: z.enum(['cost', 'tokens']).default('cost'),
      spreadUntagged: z.boolean().default(false).describe('whether what bears no cost centre is divided among those that are named, in the same proportion'),
    }),
    z.strictObject({
      key: AnyId,
      split: z.literal('fixed'),
      shares: z
        .array(z.strictObject({ costCentre: Line(256).min(1), percent }))
        .min(1)
        .max(100)
        .refine((shares) => shares.reduce((sum, share) => sum + inHundredths(share.percent), 0) === 10_000, 'must sum to 100 percent'),
    }),
  ])
  .meta({ id: 'ChargebackRule' });
export type ChargebackRule = z.infer<typeof ChargebackRule>;

/** A key without a rule is borne by who used it. */
export const SetChargeback = z
  .strictObject({
    costCentre: CostCentreBy.describe('what a cost centre is: a group, or a value of a tag'),
    rules: z
      .array(ChargebackRule)
      .max(200)
      .refine((rules) => new Set(rules.map((rule) => rule.key)).size === rules.length, 'at most one rule per key'),
  })
  .meta({ id: 'SetChargeback' });
export type SetChargeback = z.infer<typeof SetChargeback>;

export const Chargeback = z.object({ costCentre: z.string(), rules: z.array(ChargebackRule) }).meta({ id: 'Chargeback' });
export type Chargeback = z.infer<typeof Chargeback>;

// --- Statement

export const StatementQuery = ReportScope.omit({ from: true, to: true }).extend({
  month: Month.optional().describe('the current one unless told'),
  costCentre: CostCentreBy.optional().describe('group or tag:<name>; otherwise as the chargeback says'),
});
export type StatementQuery = z.infer<typeof StatementQuery>;

const statementKey = z.object({
  key: z.string(),
  owner: z.string(),
  ownerId: z.string(),
  provider: z.string(),
  attempts: count,
  totalTokens: count,
  costUsd: usd.nullable().describe('at list price; null: not all of it has a price'),
  knownCostUsd: usd,
  unpricedAttempts: count,
});

/** Of a month: what providers will bill for keys of one's own, about, and what is billed here for platform credits. */
export const Statement = z
  .object({
    month: z.string(),
    from: Timestamp,
    to: Timestamp,
    providersBill: z.object({ aboutUsd: usd.nullable(), knownUsd: usd, unpricedAttempts: count, keys: z.array(statementKey) }),
    weBill: z.object({
      usd: usd.describe('base and markup, less what was waived'),
      baseUsd: usd,
      markupUsd: usd,
      waivedUsd: usd.describe('what a call cost beyond what was reserved for it and was left in the balance'),
      pendingAttempts: count.describe('on platform credits and not charged yet, because they have no price'),
      models: z.array(z.object({ provider: z.string(), model: z.string(), attempts: count, totalTokens: count, listUsd: usd, chargedUsd: usd })),
    }),
    costCentre: z.string(),
    costCentres: z.array(
      z.object({
        costCentre: z.string().nullable().describe('null: what bears none'),
        providersBillUsd: usd,
        weBillUsd: usd,
        usedUsd: usd.describe('what it used itself, before shared keys are divided'),
        totalUsd: usd,
      }),
    ),
  })
  .meta({ id: 'Statement' });
export type Statement = z.infer<typeof Statement>;

// --- Savings

export const SavingsQuery = ReportScope.extend({ baseline: ModelName.optional().describe('the baseline of the policy of the organisation, unless told') });
export type SavingsQuery = z.infer<typeof SavingsQuery>;

export const Savings = z
  .object({
    from: Timestamp,
    to: Timestamp,
    baseline: z.object({ provider: z.string(), model: z.string(), priceId: z.string() }),
    tier: Tier,
    steps: z.array(z.object({ step: z.enum(['baseline', 'routing', 'cache', 'markup', 'own-keys']), usd })),
    actualUsd: usd,
    savedUsd: usd,
    savedPercent: z.string().nullable(),
    attempts: count,
    leftOutAttempts: count.describe('without a price, or with tokens that the baseline has no price for: in no number above'),
    note: z.string(),
  })
  .meta({ id: 'Savings' });
export type Savings = z.infer<typeof Savings>;

// --- Forecast

export const ForecastQuery = ReportScope.omit({ from: true, to: true }).extend({
  of: z.enum(['cost', 'charged']).default('cost').describe('cost: everything at list price. charged: platform credits'),
  days: z.coerce.number().int().min(1).max(92).optional().describe('from today on; to the end of the month unless told'),
});
export type ForecastQuery = z.infer<typeof ForecastQuery>;

const estimate = { usd, lowUsd: usd, highUsd: usd };

export const Forecast = z
  .object({
    of: z.enum(['cost', 'charged']),
    method: z.enum(['weekday-mean', 'seasonal-naive', 'holt-winters', 'run-rate']).describe('run-rate: too little history to tell weekdays apart'),
    historyDays: count,
    backtest: z.array(z.object({ method: z.string(), errorPercent: z.string() })),
    days: z.array(z.object({ day: z.string(), ...estimate })),
    total: z.object(estimate),
    month: z.object({ month: z.string(), soFarUsd: usd, ...estimate }).nullable().describe('so far and the days to come; null when those do not end with the month'),
  })
  .meta({ id: 'Forecast' });
export type Forecast = z.infer<typeof Forecast>;

// --- Providers

export const ProvidersQuery = ReportScope.extend({ by: z.enum(['provider', 'model']).default('provider'), model: z.string().max(256).optional() });
export type ProvidersQuery = z.infer<typeof ProvidersQuery>;

const Percentiles = z.object({ p50: count, p95: count });

export const ProviderComparison = z
  .object({
    from: Timestamp,
    to: Timestamp,
    items: z.array(
      z.object({
        provider: z.string(),
        model: z.string().nullable(),
        attempts: count,
        answered: count,
        failed: count.describe('refused or cut by the provider; what the caller left is in neither'),
        successPercent: z.string().nullable(),
        firstByteMs: Percentiles.nullable(),
        totalMs: Percentiles.nullable(),
        totalTokens: count,
        knownCostUsd: usd,
        costPer1kTokensUsd: usd.nullable().describe('of what has a price; null: nothing has'),
      }),
    ),
  })
  .describe(`for at most ${MAX_LATENCY_DAYS} days`)
  .meta({ id: 'ProviderComparison' });
export type ProviderComparison = z.infer<typeof ProviderComparison>;

// --- A key

export const KeyStatsQuery = ReportScope.pick({ from: true, to: true });
export type KeyStatsQuery = z.infer<typeof KeyStatsQuery>;

const keyUse = { requests: count, totalTokens: count, costUsd: usd.nullable().describe('at list price; null: not all of it has a price'), knownCostUsd: usd };

export const KeyStats = z
  .object({
    key: z.string(),
    from: Timestamp,
    to: Timestamp,
    ...keyUse,
    inputTokens: count,
    outputTokens: count,
    days: z.array(z.object({ day: z.string(), ...keyUse })),
    models: z.array(z.object({ model: z.string(), ...keyUse })).describe('the most used first'),
  })
  .meta({ id: 'KeyStats' });
export type KeyStats = z.infer<typeof KeyStats>;

// --- Calculator

const tokens = z.int().min(0).max(1_000_000_000_000);

export const Calculate = z
  .strictObject({
    tokens: z
      .strictObject({ input: tokens, cachedInput: tokens.default(0), output: tokens, requests: z.int().min(1).max(10_000_000_000).default(1) })
      .optional()
      .describe('cachedInput is a part of input'),
    history: ReportScope.optional().describe('what was used in a period, instead of tokens'),
    models: z.array(ModelName).max(20).default([]).describe('to compare, at list price'),
    blended: z
      .strictObject({ tokens, usdPerMillionTokens: z.string().regex(/^\d{1,9}(\.\d{1,9})?$/) })
      .optional()
      .describe('so many tokens at one price'),
  })
  .refine((body) => body.models.length === 0 || (body.tokens === undefined) !== (body.history === undefined), { message: 'models need tokens or a history, one of them', path: ['tokens'] })
  .refine((body) => body.models.length > 0 || body.blended !== undefined, { message: 'name models, or give a blended price', path: ['models'] })
  .refine((body) => (body.tokens?.cachedInput ?? 0) <= (body.tokens?.input ?? 0), { message: 'is a part of input', path: ['tokens', 'cachedInput'] })
  .meta({ id: 'Calculate' });
export type Calculate = z.infer<typeof Calculate>;

export const Calculation = z
  .object({
    tokens: z.object({ input: count, cachedInput: count, output: count, requests: count }).nullable(),
    items: z.array(
      z.object({
        name: z.string().describe('provider/model, or blended'),
        priceId: z.string().nullable(),
        listUsd: usd.nullable().describe('what it costs on a key of one’s own; null: nobody told us the price'),
        tiers: z.array(z.object({ tier: Tier, markupUsd: usd.describe('what a key of one’s own saves'), totalUsd: usd })),
      }),
    ),
  })
  .meta({ id: 'Calculation' });
export type Calculation = z.infer<typeof Calculation>;
