import type { CreditNoteMessage } from '@byok/contracts';
import { AppError, formatUsd, newId, parseUsd } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';
import { z } from 'zod';
import { inCents } from '../invoices/invoice.js';
import { monthOf } from '../invoices/month.js';
import { findCreditNote, insertCreditNote, sumCreditNotes } from '../store/credit-notes.store.js';
import { findInvoice, takeNumber } from '../store/invoices.store.js';
import { parse } from '../wire/parse.js';
import { bookAdjustment } from './book-adjustment.js';

const Message = z.object({
  ...{ orgId: z.string().min(1).max(64), month: z.string(), amountUsd: z.string(), actor: z.string().min(1).max(64) },
  ...{ reason: z.string().min(1).max(500), reference: z.string().min(1).max(64) },
});
type Message = z.infer<typeof Message>;

/**
 * Takes a final invoice back, in part or whole: a document with a number of its own, and the money back in the wallet. The invoice
 * stays as it is. Never more than was invoiced; asked again with the same reference, the same note is the answer.
 */
export async function createCreditNote(deps: { db: Database }, message: unknown): Promise<CreditNoteMessage> {
  const asked = parse(Message, message);
  const month = monthOf(asked.month).name;
  const amountNanoUsd = amountOf(asked);
  return deps.db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 8))', [`invoice/${asked.orgId}`]);
    const invoice = await findInvoice(tx, asked.orgId, month);
    if (!invoice) throw new AppError('not_found', 'That month has no final invoice.');
    const known = await findCreditNote(tx, invoice.id, asked.reference);
    if (known && known.amountNanoUsd !== amountNanoUsd) throw new AppError('conflict', 'There is another credit note with this reference.', { details: { number: known.number } });
    if (!known) await write(tx, asked, invoice, amountNanoUsd);
    const { amountNanoUsd: amount, createdAt, ...note } = (await findCreditNote(tx, invoice.id, asked.reference))!;
    return { ...note, month, invoiceNumber: invoice.number, amountUsd: formatUsd(amount), createdAt: createdAt.toISOString() };
  });
}

function amountOf({ amountUsd }: Message): bigint {
  const amount = /^\d{1,9}(\.\d{1,2})?$/.test(amountUsd) ? parseUsd(amountUsd) : 0n;
  if (amount <= 0n || inCents(amount) !== amount) throw new AppError('invalid_request', 'The amount is in cents and more than nothing, such as "12.50".', { details: { fields: ['amountUsd'] } });
  return amount;
}

async function write(tx: Sql, asked: Message, invoice: { id: string; entity: string; number: string; totalNanoUsd: bigint }, amountNanoUsd: bigint): Promise<void> {
  const left = invoice.totalNanoUsd - (await sumCreditNotes(tx, invoice.id));
  if (amountNanoUsd > left) throw new AppError('conflict', 'That is more than is left of the invoice.', { details: { leftUsd: formatUsd(left) } });
  const { orgId, reason, reference, actor } = asked;
  const id = newId('invoice');
  const booking = { counterpart: 'refunds', cause: 'credit_note', idemKey: `credit_note:${invoice.id}:${reference}`, note: reason, ref: { invoice: invoice.number, creditNote: id }, actor } as const;
  const journalId = await bookAdjustment(tx, { orgId, amountNanoUsd, ...booking });
  const { sequence, number } = await takeNumber(tx, invoice.entity, 'credit_note');
  await insertCreditNote(tx, { id, orgId, invoiceId: invoice.id, entity: invoice.entity, sequence, number, amountNanoUsd, reason, reference, journalId, createdBy: actor });
}
