import { createHash } from 'node:crypto';
import type { Invoice } from './invoice.js';
import { renderCsv } from './render-csv.js';
import { renderJson } from './render-json.js';
import { renderPdf } from './render-pdf.js';

export const INVOICE_FORMATS = ['json', 'csv', 'pdf'] as const;
export type InvoiceFormat = (typeof INVOICE_FORMATS)[number];

export interface RenderedFile {
  format: InvoiceFormat;
  content: Buffer;
  sha256: string;
}

const RENDERERS: Readonly<Record<InvoiceFormat, (invoice: Invoice) => Buffer | Promise<Buffer>>> = { json: renderJson, csv: renderCsv, pdf: renderPdf };

/** The same invoice in the same format is the same bytes, always. */
export async function renderInvoice(invoice: Invoice, format: InvoiceFormat): Promise<RenderedFile> {
  const content = await RENDERERS[format](invoice);
  return { format, content, sha256: createHash('sha256').update(content).digest('hex') };
}
