import { z } from 'zod';
import { AnyId, Line, Timestamp } from './wire.js';

/** What is priced by the token. */
export const PRICED_METERS = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'reasoning', 'audioIn', 'audioOut'] as const;

const Rate = z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'a decimal of USD per million tokens with at most six places');

export const PriceRates = z.partialRecord(z.enum(PRICED_METERS), Rate).meta({ id: 'PriceRates' });
export type PriceRates = z.infer<typeof PriceRates>;

const someRates = PriceRates.refine((rates) => Object.keys(rates).length > 0, 'at least one rate');
const PriceTier = z.strictObject({ aboveInputTokens: z.int().min(1).max(1_000_000_000), rates: someRates });
const lineOf = (max: number) => Line(max).min(1);

/** One price as it is told: in USD per million tokens. */
const entry = {
  provider: lineOf(64),
  model: lineOf(256).describe('the name as the provider has it; a * at its end stands for any rest'),
  rates: someRates,
  tiers: z.array(PriceTier).max(8).optional().describe('rates of a whole request whose input is larger than that'),
  requestUsd: z.string().regex(/^\d{1,6}(\.\d{1,9})?$/).optional().describe('on top of the tokens, for each request'),
  effectiveFrom: Timestamp.optional().describe('now unless told; in the past it counts for usage that is yet to come in, and for a re-rating'),
  effectiveTo: Timestamp.optional(),
};

/** A price that goes before what was imported. `rates: null` takes it back from now on. */
export const PutPrice = z
  .strictObject({ ...entry, rates: entry.rates.nullable(), source: lineOf(200).describe('where the price stands: a contract, a page, a decision') })
  .meta({ id: 'PutPrice' });
export type PutPrice = z.infer<typeof PutPrice>;

/** A reviewed list of prices. Imported again under the same source it takes the place of the list before. */
export const PriceFile = z
  .strictObject({ source: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/), prices: z.array(z.strictObject(entry)).min(1).max(5_000) })
  .meta({ id: 'PriceFile' });
export type PriceFile = z.infer<typeof PriceFile>;

export const ImportPrices = z
  .strictObject({ file: PriceFile.optional().describe('without one: the prices that come with the product'), dryRun: z.boolean().default(false) })
  .meta({ id: 'ImportPrices' });
export type ImportPrices = z.infer<typeof ImportPrices>;

const shownRates = z.record(z.string(), z.string());

export const PriceImport = z
  .object({
    source: z.string(),
    checksum: z.string(),
    dryRun: z.boolean(),
    isKnown: z.boolean().describe('the very same data was imported before: nothing changes'),
    prices: z.number().int(),
    added: z.number().int(),
    withdrawn: z.number().int(),
    changes: z
      .array(z.object({ change: z.enum(['added', 'withdrawn', 'changed']), provider: z.string(), model: z.string(), before: shownRates.nullable(), after: shownRates.nullable() }))
      .describe('at most 500 of them'),
  })
  .meta({ id: 'PriceImport' });
export type PriceImport = z.infer<typeof PriceImport>;

/** A price as it counts. */
export const Price = z
  .object({
    id: z.string(),
    layer: z.enum(['contract', 'override', 'imported']).describe('in this order the first that knows the model counts'),
    org: z.string().nullable(),
    provider: z.string(),
    model: z.string(),
    rates: shownRates.describe('USD per million tokens'),
    tiers: z.array(z.object({ aboveInputTokens: z.number().int(), rates: shownRates })),
    requestUsd: z.string(),
    effectiveFrom: Timestamp.nullable(),
    effectiveTo: Timestamp.nullable(),
    source: z.string(),
    checksum: z.string(),
  })
  .meta({ id: 'Price' });
export type Price = z.infer<typeof Price>;

export const PriceQuery = z.strictObject({
  provider: z.string().max(64).optional(),
  model: z.string().max(256).optional().describe('a model’s name: every price that covers it, the one that counts first'),
  org: AnyId.optional().describe('another org’s contract prices: platform operator only'),
  at: Timestamp.optional().describe('in force then; now unless told'),
  after: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PriceQuery = z.infer<typeof PriceQuery>;

/** Charges what is in the ledger by the prices of today’s table. */
export const Rerate = z.strictObject({ from: Timestamp, to: Timestamp, dryRun: z.boolean().default(true) }).meta({ id: 'Rerate' });
export type Rerate = z.infer<typeof Rerate>;

const RerateLine = z.object({ provider: z.string(), model: z.string(), events: z.number().int(), chargedUsd: z.string(), rightUsd: z.string(), adjustmentUsd: z.string() });

export const Rerating = z
  .object({
    from: Timestamp,
    to: Timestamp,
    dryRun: z.boolean(),
    events: z.number().int().describe('looked at'),
    changed: z.number().int(),
    unpriced: z.number().int().describe('without a price today: left as they are'),
    adjustmentUsd: z.string().describe('more than was charged; negative: goes back to the wallet'),
    journals: z.array(z.string()),
    lines: z.array(RerateLine),
  })
  .meta({ id: 'Rerating' });
export type Rerating = z.infer<typeof Rerating>;
