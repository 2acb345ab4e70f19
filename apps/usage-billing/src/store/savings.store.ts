import type { Sql } from '@byok/platform';
import type { UsageQuestion } from '../reports/usage-request.js';
import { conditionsOf, type Bind } from './usage-columns.js';

/** Attempts of one price that are in the same context tier of it and of the baseline, summed. */
export interface SavingsGroup {
  price_id: string | null;
  key_owner: string;
  /** False: without a price, or on credits and not charged yet. */
  is_settled: boolean;
  attempts: string;
  /** The input of one of them, which tells the tiers of all. */
  input_of_one: string;
  input_uncached: string;
  cache_read: string;
  cache_write_5m: string;
  cache_write_1h: string;
  output: string;
  reasoning: string;
  audio_in: string;
  audio_out: string;
  cost: string;
  charged: string;
}

const METERS = ['input_uncached', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output', 'reasoning', 'audio_in', 'audio_out'];

export function sumForSavings(db: Sql, question: Pick<UsageQuestion, 'orgId' | 'from' | 'to' | 'filters'>, baselineTiers: readonly number[]): Promise<SavingsGroup[]> {
  const parameters: unknown[] = [question.from, question.to, baselineTiers];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const conditions = ['started_at >= $1::timestamptz', 'started_at < $2::timestamptz', 'input_uncached IS NOT NULL', ...conditionsOf(question, { time: 'started_at' }, bind)];
  return db.query<SavingsGroup>(
    `SELECT price_id, key_owner, is_settled, count(*) AS attempts, min(input) AS input_of_one, ${METERS.map((meter) => `sum(${meter}) AS ${meter}`).join(', ')},
       COALESCE(sum(cost_nano_usd), 0) AS cost, COALESCE(sum(charged_nano_usd), 0) AS charged
     FROM (SELECT *, input_uncached + cache_read + cache_write_5m + cache_write_1h AS input, cost_nano_usd IS NOT NULL AND charged_nano_usd IS NOT NULL AS is_settled
           FROM billing.usage_event WHERE ${conditions.join(' AND ')}) AS event
     LEFT JOIN (SELECT id, tiers FROM billing.price) AS price ON price.id = event.price_id
     GROUP BY price_id, key_owner, is_settled, audio_in > 0,
       CASE WHEN tiers IS NULL OR tiers = '[]' THEN 0 ELSE (SELECT count(*) FROM jsonb_array_elements(tiers) AS tier WHERE input > (tier ->> 'aboveInputTokens')::bigint) END,
       (SELECT count(*) FROM unnest($3::bigint[]) AS above WHERE input > above)`,
    parameters,
  );
}
