import type { InvoiceHeadMessage } from '@byok/contracts';
import { AppError, newId } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';
import { z } from 'zod';
import { findInvoice, findLastInvoice, insertFiles, insertInvoice, takeNumber } from '../store/invoices.store.js';
import { journalsOfInvoice, takeJournals } from '../store/journal-sets.store.js';
import { parse } from '../wire/parse.js';
import { findHead } from './list-invoices.js';
import { assertReconciled, ENTITY, frameMonth, makeInvoice } from './make-invoice.js';
import { allowLongSums, monthOf, type Month } from './month.js';
import { INVOICE_FORMATS, renderInvoice } from './render-invoice.js';

const Message = z.object({ orgId: z.string().min(1).max(64), orgName: z.string().min(1).max(200), month: z.string(), actor: z.string().min(1).max(64) });
type Message = z.infer<typeof Message>;

/**
 * Closes a month, once and for good: lines, files and number are written in one transaction, or nothing is. Asked again, or by
 * several at once, the answer is the one invoice. What arrives later is on the next one.
 */
export async function finaliseInvoice(deps: { db: Database }, message: unknown): Promise<InvoiceHeadMessage> {
  const asked = parse(Message, message);
  const month = monthOf(asked.month);
  await deps.db.transaction(async (tx) => {
    await allowLongSums(tx);
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 8))', [`invoice/${asked.orgId}`]);
    if (!(await findInvoice(tx, asked.orgId, month.name))) await closeMonth(tx, asked, month);
  });
  return findHead(deps.db, asked.orgId, month.name);
}

async function closeMonth(tx: Sql, { orgId, orgName, actor }: Message, month: Month): Promise<void> {
  const now = await databaseTime(tx);
  if (now.getTime() < Date.parse(month.end)) throw new AppError('conflict', 'That month is not over yet.', { details: { endsAt: month.end } });
  const last = await findLastInvoice(tx, orgId);
  if (last && last.month > month.name) throw new AppError('conflict', `A later month is final: ${last.month}. What is still open is on the next invoice.`, { details: { month: last.month } });
  const frame = await frameMonth(tx, orgId, month, last);
  if (frame.openBefore !== null) throw new AppError('conflict', `Finalise ${frame.openBefore} first.`, { details: { month: frame.openBefore } });

  const id = newId('invoice');
  await takeJournals(tx, frame.set, id);
  const set = journalsOfInvoice(id);
  const draft = await makeInvoice(tx, { orgId, orgName }, month, { openingNanoUsd: frame.openingNanoUsd, set });
  await assertReconciled(tx, draft, set);
  // From here on every other close waits: the number is the last thing that is needed.
  const { sequence, number } = await takeNumber(tx, ENTITY, 'invoice');
  const invoice = { ...draft, id, number, finalisedAt: now.toISOString() };
  await insertInvoice(tx, invoice, { entity: ENTITY, sequence, finalisedBy: actor });
  await insertFiles(tx, id, await Promise.all(INVOICE_FORMATS.map((format) => renderInvoice(invoice, format))));
}

export async function databaseTime(db: Sql): Promise<Date> {
  const [row] = await db.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return row!.now;
}
