import type { InvoiceFileMessage } from '@byok/contracts';
import type { Database } from '@byok/platform';
import { z } from 'zod';
import { findFile, findInvoice } from '../store/invoices.store.js';
import { parse } from '../wire/parse.js';
import { databaseTime } from './finalise-invoice.js';
import { frameOpenMonth, makeInvoice } from './make-invoice.js';
import { allowLongSums, monthOf } from './month.js';
import { INVOICE_FORMATS, renderInvoice } from './render-invoice.js';

const Message = z.object({ orgId: z.string().min(1).max(64), orgName: z.string().min(1).max(200), month: z.string(), format: z.enum(INVOICE_FORMATS) });

/** The invoice of a month as a file: as it was sent out, or, as long as the month is open, a draft of what the ledger says now. */
export async function getInvoice(deps: { db: Database }, message: unknown): Promise<InvoiceFileMessage> {
  const { orgId, orgName, month: name, format } = parse(Message, message);
  const month = monthOf(name);
  return deps.db.transaction(async (tx) => {
    // One moment for every figure of a draft.
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await allowLongSums(tx);
    const kept = await findInvoice(tx, orgId, month.name);
    if (kept) {
      const { content, sha256 } = await findFile(tx, kept.id, format);
      return { content, sha256, fileName: `${kept.number}.${format}`, status: 'final' };
    }
    const frame = await frameOpenMonth(tx, orgId, month, await databaseTime(tx));
    const { content, sha256 } = await renderInvoice(await makeInvoice(tx, { orgId, orgName }, month, frame), format);
    return { content, sha256, fileName: `draft-${month.name}.${format}`, status: 'draft' };
  });
}
