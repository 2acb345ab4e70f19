import type { InvoiceLineEventMessage } from '@byok/contracts';
import { AppError, formatUsd } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';
import { z } from 'zod';
import { findInvoice, findLine, type LineKey } from '../store/invoices.store.js';
import { journalsOfInvoice, type JournalSet } from '../store/journal-sets.store.js';
import { listCharges, listMoves, listOverruns, listOwnUsage, type LineEventRow } from '../store/line-events.store.js';
import { parse } from '../wire/parse.js';
import { databaseTime } from './finalise-invoice.js';
import { CREDIT_MOVES } from './gather-lines.js';
import { frameOpenMonth, makeInvoice } from './make-invoice.js';
import { allowLongSums, monthOf, type Month } from './month.js';

const Message = z.object({
  ...{ orgId: z.string().min(1).max(64), month: z.string(), line: z.number().int().min(1).max(100_000) },
  ...{ after: z.string().max(128), limit: z.number().int().min(1).max(200) },
});
type Message = z.infer<typeof Message>;

/** What a line of an invoice, or of a draft, is made of: every call or journal, whose amounts add up to the line. */
export async function listLineEvents(deps: { db: Database }, message: unknown): Promise<{ items: InvoiceLineEventMessage[]; next: string }> {
  const asked = parse(Message, message);
  const month = monthOf(asked.month);
  return deps.db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await allowLongSums(tx);
    const { set, key } = await findLineOf(tx, asked, month);
    const rows = await rowsOf(tx, asked, month, set, key);
    const page = rows.slice(0, asked.limit);
    return { items: page.map(rowToWire), next: rows.length > asked.limit ? cursorOf(page.at(-1)!, key) : '' };
  });
}

async function findLineOf(tx: Sql, { orgId, line }: Message, month: Month): Promise<{ set: JournalSet; key: LineKey }> {
  const kept = await findInvoice(tx, orgId, month.name);
  const set = kept ? journalsOfInvoice(kept.id) : undefined;
  if (set) {
    const key = await findLine(tx, kept!.id, line);
    if (key) return { set, key };
  } else {
    const frame = await frameOpenMonth(tx, orgId, month, await databaseTime(tx));
    const key = (await makeInvoice(tx, { orgId, orgName: orgId }, month, frame)).lines[line - 1];
    if (key) return { set: frame.set, key };
  }
  throw new AppError('not_found', 'The invoice has no such line.');
}

async function rowsOf(tx: Sql, { orgId, after, limit }: Message, month: Month, set: JournalSet, key: LineKey): Promise<LineEventRow[]> {
  const { item } = key;
  if (item === 'usage' || item === 'late') return listCharges(tx, set, { ...key, item }, month.start, after, limit + 1);
  if (item === 'overrun') return listOverruns(tx, set, after, limit + 1);
  if (item === 'memo') return listOwnUsage(tx, orgId, key, month.start, month.end, after, limit + 1);
  if (item === 'rounding') return [];
  const [, kind = '', cause = ''] = item.split(':');
  const [journal = '', event = ''] = after.split('.');
  return listMoves(tx, set, { kind, cause, sign: CREDIT_MOVES.has(`${kind}:${cause}`) ? 1 : -1 }, [journal, event], limit + 1);
}

function cursorOf(row: LineEventRow, { item }: LineKey): string {
  if (!item.startsWith('journal:')) return row.id;
  return row.kind === 'usage' ? `${row.journalId}.${row.id}` : `${row.id}.`;
}

function rowToWire(row: LineEventRow): InvoiceLineEventMessage {
  return {
    ...{ id: row.id, kind: row.kind, journalId: row.journalId ?? '', at: row.at.toISOString(), requestId: row.requestId ?? '', provider: row.provider ?? '', model: row.model ?? '' },
    ...{ userId: row.userId ?? '', groupId: row.groupId ?? '', priceId: row.priceId ?? '', markupBps: row.markupBps ?? 0 },
    ...{ baseUsd: formatUsd(BigInt(row.base)), markupUsd: formatUsd(BigInt(row.markup)), amountUsd: formatUsd(BigInt(row.amount)), note: row.note ?? '' },
  };
}
