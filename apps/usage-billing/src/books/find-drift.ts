import type { Database } from '@byok/platform';

/** What a sum that is kept says, and what it is the sum of, where they differ. */
export interface Drift {
  what: keyof typeof DRIFT;
  /** The org or the budget. */
  of: string;
  keptNanoUsd: string;
  shouldBeNanoUsd: string;
}

/** Sums that are kept beside what they sum up; rows only where the two differ. One statement each, so that it sees one moment. */
const DRIFT = {
  'wallet and postings': `SELECT a.org_id AS subject, a.posted_nano_usd AS kept, COALESCE(sum(p.amount_nano_usd), 0) AS should_be FROM billing.account a
    LEFT JOIN billing.posting p ON p.org_id = a.org_id AND p.account = a.kind WHERE a.kind = 'wallet' GROUP BY a.org_id, a.posted_nano_usd
    HAVING COALESCE(sum(p.amount_nano_usd), 0) <> a.posted_nano_usd`,
  'wallet and lots': `SELECT a.org_id AS subject, a.posted_nano_usd AS kept, COALESCE(sum(l.remaining_nano_usd), 0) AS should_be FROM billing.account a
    LEFT JOIN billing.credit_lot l ON l.org_id = a.org_id WHERE a.kind = 'wallet' GROUP BY a.org_id, a.posted_nano_usd
    HAVING COALESCE(sum(l.remaining_nano_usd), 0) <> a.posted_nano_usd`,
  'wallet and open holds': `SELECT a.org_id AS subject, a.held_nano_usd AS kept, COALESCE(sum(h.amount_nano_usd), 0) AS should_be FROM billing.account a
    LEFT JOIN billing.hold h ON h.org_id = a.org_id AND h.state = 'open' AND h.key_owner = 'platform' WHERE a.kind = 'wallet' GROUP BY a.org_id, a.held_nano_usd
    HAVING COALESCE(sum(h.amount_nano_usd), 0) <> a.held_nano_usd`,
  'budget and open holds': `SELECT c.budget_id AS subject, c.held_nano_usd AS kept, COALESCE(sum(b.amount_nano_usd) FILTER (WHERE h.id IS NOT NULL), 0) AS should_be FROM billing.budget_counter c
    LEFT JOIN billing.hold_budget b USING (budget_id, window_start) LEFT JOIN billing.hold h ON h.id = b.hold_id AND h.state = 'open'
    GROUP BY c.budget_id, c.window_start, c.held_nano_usd HAVING COALESCE(sum(b.amount_nano_usd) FILTER (WHERE h.id IS NOT NULL), 0) <> c.held_nano_usd`,
} as const;

const MOST_NAMED = 100;

/** Where kept sums and what they sum up have drifted apart. Each is written with what it sums up, so nothing is ever to be found. */
export async function findDrift(asked: { db: Database }): Promise<Drift[]> {
  const db = asked.db.acrossOrgs();
  const found: Drift[] = [];
  for (const [what, sql] of Object.entries(DRIFT) as [Drift['what'], string][]) {
    const rows = await db.query<{ subject: string; kept: string; should_be: string }>(`${sql} LIMIT ${MOST_NAMED}`);
    found.push(...rows.map((row) => ({ what, of: row.subject, keptNanoUsd: row.kept, shouldBeNanoUsd: row.should_be })));
  }
  return found;
}
