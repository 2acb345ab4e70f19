import type { Sql } from '@byok/platform';
import type { UsageQuestion } from '../reports/usage-request.js';
import { conditionsOf, type Bind } from './usage-columns.js';

export interface ProviderRow {
  provider: string;
  model: string | null;
  attempts: string;
  answered: string;
  /** Error code → how many attempts ended with it; '' where the provider broke off an answer. */
  failures: Record<string, number>;
  first_byte: [number, number] | null;
  total: [number, number] | null;
  tokens: string;
  priced_tokens: string;
  known_cost: string;
}

/** How each provider, or each model of it, did. */
export function compareInEvents(db: Sql, question: Pick<UsageQuestion, 'orgId' | 'from' | 'to' | 'filters'>, byModel: boolean): Promise<ProviderRow[]> {
  const parameters: unknown[] = [question.from, question.to];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const conditions = ['started_at >= $1::timestamptz', 'started_at < $2::timestamptz', ...conditionsOf(question, { time: 'started_at' }, bind)].join(' AND ');
  const [tokens, model] = ['COALESCE(input_uncached + cache_read + cache_write_5m + cache_write_1h + output, 0)', byModel ? 'model' : 'NULL::text'];
  const percentiles = (column: string): string => `percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM ${column} - started_at)::float8 * 1000) FILTER (WHERE outcome = 'ok')`;
  return db.query<ProviderRow>(
    `WITH event AS (SELECT *, ${model} AS by_model FROM billing.usage_event WHERE ${conditions}),
     failure AS (SELECT provider, by_model, jsonb_object_agg(code, n) AS failures
       FROM (SELECT provider, by_model, CASE WHEN outcome = 'cut' THEN '' ELSE COALESCE(error_code, 'unknown') END AS code, count(*) AS n
             FROM event WHERE outcome IN ('error', 'cut') GROUP BY 1, 2, 3) AS each GROUP BY provider, by_model)
     SELECT event.provider, event.by_model AS model, count(*) AS attempts, count(*) FILTER (WHERE outcome = 'ok') AS answered,
       COALESCE((SELECT failures FROM failure WHERE failure.provider = event.provider AND failure.by_model IS NOT DISTINCT FROM event.by_model), '{}') AS failures,
       ${percentiles('first_byte_at')} AS first_byte, ${percentiles('ended_at')} AS total,
       sum(${tokens}) AS tokens, COALESCE(sum(${tokens}) FILTER (WHERE cost_nano_usd IS NOT NULL), 0) AS priced_tokens, COALESCE(sum(cost_nano_usd), 0) AS known_cost
     FROM event GROUP BY event.provider, event.by_model ORDER BY attempts DESC, event.provider, event.by_model`,
    parameters,
  );
}
