import { newId } from '@byok/kernel';
import type { Line } from '@byok/ledger';
import type { Sql } from '@byok/platform';

export type JournalKind = 'top_up' | 'grant' | 'usage' | 'refund' | 'expiry' | 'adjustment' | 'rounding' | 'provider_cost';

export interface NewJournal {
  /** Made here unless told. */
  id?: string;
  orgId: string;
  kind: JournalKind;
  /** Unique for ever: what has this key is booked once. */
  idemKey: string;
  lines: readonly Line[];
  reverses?: string;
  ref?: Readonly<Record<string, unknown>>;
}

/**
 * Books journals; PostgreSQL refuses at commit those whose lines do not sum to zero. The wallet's balance follows its postings by
 * itself, so the wallet must be locked. Answers the ids, in the order of the journals.
 */
export async function insertJournals(tx: Sql, journals: readonly NewJournal[]): Promise<string[]> {
  if (journals.length === 0) return [];
  const rows = journals.map((journal) => ({ id: newId('journal'), ...journal }));
  await tx.query(
    `INSERT INTO billing.journal (id, org_id, kind, idem_key, reverses, ref) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])`,
    [
      ...[rows.map((row) => row.id), rows.map((row) => row.orgId), rows.map((row) => row.kind), rows.map((row) => row.idemKey)],
      ...[rows.map((row) => row.reverses ?? null), rows.map((row) => JSON.stringify(row.ref ?? {}))],
    ],
  );
  const lines = rows.flatMap((row) => row.lines.map((each, index) => ({ ...each, id: row.id, orgId: row.orgId, place: index + 1 })));
  await tx.query(
    `INSERT INTO billing.posting (journal_id, line, org_id, account, amount_nano_usd) SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::bigint[])`,
    [lines.map((each) => each.id), lines.map((each) => each.place), lines.map((each) => each.orgId), lines.map((each) => each.account), lines.map((each) => each.amountNanoUsd.toString())],
  );
  return rows.map((row) => row.id);
}

/** The journal that was booked under this key. */
export async function findJournal(db: Sql, idemKey: string): Promise<{ id: string; orgId: string; ref: Record<string, unknown> } | undefined> {
  const [row] = await db.query<{ id: string; orgId: string; ref: Record<string, unknown> }>('SELECT id, org_id AS "orgId", ref FROM billing.journal WHERE idem_key = $1', [idemKey]);
  return row;
}

export interface JournalRow {
  id: string;
  kind: JournalKind;
  bookedAt: Date;
  reverses: string | null;
  ref: Record<string, unknown>;
  lines: { account: string; amount: string }[];
}

/** An org's journals, newest first: at most `limit` before `before`. */
export async function listJournals(db: Sql, orgId: string, page: { before: string; limit: number }): Promise<JournalRow[]> {
  return db.query<JournalRow>(
    `SELECT id, kind, booked_at AS "bookedAt", reverses, ref,
            (SELECT json_agg(json_build_object('account', account, 'amount', amount_nano_usd::text) ORDER BY line) FROM billing.posting WHERE journal_id = journal.id) AS lines
     FROM billing.journal WHERE org_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`,
    [orgId, page.before, page.limit],
  );
}
