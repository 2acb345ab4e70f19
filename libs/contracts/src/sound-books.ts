/** Sums that are kept beside what they sum up, and SQL of the rows where the two differ. One statement each, so that it sees one moment. */
export const KEPT_SUMS = {
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

/**
 * What holds of the books in every state that usage-billing ever commits, and SQL of the rows that would break it. The backup's drill asks it
 * of what was restored, the chaos story of what was left over, and usage-billing's specs after every test.
 */
export const SOUND_BOOKS: readonly (readonly [what: string, brokenBy: string])[] = [
  ['every journal sums to zero', 'SELECT journal_id FROM billing.posting GROUP BY journal_id HAVING sum(amount_nano_usd) <> 0'],
  ['every wallet is the sum of its postings', KEPT_SUMS['wallet and postings']],
  ['every wallet is the sum of its lots', KEPT_SUMS['wallet and lots']],
  ['what wallets have reserved is what open holds reserved', KEPT_SUMS['wallet and open holds']],
  ['what budgets have reserved is what open holds reserved', KEPT_SUMS['budget and open holds']],
  [
    'every charge is what its event says, and its journal what its charges are',
    `SELECT e.event_id FROM billing.usage_event e LEFT JOIN billing.charge c USING (event_id)
     WHERE e.key_owner = 'platform' AND e.cost_nano_usd IS NOT NULL AND COALESCE(c.base_nano_usd + c.markup_nano_usd - c.overrun_nano_usd, 0) IS DISTINCT FROM e.charged_nano_usd
     UNION ALL SELECT j.id FROM billing.journal j JOIN billing.posting p ON p.journal_id = j.id AND p.account = 'usage_passthrough' WHERE j.kind = 'usage'
     AND p.amount_nano_usd <> (SELECT sum(base_nano_usd) FROM billing.charge WHERE journal_id = j.id)`,
  ],
  [
    'the rollups are the sum of the events',
    `SELECT 1 WHERE (SELECT COALESCE(sum(attempts), 0) FROM billing.rollup_model_day) <> (SELECT count(*) FROM billing.usage_event)
     OR (SELECT COALESCE(sum(charged_nano_usd), 0) FROM billing.rollup_model_day) <> (SELECT COALESCE(sum(charged_nano_usd), 0) FROM billing.usage_event)`,
  ],
];
