import { AppError, formatUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { sumWallet } from '../store/invoice-facts.store.js';
import { findIssuer, findLastInvoice, type KeptInvoice } from '../store/invoices.store.js';
import { findMismatches, firstOpenJournal, openJournals, walletBefore, type JournalSet } from '../store/journal-sets.store.js';
import { gatherLines } from './gather-lines.js';
import { totalsOf, type Invoice } from './invoice.js';
import { monthNameOf, monthOf, type Month } from './month.js';

/** Who writes the invoices of every org. */
export const ENTITY = 'platform';

export interface InvoiceOf {
  orgId: string;
  orgName: string;
}

/** Where a month begins: what the wallet had, and which journals are in it. */
export interface MonthFrame {
  openingNanoUsd: bigint;
  set: JournalSet;
  /** A month before this one that has to be closed first. */
  openBefore: string | null;
}

/**
 * A month takes every journal that was booked before its end and is on no invoice: also what was booked in a month that is closed.
 * As long as an earlier month is open, its journals are not this month's.
 */
export async function frameMonth(db: Sql, orgId: string, month: Month, last: KeptInvoice | undefined): Promise<MonthFrame> {
  const closedUntil = last ? monthOf(last.month).end : null;
  const first = await firstOpenJournal(db, orgId, closedUntil);
  if (first !== null && first.getTime() < Date.parse(month.start)) {
    return { openingNanoUsd: await walletBefore(db, orgId, month.start), set: openJournals(orgId, month.start, month.end), openBefore: monthNameOf(first) };
  }
  return { openingNanoUsd: last?.closingNanoUsd ?? 0n, set: openJournals(orgId, null, month.end), openBefore: null };
}

/** The invoice over these journals, not numbered yet. */
export async function makeInvoice(db: Sql, { orgId, orgName }: InvoiceOf, month: Month, { openingNanoUsd, set }: Pick<MonthFrame, 'openingNanoUsd' | 'set'>): Promise<Invoice> {
  const totals = totalsOf(await gatherLines(db, orgId, set, month));
  return {
    ...{ id: null, number: null, finalisedAt: null, issuer: await findIssuer(db, ENTITY), org: { id: orgId, name: orgName }, month: month.name },
    ...totals,
    openingNanoUsd,
    closingNanoUsd: openingNanoUsd + (await sumWallet(db, set)),
  };
}

/**
 * The lines come from charges, the balances from postings: they must tell the same.
 * @throws AppError conflict naming the journals and accounts that do not
 */
export async function assertReconciled(db: Sql, invoice: Invoice, set: JournalSet): Promise<void> {
  const mismatches = await findMismatches(db, set);
  const where = mismatches.map((each) => ({ journal: each.journal, account: each.account, ledgerUsd: formatUsd(each.ledgerNanoUsd), chargesUsd: formatUsd(each.chargesNanoUsd) }));
  const expected = invoice.openingNanoUsd + invoice.creditsNanoUsd - invoice.chargesNanoUsd;
  if (where.length === 0 && expected === invoice.closingNanoUsd) return;
  throw new AppError('conflict', `Charges and ledger of ${invoice.month} do not agree; nothing was closed.`, {
    details: { where, closingByLinesUsd: formatUsd(expected), closingByLedgerUsd: formatUsd(invoice.closingNanoUsd) },
  });
}

/** A month that is neither closed nor passed over. @throws AppError not_found */
export async function frameOpenMonth(db: Sql, orgId: string, month: Month, now: Date): Promise<MonthFrame> {
  const last = await findLastInvoice(db, orgId);
  if (last && last.month > month.name) throw new AppError('not_found', 'There was nothing to invoice in that month.');
  if (now.getTime() < Date.parse(month.start)) throw new AppError('not_found', 'That month has not begun.');
  return frameMonth(db, orgId, month, last);
}
