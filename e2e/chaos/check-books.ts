import { SOUND_BOOKS } from '@byok/contracts';
import type { Standalone } from '../support/start-standalone.js';
import type { Check } from './check.js';

/** Name of a guarantee, and SQL of the rows that would break it. */
const NEVER: readonly (readonly [name: string, sql: string])[] = [
  ...SOUND_BOOKS,
  ['all postings together sum to zero', 'SELECT 1 FROM billing.posting HAVING sum(amount_nano_usd) <> 0'],
  [
    'no wallet was below its floor after any journal',
    `SELECT * FROM (SELECT a.org_id, a.floor_nano_usd AS floor, sum(p.amount_nano_usd) OVER (PARTITION BY p.org_id ORDER BY j.booked_at, j.id, p.line) AS balance
       FROM billing.posting p JOIN billing.journal j ON j.id = p.journal_id JOIN billing.account a ON a.org_id = p.org_id AND a.kind = 'wallet' WHERE p.account = 'wallet') AS prefix WHERE balance < floor`,
  ],
  ['no open hold is older than its lease', `SELECT id FROM billing.hold WHERE state = 'open' AND expires_at < now() - interval '10 seconds'`],
  ['keys of one’s own are never charged', `SELECT event_id FROM billing.usage_event WHERE key_owner <> 'platform' AND charged_nano_usd <> 0`],
  [
    'a closed hold was closed by its own event, released, or expired without one',
    `SELECT h.id FROM billing.hold h LEFT JOIN billing.usage_event e ON e.event_id = h.id WHERE (h.state IN ('settled', 'late_settled') AND e.event_id IS NULL) OR (h.state = 'expired' AND e.event_id IS NOT NULL)`,
  ],
  ['nothing is in the poison table', 'SELECT checksum FROM billing.poison_event'],
];

const SPENT = `CASE WHEN e.key_owner = 'platform' THEN COALESCE(e.charged_nano_usd, 0) ELSE COALESCE(e.cost_nano_usd, 0) END`;
/** What every budget counts, in the order in which it was counted; its counter is locked by whoever writes. */
const COUNTED = `SELECT b.id, b.name, b.is_hard, b.amount_nano_usd AS amount, ${SPENT} AS spent, e.key_owner, h.state AS hold_state,
    sum(${SPENT}) OVER (PARTITION BY b.id ORDER BY e.received_at, e.event_id) AS spent_so_far
  FROM billing.budget b JOIN billing.usage_event e ON e.org_id = b.org_id AND (e.key_owner = 'platform' OR b.includes_own_keys)
    AND CASE b.scope WHEN 'org' THEN true WHEN 'group' THEN e.group_id = b.scope_id WHEN 'user' THEN e.user_id = b.scope_id WHEN 'token' THEN e.token_id = b.scope_id ELSE false END
  LEFT JOIN billing.hold h ON h.id = e.event_id`;
/** A key of one's own has cost what it has cost, also when that is told after the lease: nobody can refuse it any more. */
const BEYOND = `SELECT name FROM (${COUNTED}) AS counted GROUP BY id, name, amount HAVING bool_and(is_hard)
  AND max(spent_so_far) - COALESCE(sum(spent) FILTER (WHERE key_owner <> 'platform' AND hold_state IS DISTINCT FROM 'settled'), 0) > amount`;
const MISCOUNTED = `SELECT b.name, c.spent_nano_usd, s.spent FROM billing.budget b LEFT JOIN (SELECT id, sum(spent) AS spent FROM (${COUNTED}) AS counted GROUP BY id) AS s USING (id)
  LEFT JOIN billing.budget_counter c ON c.budget_id = b.id WHERE b.period = 'total' AND COALESCE(c.spent_nano_usd, 0) <> COALESCE(s.spent, 0)`;

/** Money, after everything has come to rest: each row that should not be there is one broken guarantee. */
export async function checkBooks(standalone: Standalone): Promise<Check[]> {
  const all = [...NEVER, ['no hard budget was overspent after any event', BEYOND], ['every budget counted what its events cost', MISCOUNTED]] as const;
  const checks: Check[] = [];
  for (const [name, sql] of all) {
    const rows = await standalone.sql(sql);
    checks.push({ name, problems: rows.slice(0, 3).map((row) => JSON.stringify(row)) });
  }
  return checks;
}
