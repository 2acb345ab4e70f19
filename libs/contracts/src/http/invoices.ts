import { z } from 'zod';
import { AnyId, Line, Timestamp } from './wire.js';

const monthName = /^20\d{2}-(0[1-9]|1[0-2])/.source;
const Month = z.string().regex(new RegExp(`${monthName}$`));

export const InvoicePath = z.object({ org: AnyId, month: Month });
export type InvoicePath = z.infer<typeof InvoicePath>;

/** `2026-10`, or with the format that is wanted: `2026-10.json`, `.csv`, `.pdf`. */
export const InvoiceFilePath = z.object({ org: AnyId, month: z.string().regex(new RegExp(`${monthName}(\\.(json|csv|pdf))?$`)) });
export type InvoiceFilePath = z.infer<typeof InvoiceFilePath>;

export const InvoiceLinePath = z.object({ org: AnyId, month: Month, line: z.coerce.number().int().min(1).max(100_000) });
export type InvoiceLinePath = z.infer<typeof InvoiceLinePath>;

/** An invoice or a credit note. The document itself is at its month. */
export const InvoiceHead = z
  .object({
    id: z.string(),
    month: z.string(),
    kind: z.enum(['invoice', 'credit_note']),
    status: z.enum(['draft', 'final']),
    number: z.string(),
    totalUsd: z.string().describe('in cents; negative on a credit note'),
    closingBalanceUsd: z.string().nullable(),
    finalisedAt: Timestamp,
    sha256: z.record(z.string(), z.string()).describe('of the files that were sent out, by format'),
  })
  .meta({ id: 'InvoiceHead' });
export type InvoiceHead = z.infer<typeof InvoiceHead>;

/** What a line is made of: a call, or a journal that is no call. */
export const InvoiceLineEvent = z
  .object({
    id: z.string(),
    kind: z.enum(['usage', 'journal']),
    journal: z.string().nullable(),
    at: Timestamp,
    requestId: z.string().nullable(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    user: z.string().nullable(),
    group: z.string().nullable(),
    price: z.string().nullable(),
    markupPercent: z.string(),
    baseUsd: z.string(),
    markupUsd: z.string(),
    amountUsd: z.string(),
    note: z.string().nullable(),
  })
  .meta({ id: 'InvoiceLineEvent' });
export type InvoiceLineEvent = z.infer<typeof InvoiceLineEvent>;

export const CreateCreditNote = z
  .strictObject({
    amountUsd: z.string().regex(/^\d{1,9}(\.\d{1,2})?$/, 'must be decimal US dollars in cents, such as "12.50"'),
    reason: Line(500).min(1),
    reference: Line(64).min(1).describe('the same one again is answered with the same note'),
  })
  .meta({ id: 'CreateCreditNote' });
export type CreateCreditNote = z.infer<typeof CreateCreditNote>;

export const CreditNote = z
  .object({
    ...{ id: z.string(), number: z.string(), invoiceNumber: z.string(), month: z.string(), amountUsd: z.string() },
    ...{ reason: z.string(), reference: z.string(), journal: z.string(), createdAt: Timestamp },
  })
  .meta({ id: 'CreditNote' });
export type CreditNote = z.infer<typeof CreditNote>;
