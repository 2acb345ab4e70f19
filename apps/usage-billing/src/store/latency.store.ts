import type { Sql } from '@byok/platform';
import type { UsageQuestion } from '../reports/usage-request.js';
import { conditionsOf, valueOf, type Bind } from './usage-columns.js';

/** Median and 95th percentile in milliseconds; null where nothing was answered. */
export interface LatencyRow {
  values: string[];
  first_byte: [number, number] | null;
  total: [number, number] | null;
}

/** Exact percentiles of answered attempts, for the same lines in the same order as the sums of the question. */
export async function readLatency(db: Sql, question: UsageQuestion): Promise<LatencyRow[]> {
  const parameters: unknown[] = [question.from, question.to];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const place = { time: 'started_at' as const };
  const values = question.groupBy.map((dimension) => valueOf(dimension, place, bind));
  const conditions = ['started_at >= $1::timestamptz', 'started_at < $2::timestamptz', ...conditionsOf(question, place, bind)];
  const names = values.map((_, index) => `v${index}`);
  if (question.after) conditions.push(`(${values.join(', ')}) > (${question.after.map(bind).join(', ')})`);
  const percentiles = (column: string): string => `percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM ${column} - started_at)::float8 * 1000) FILTER (WHERE outcome = 'ok')`;
  return db.query<LatencyRow>(
    `SELECT ARRAY[${names.join(', ')}]::text[] AS values, first_byte, total
     FROM (SELECT ${[...values.map((value, index) => `${value} AS v${index}`), `${percentiles('first_byte_at')} AS first_byte`, `${percentiles('ended_at')} AS total`].join(', ')}
           FROM billing.usage_event WHERE ${conditions.join(' AND ')} ${names.length > 0 ? `GROUP BY ${names.join(', ')} ORDER BY ${names.join(', ')} LIMIT ${bind(question.limit + 1)}` : ''}) AS line
     ${names.length > 0 ? `ORDER BY ${names.join(', ')}` : ''}`,
    parameters,
  );
}
