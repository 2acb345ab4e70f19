import type { JournalPageMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { listJournals } from '../store/journals.store.js';
import { parse } from '../wire/parse.js';

const MAX_LIMIT = 200;

const Request = z.object({ orgId: z.string().min(1).max(64), after: z.string().max(64).default(''), limit: z.int().min(0).default(0) });

/** What was booked for an org, newest first. `after` is the id of the last one of the page before. */
export async function listJournal({ db }: { db: Sql }, message: unknown): Promise<JournalPageMessage> {
  const request = parse(Request, message);
  const limit = Math.min(request.limit || MAX_LIMIT, MAX_LIMIT);
  const rows = await listJournals(db, request.orgId, { before: request.after, limit: limit + 1 });
  const items = rows.slice(0, limit).map((row) => ({
    ...{ id: row.id, kind: row.kind, bookedAt: row.bookedAt.toISOString(), reverses: row.reverses ?? '', ref: JSON.stringify(row.ref) },
    lines: row.lines.map(({ account, amount }) => ({ account, amountUsd: formatUsd(BigInt(amount)) })),
  }));
  return { items, next: rows.length > limit ? items.at(-1)!.id : '' };
}
