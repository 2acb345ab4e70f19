import type { Sql } from '@byok/platform';
import type { JournalSet } from './journal-sets.store.js';

/** Charges of one provider, model and markup. */
export interface ChargeSum {
  provider: string;
  model: string;
  markupBps: number;
  /** Of calls before the month: they arrived when that was closed. */
  isLate: boolean;
  calls: string;
  input: string;
  output: string;
  base: string;
  markup: string;
}

export async function sumCharges(db: Sql, set: JournalSet, monthStart: string): Promise<ChargeSum[]> {
  return db.query<ChargeSum>(
    `WITH chosen AS (${set.sql})
     SELECT provider, model, markup_bps AS "markupBps", started_at < $${set.parameters.length + 1}::timestamptz AS "isLate", count(*) AS calls,
            COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0) AS input, COALESCE(sum(output), 0) AS output,
            sum(base_nano_usd) AS base, sum(markup_nano_usd) AS markup
     FROM billing.charge JOIN billing.usage_event USING (event_id) WHERE charge.journal_id IN (SELECT id FROM chosen)
     GROUP BY 1, 2, 3, 4 ORDER BY 4, provider COLLATE "C", model COLLATE "C", markup_bps`,
    [...set.parameters, monthStart],
  );
}

/** What calls cost beyond what their wallet could give, and how many of them. */
export async function sumOverrun(db: Sql, set: JournalSet): Promise<{ calls: string; overrun: string }> {
  const [row] = await db.query<{ calls: string; overrun: string }>(
    `WITH chosen AS (${set.sql}) SELECT count(*) AS calls, COALESCE(sum(overrun_nano_usd), 0) AS overrun FROM billing.charge WHERE journal_id IN (SELECT id FROM chosen) AND overrun_nano_usd > 0`,
    set.parameters,
  );
  return row!;
}

/** How journals other than of usage moved the wallet, by kind and cause. */
export interface WalletMove {
  kind: string;
  cause: string;
  journals: string;
  amount: string;
}

export async function sumWalletMoves(db: Sql, set: JournalSet): Promise<WalletMove[]> {
  return db.query<WalletMove>(
    `WITH chosen AS (${set.sql})
     SELECT kind, COALESCE(ref ->> 'cause', '') COLLATE "C" AS cause, count(*) AS journals, sum(amount_nano_usd) AS amount
     FROM billing.journal JOIN billing.posting ON posting.journal_id = journal.id
     WHERE journal.id IN (SELECT id FROM chosen) AND kind <> 'usage' AND account = 'wallet' GROUP BY 1, 2 ORDER BY 1, 2`,
    set.parameters,
  );
}

export async function sumWallet(db: Sql, set: JournalSet): Promise<bigint> {
  const [row] = await db.query<{ sum: string }>(
    `WITH chosen AS (${set.sql}) SELECT COALESCE(sum(amount_nano_usd), 0) AS sum FROM billing.posting WHERE journal_id IN (SELECT id FROM chosen) AND account = 'wallet'`,
    set.parameters,
  );
  return BigInt(row!.sum);
}

/** Usage on keys of the org's own, which their provider bills. */
export interface OwnUsage {
  provider: string;
  model: string;
  calls: string;
  unpriced: string;
  input: string;
  output: string;
  cost: string;
}

export async function sumOwnUsage(db: Sql, orgId: string, from: string, to: string): Promise<OwnUsage[]> {
  return db.query<OwnUsage>(
    `SELECT provider, model, sum(attempts) AS calls, sum(unpriced_attempts) AS unpriced, sum(input_tokens) AS input, sum(output_tokens) AS output, sum(known_cost_nano_usd) AS cost
     FROM billing.rollup_model_day WHERE org_id = $1 AND bucket >= $2 AND bucket < $3 AND key_owner <> 'platform'
     GROUP BY 1, 2 ORDER BY provider COLLATE "C", model COLLATE "C"`,
    [orgId, from, to],
  );
}
