import { z } from 'zod';
import { AnyId, Line, Timestamp } from './wire.js';

const names = z.record(z.string().max(256), z.string().min(1).max(256));

/** What a provider says its keys cost, as it exports it. */
export const ImportCostExport = z
  .strictObject({
    provider: Line(64).min(1),
    format: z.enum(['generic', 'openai', 'anthropic']).describe('generic: columns date, key, model, amount'),
    csv: z.string().min(1).max(1_000_000),
    keys: names.optional().describe('what the export calls a key → the id of the key here'),
    models: names.optional().describe('what the export calls a model → its name here'),
  })
  .meta({ id: 'ImportCostExport' });
export type ImportCostExport = z.infer<typeof ImportCostExport>;

export const Reconciliation = z
  .object({
    ...{ id: z.string(), provider: z.string(), format: z.string(), from: z.string(), to: z.string(), rows: z.number().int() },
    ...{ theirsUsd: z.string(), createdAt: Timestamp, createdBy: z.string() },
  })
  .meta({ id: 'Reconciliation' });
export type Reconciliation = z.infer<typeof Reconciliation>;

export const ReconciliationPath = z.object({ reconciliation: AnyId });
export type ReconciliationPath = z.infer<typeof ReconciliationPath>;

export const ReconciliationQuery = z.strictObject({
  by: z.string().max(32).optional().describe('comma separated: day, key, model; all of them unless told'),
  after: z.string().max(1024).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type ReconciliationQuery = z.infer<typeof ReconciliationQuery>;

export const ReconciliationReport = z
  .object({
    ...Reconciliation.shape,
    oursUsd: z.string(),
    differenceUsd: z.string().describe('theirs less ours'),
    items: z.array(
      z.object({
        day: z.string().nullable(),
        key: z.string().nullable(),
        model: z.string().nullable(),
        oursUsd: z.string(),
        theirsUsd: z.string(),
        differenceUsd: z.string(),
        unpricedEvents: z.number().int().describe('calls without a price here: they are in none of our sums'),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'ReconciliationReport' });
export type ReconciliationReport = z.infer<typeof ReconciliationReport>;

export const PostAdjustment = z
  .strictObject({
    org: AnyId,
    amountUsd: z.string().regex(/^-?\d{1,9}(\.\d{1,9})?$/, 'must be decimal US dollars, such as "12.50"').describe('more than was charged; negative: goes back to the wallet'),
    reason: Line(500).min(1),
    reference: Line(64).min(1).describe('the same one again is the same journal'),
  })
  .meta({ id: 'PostAdjustment' });
export type PostAdjustment = z.infer<typeof PostAdjustment>;

export const Adjustment = z.object({ id: z.string().describe('of the journal'), org: z.string(), amountUsd: z.string(), reference: z.string(), createdAt: Timestamp }).meta({ id: 'Adjustment' });
export type Adjustment = z.infer<typeof Adjustment>;
