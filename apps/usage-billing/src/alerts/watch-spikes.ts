import { formatUsd, type Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { raiseAlerts, type NewAlert } from '../store/alerts.store.js';

const DAY_MS = 86_400_000;
const WEEKS = 8;
const ACTIVE_WITHIN_MS = 5 * 60_000;
/** Three times the median of the same weekday; with fewer than three of those, or below a dollar, nothing is unusual yet. */
const [TIMES, FEWEST_DAYS, LEAST_NANO_USD] = [3, 3, 1_000_000_000n];

/** Tells an org once a day (UTC) that it has spent unusually much: more than three times the median of the same weekday in eight weeks. */
export async function watchSpikes({ db, clock }: { db: Sql; clock: Clock }): Promise<void> {
  const today = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  const sameWeekdays = Array.from({ length: WEEKS }, (_, index) => dateOf(today - (index + 1) * 7 * DAY_MS));
  const rows = await db.query<{ org: string; spent: string; median: string }>(
    `WITH active AS (
       SELECT DISTINCT org_id FROM billing.usage_event WHERE started_at >= $1::timestamptz
     ), day AS (
       SELECT org_id, bucket, sum(CASE key_owner WHEN 'platform' THEN charged_nano_usd ELSE known_cost_nano_usd END) AS spent
       FROM billing.rollup_model_day WHERE org_id IN (SELECT org_id FROM active) AND bucket = ANY ($2::timestamptz[] || $3::timestamptz) GROUP BY org_id, bucket
     ), past AS (
       SELECT org_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY spent) AS median FROM day WHERE bucket <> $3::timestamptz GROUP BY org_id HAVING count(*) >= $4
     ) SELECT day.org_id AS org, day.spent, past.median FROM day JOIN past USING (org_id)
       WHERE day.bucket = $3::timestamptz AND day.spent > past.median * $5 AND day.spent >= $6::numeric`,
    [new Date(clock.now() - ACTIVE_WITHIN_MS).toISOString(), sameWeekdays, dateOf(today), FEWEST_DAYS, TIMES, LEAST_NANO_USD.toString()],
  );
  const alertOf = ({ org, spent, median }: (typeof rows)[number]): NewAlert => ({
    orgId: org,
    kind: 'spending_spike',
    subject: org,
    occasion: dateOf(today).slice(0, 10),
    facts: { todayUsd: formatUsd(BigInt(spent)), medianUsd: formatUsd(BigInt(median)) },
  });
  await raiseAlerts(db, rows.map(alertOf));
}

const dateOf = (moment: number): string => new Date(moment).toISOString();
