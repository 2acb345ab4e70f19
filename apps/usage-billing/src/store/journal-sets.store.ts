import type { Sql } from '@byok/platform';

/** The journals that a month consists of, as a query of their ids; its parameters are the first of any statement that uses it. */
export interface JournalSet {
  sql: string;
  parameters: readonly unknown[];
}

/** On an invoice. */
export function journalsOfInvoice(invoiceId: string): JournalSet {
  return { sql: 'SELECT journal_id AS id FROM billing.invoice_journal WHERE invoice_id = $1', parameters: [invoiceId] };
}

/** Booked before `end`, not before `from`, and on no invoice yet. */
export function openJournals(orgId: string, from: string | null, end: string): JournalSet {
  return {
    sql: `SELECT journal.id FROM billing.journal WHERE journal.org_id = $1 AND ($2::timestamptz IS NULL OR booked_at >= $2) AND booked_at < $3
            AND NOT EXISTS (SELECT FROM billing.invoice_journal AS taken WHERE taken.journal_id = journal.id)`,
    parameters: [orgId, from, end],
  };
}

/** Puts the open journals on an invoice; whatever is booked from now on is on a later one. */
export async function takeJournals(tx: Sql, set: JournalSet, invoiceId: string): Promise<void> {
  await tx.query(`INSERT INTO billing.invoice_journal (journal_id, invoice_id) SELECT id, $${set.parameters.length + 1} FROM (${set.sql}) AS chosen`, [...set.parameters, invoiceId]);
}

/** When the first journal of an org was booked that is on no invoice, not before `from`. */
export async function firstOpenJournal(db: Sql, orgId: string, from: string | null): Promise<Date | null> {
  const [row] = await db.query<{ first: Date | null }>(
    `SELECT min(booked_at) AS first FROM billing.journal WHERE org_id = $1 AND ($2::timestamptz IS NULL OR booked_at >= $2)
       AND NOT EXISTS (SELECT FROM billing.invoice_journal AS taken WHERE taken.journal_id = journal.id)`,
    [orgId, from],
  );
  return row!.first;
}

/** What the wallet had before `moment`. */
export async function walletBefore(db: Sql, orgId: string, moment: string): Promise<bigint> {
  const [row] = await db.query<{ sum: string }>(
    `SELECT COALESCE(sum(amount_nano_usd), 0) AS sum FROM billing.posting JOIN billing.journal ON journal.id = posting.journal_id
     WHERE posting.org_id = $1 AND account = 'wallet' AND booked_at < $2`,
    [orgId, moment],
  );
  return BigInt(row!.sum);
}

/** Where ledger and charges do not agree, at most twenty places. */
export interface Mismatch {
  journal: string;
  account: string;
  ledgerNanoUsd: bigint;
  chargesNanoUsd: bigint;
}

/** Each journal of usage against the charges that it was booked for, and the events against their charges. */
export async function findMismatches(db: Sql, set: JournalSet): Promise<Mismatch[]> {
  const rows = await db.query<{ journal: string; account: string; ledger: string; charges: string }>(
    `WITH chosen AS (${set.sql}),
     booked AS (SELECT journal_id, account, sum(amount_nano_usd) AS amount FROM billing.posting JOIN billing.journal ON journal.id = journal_id
                WHERE journal_id IN (SELECT id FROM chosen) AND journal.kind = 'usage' GROUP BY journal_id, account),
     charged AS (SELECT charge.journal_id, sum(base_nano_usd) AS base, sum(markup_nano_usd) AS markup, sum(overrun_nano_usd) AS overrun, sum(event.charged_nano_usd) AS event_charged
                 FROM billing.charge JOIN billing.usage_event AS event USING (event_id) WHERE charge.journal_id IN (SELECT id FROM chosen) GROUP BY charge.journal_id),
     expected AS (
       SELECT journal_id, account, amount FROM charged CROSS JOIN LATERAL (VALUES ('wallet', overrun - base - markup), ('usage_passthrough', base), ('markup_revenue', markup), ('overrun_loss', -overrun)) AS line (account, amount) WHERE amount <> 0
       UNION ALL SELECT journal_id, 'events', 0 FROM charged WHERE event_charged IS DISTINCT FROM base + markup - overrun)
     SELECT COALESCE(booked.journal_id, expected.journal_id) AS journal, COALESCE(booked.account, expected.account) AS account, COALESCE(booked.amount, 0) AS ledger, COALESCE(expected.amount, 0) AS charges
     FROM booked FULL JOIN expected ON expected.journal_id = booked.journal_id AND expected.account = booked.account
     WHERE booked.amount IS DISTINCT FROM expected.amount ORDER BY 1, 2 LIMIT 20`,
    set.parameters,
  );
  return rows.map((row) => ({ journal: row.journal, account: row.account, ledgerNanoUsd: BigInt(row.ledger), chargesNanoUsd: BigInt(row.charges) }));
}
