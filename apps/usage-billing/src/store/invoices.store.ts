import type { Sql } from '@byok/platform';
import type { Invoice, InvoiceLine } from '../invoices/invoice.js';
import type { InvoiceFormat, RenderedFile } from '../invoices/render-invoice.js';
import { unnestRows, type BulkColumn } from './unnest.js';

export interface KeptInvoice {
  id: string;
  orgId: string;
  month: string;
  entity: string;
  number: string;
  closingNanoUsd: bigint;
  totalNanoUsd: bigint;
  finalisedAt: string;
}

interface Row {
  id: string;
  orgId: string;
  month: string;
  entity: string;
  number: string;
  closing: string;
  total: string;
  finalised_at: Date;
}

const INVOICE = `id, org_id AS "orgId", to_char(month, 'YYYY-MM') AS month, entity, number, closing_nano_usd AS closing, total_nano_usd AS total, finalised_at`;

const LINE_COLUMNS: readonly BulkColumn<InvoiceLine>[] = [
  ['line', 'int', (line) => line.line],
  ['section', 'text', (line) => line.section],
  ['item', 'text', (line) => line.item],
  ['label', 'text', (line) => line.label],
  ['provider', 'text', (line) => line.provider],
  ['model', 'text', (line) => line.model],
  ['markup_bps', 'int', (line) => line.markupBps],
  ['calls', 'bigint', (line) => line.calls.toString()],
  ['input_tokens', 'bigint', (line) => line.inputTokens.toString()],
  ['output_tokens', 'bigint', (line) => line.outputTokens.toString()],
  ['base_nano_usd', 'bigint', (line) => line.baseNanoUsd.toString()],
  ['markup_nano_usd', 'bigint', (line) => line.markupNanoUsd.toString()],
  ['exact_nano_usd', 'bigint', (line) => line.exactNanoUsd.toString()],
  ['amount_nano_usd', 'bigint', (line) => line.amountNanoUsd.toString()],
  ['unpriced_calls', 'bigint', (line) => line.unpricedCalls.toString()],
];

export async function findInvoice(db: Sql, orgId: string, month: string): Promise<KeptInvoice | undefined> {
  return invoiceOf(await db.query<Row>(`SELECT ${INVOICE} FROM billing.invoice WHERE org_id = $1 AND month = $2::date`, [orgId, `${month}-01`]));
}

/** The last month of an org that is closed. */
export async function findLastInvoice(db: Sql, orgId: string): Promise<KeptInvoice | undefined> {
  return invoiceOf(await db.query<Row>(`SELECT ${INVOICE} FROM billing.invoice WHERE org_id = $1 ORDER BY month DESC LIMIT 1`, [orgId]));
}

function invoiceOf([row]: readonly Row[]): KeptInvoice | undefined {
  if (!row) return undefined;
  const { closing, total, finalised_at, ...rest } = row;
  return { ...rest, closingNanoUsd: BigInt(closing), totalNanoUsd: BigInt(total), finalisedAt: finalised_at.toISOString() };
}

export async function findIssuer(db: Sql, entity: string): Promise<string> {
  const [row] = await db.query<{ name: string }>('SELECT name FROM billing.legal_entity WHERE id = $1', [entity]);
  return row!.name;
}

/** The next number of a series. Its row stays locked until the end of the transaction: a number is used, or was never taken. */
export async function takeNumber(tx: Sql, entity: string, series: 'invoice' | 'credit_note'): Promise<{ sequence: string; number: string }> {
  const [row] = await tx.query<{ last: string; prefix: string }>('UPDATE billing.document_counter SET last = last + 1 WHERE entity = $1 AND series = $2 RETURNING last, prefix', [entity, series]);
  return { sequence: row!.last, number: `${row!.prefix}${row!.last.padStart(6, '0')}` };
}

export async function insertInvoice(tx: Sql, invoice: Invoice & { id: string; number: string; finalisedAt: string }, facts: { entity: string; sequence: string; finalisedBy: string }): Promise<void> {
  await tx.query(
    `INSERT INTO billing.invoice (id, org_id, org_name, month, entity, sequence, number, opening_nano_usd, closing_nano_usd, charges_nano_usd, total_nano_usd, finalised_by, finalised_at)
     VALUES ($1, $2, $3, $4::date, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[invoice.id, invoice.org.id, invoice.org.name, `${invoice.month}-01`, facts.entity, facts.sequence, invoice.number],
      ...[invoice.openingNanoUsd, invoice.closingNanoUsd, invoice.chargesNanoUsd, invoice.totalNanoUsd].map(String),
      ...[facts.finalisedBy, invoice.finalisedAt],
    ],
  );
  const { from, parameters } = unnestRows(LINE_COLUMNS, invoice.lines);
  const names = LINE_COLUMNS.map(([name]) => name).join(', ');
  await tx.query(`INSERT INTO billing.invoice_line (${names}, invoice_id) SELECT row.*, $${LINE_COLUMNS.length + 1} FROM ${from}`, [...parameters, invoice.id]);
}

export async function insertFiles(tx: Sql, invoiceId: string, files: readonly RenderedFile[]): Promise<void> {
  for (const { format, content, sha256 } of files) await tx.query('INSERT INTO billing.invoice_file (invoice_id, format, content, sha256) VALUES ($1, $2, $3, $4)', [invoiceId, format, content, sha256]);
}

export async function findFile(db: Sql, invoiceId: string, format: InvoiceFormat): Promise<RenderedFile> {
  const [row] = await db.query<RenderedFile>('SELECT format, content, sha256 FROM billing.invoice_file WHERE invoice_id = $1 AND format = $2', [invoiceId, format]);
  return row!;
}

/** What stands behind a line of an invoice. */
export type LineKey = Pick<InvoiceLine, 'item' | 'provider' | 'model' | 'markupBps'>;

export async function findLine(db: Sql, invoiceId: string, line: number): Promise<LineKey | undefined> {
  const [row] = await db.query<LineKey>('SELECT item, provider, model, markup_bps AS "markupBps" FROM billing.invoice_line WHERE invoice_id = $1 AND line = $2', [invoiceId, line]);
  return row;
}

export interface DocumentRow {
  id: string;
  month: string;
  kind: 'invoice' | 'credit_note';
  number: string;
  total: string;
  closing: string | null;
  at: Date;
  files: Record<string, string> | null;
}

/** Invoices and credit notes of an org, newest first. */
export async function listDocuments(db: Sql, orgId: string, after: string, limit: number): Promise<DocumentRow[]> {
  return db.query<DocumentRow>(
    `SELECT * FROM (
       SELECT id, to_char(month, 'YYYY-MM') AS month, 'invoice' AS kind, number, total_nano_usd AS total, closing_nano_usd AS closing, finalised_at AS at,
              (SELECT jsonb_object_agg(format, sha256) FROM billing.invoice_file WHERE invoice_id = invoice.id) AS files
       FROM billing.invoice WHERE org_id = $1
       UNION ALL
       SELECT note.id, to_char(invoice.month, 'YYYY-MM'), 'credit_note', note.number, -note.amount_nano_usd, NULL, note.created_at, NULL
       FROM billing.credit_note AS note JOIN billing.invoice ON invoice.id = note.invoice_id WHERE note.org_id = $1) AS document
     WHERE $2 = '' OR id < $2 ORDER BY id DESC LIMIT $3`,
    [orgId, after, limit],
  );
}
