import type { InvoiceHeadMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { findInvoice, listDocuments, type DocumentRow } from '../store/invoices.store.js';
import { parse } from '../wire/parse.js';

const Message = z.object({ orgId: z.string().min(1).max(64), after: z.string().max(64), limit: z.number().int().min(1).max(200) });

/** Invoices and credit notes of an org, newest first. Drafts are not among them: they are asked for by their month. */
export async function listInvoices(deps: { db: Sql }, message: unknown): Promise<{ items: InvoiceHeadMessage[]; next: string }> {
  const { orgId, after, limit } = parse(Message, message);
  const rows = await listDocuments(deps.db, orgId, after, limit + 1);
  const page = rows.slice(0, limit);
  return { items: page.map(headOf), next: rows.length > limit ? page.at(-1)!.id : '' };
}

/** The invoice of a month that is closed. */
export async function findHead(db: Sql, orgId: string, month: string): Promise<InvoiceHeadMessage> {
  const invoice = await findInvoice(db, orgId, month);
  const rows = await db.query<{ files: Record<string, string> }>('SELECT jsonb_object_agg(format, sha256) AS files FROM billing.invoice_file WHERE invoice_id = $1', [invoice!.id]);
  const { id, number, totalNanoUsd, closingNanoUsd, finalisedAt } = invoice!;
  return headOf({ id, number, month, kind: 'invoice', total: totalNanoUsd.toString(), closing: closingNanoUsd.toString(), at: new Date(finalisedAt), files: rows[0]!.files });
}

function headOf({ id, month, kind, number, total, closing, at, files }: DocumentRow): InvoiceHeadMessage {
  const closingBalanceUsd = closing === null ? '' : formatUsd(BigInt(closing));
  return { id, month, kind, status: 'final', number, totalUsd: formatUsd(BigInt(total)), closingBalanceUsd, finalisedAt: at.toISOString(), sha256: files ?? {} };
}
