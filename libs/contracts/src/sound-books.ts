/**
 * What holds of the books in every state that usage-billing ever commits, and SQL of the rows that would break it. The backup's drill asks it
 * of what was restored, the chaos story of what was left over; a database at work holds it, too.
 */
export const SOUND_BOOKS: readonly (readonly [what: string, brokenBy: string])[] = [
  ['every journal sums to zero', 'SELECT journal_id FROM billing.posting GROUP BY journal_id HAVING sum(amount_nano_usd) <> 0'],
  [
    'every wallet is the sum of its postings',
    `SELECT a.org_id FROM billing.account a LEFT JOIN billing.posting p ON p.org_id = a.org_id AND p.account = a.kind
     WHERE a.kind = 'wallet' GROUP BY a.org_id, a.posted_nano_usd HAVING COALESCE(sum(p.amount_nano_usd), 0) <> a.posted_nano_usd`,
  ],
  [
    'the rollups are the sum of the events',
    `SELECT 1 WHERE (SELECT COALESCE(sum(attempts), 0) FROM billing.rollup_model_day) <> (SELECT count(*) FROM billing.usage_event)
     OR (SELECT COALESCE(sum(charged_nano_usd), 0) FROM billing.rollup_model_day) <> (SELECT COALESCE(sum(charged_nano_usd), 0) FROM billing.usage_event)`,
  ],
];
