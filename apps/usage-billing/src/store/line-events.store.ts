import type { Sql } from '@byok/platform';
import type { LineKey } from './invoices.store.js';
import type { JournalSet } from './journal-sets.store.js';

export interface LineEventRow {
  id: string;
  kind: 'usage' | 'journal';
  journalId: string | null;
  at: Date;
  requestId: string | null;
  provider: string | null;
  model: string | null;
  userId: string | null;
  groupId: string | null;
  priceId: string | null;
  markupBps: number | null;
  base: string;
  markup: string;
  amount: string;
  note: string | null;
}

const EVENT = `event.request_id AS "requestId", event.provider, event.model, event.user_id AS "userId", event.group_id AS "groupId"`;

/** How a list of charges tells those of one line. */
const CHARGES_OF = { usage: 'event.started_at >= ', late: 'event.started_at < ' } as const;

/** The charges behind a line of usage, by event. */
export async function listCharges(db: Sql, set: JournalSet, key: LineKey & { item: 'usage' | 'late' }, monthStart: string, after: string, limit: number): Promise<LineEventRow[]> {
  const place = set.parameters.length;
  return db.query<LineEventRow>(
    `WITH chosen AS (${set.sql})
     SELECT event_id AS id, 'usage' AS kind, charge.journal_id AS "journalId", event.started_at AS at, ${EVENT}, charge.price_id AS "priceId", markup_bps AS "markupBps",
            base_nano_usd AS base, markup_nano_usd AS markup, base_nano_usd + markup_nano_usd AS amount, NULL AS note
     FROM billing.charge JOIN billing.usage_event AS event USING (event_id)
     WHERE charge.journal_id IN (SELECT id FROM chosen) AND event.provider = $${place + 1} AND event.model = $${place + 2} AND markup_bps = $${place + 3}
       AND ${CHARGES_OF[key.item]} $${place + 4}::timestamptz AND event_id > $${place + 5} ORDER BY event_id LIMIT $${place + 6}`,
    [...set.parameters, key.provider, key.model, key.markupBps, monthStart, after, limit],
  );
}

/** Calls for which the credits did not suffice, and how much was not charged. */
export async function listOverruns(db: Sql, set: JournalSet, after: string, limit: number): Promise<LineEventRow[]> {
  const place = set.parameters.length;
  return db.query<LineEventRow>(
    `WITH chosen AS (${set.sql})
     SELECT event_id AS id, 'usage' AS kind, charge.journal_id AS "journalId", event.started_at AS at, ${EVENT}, charge.price_id AS "priceId", markup_bps AS "markupBps",
            base_nano_usd AS base, markup_nano_usd AS markup, -overrun_nano_usd AS amount, NULL AS note
     FROM billing.charge JOIN billing.usage_event AS event USING (event_id)
     WHERE charge.journal_id IN (SELECT id FROM chosen) AND overrun_nano_usd > 0 AND event_id > $${place + 1} ORDER BY event_id LIMIT $${place + 2}`,
    [...set.parameters, after, limit],
  );
}

/** Calls on keys of the org's own. */
export async function listOwnUsage(db: Sql, orgId: string, key: LineKey, from: string, to: string, after: string, limit: number): Promise<LineEventRow[]> {
  return db.query<LineEventRow>(
    `SELECT event_id AS id, 'usage' AS kind, NULL AS "journalId", event.started_at AS at, ${EVENT}, price_id AS "priceId", 0 AS "markupBps",
            COALESCE(cost_nano_usd, 0) AS base, 0 AS markup, 0 AS amount, CASE WHEN cost_nano_usd IS NULL THEN 'price unknown' END AS note
     FROM billing.usage_event AS event
     WHERE org_id = $1 AND started_at >= $2 AND started_at < $3 AND key_owner <> 'platform' AND provider = $4 AND model = $5 AND event_id > $6 ORDER BY event_id LIMIT $7`,
    [orgId, from, to, key.provider, key.model, after, limit],
  );
}

/** Journals of a kind and cause; those that changed what calls were charged, call by call. `sign` is how the line counts the wallet. */
export async function listMoves(db: Sql, set: JournalSet, move: { kind: string; cause: string; sign: 1 | -1 }, after: readonly [string, string], limit: number): Promise<LineEventRow[]> {
  const place = set.parameters.length;
  return db.query<LineEventRow>(
    `WITH chosen AS (${set.sql})
     SELECT COALESCE(use.event_id, journal.id) AS id, CASE WHEN use.event_id IS NULL THEN 'journal' ELSE 'usage' END AS kind, journal.id AS "journalId", journal.booked_at AS at, ${EVENT},
            NULL AS "priceId", NULL AS "markupBps", 0 AS base, 0 AS markup, $${place + 3}::int * COALESCE(-use.amount, wallet.amount) AS amount, COALESCE(ref ->> 'note', ref ->> 'reason') AS note
     FROM billing.journal
     JOIN LATERAL (SELECT sum(amount_nano_usd) AS amount FROM billing.posting WHERE posting.journal_id = journal.id AND account = 'wallet' HAVING count(*) > 0) AS wallet ON true
     LEFT JOIN LATERAL (SELECT event_id, sum(amount_nano_usd) AS amount FROM billing.lot_use WHERE lot_use.journal_id = journal.id GROUP BY event_id) AS use ON true
     LEFT JOIN billing.usage_event AS event ON event.event_id = use.event_id
     WHERE journal.id IN (SELECT id FROM chosen) AND journal.kind = $${place + 1} AND COALESCE(ref ->> 'cause', '') = $${place + 2}
       AND (journal.id, COALESCE(use.event_id, '')) > ($${place + 4}, $${place + 5})
     ORDER BY journal.id, COALESCE(use.event_id, '') LIMIT $${place + 6}`,
    [...set.parameters, move.kind, move.cause, move.sign, ...after, limit],
  );
}
