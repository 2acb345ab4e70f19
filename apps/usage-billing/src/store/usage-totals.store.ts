import type { UsageDimension } from '@byok/contracts';
import type { Sql } from '@byok/platform';
import type { UsageQuestion } from '../reports/usage-request.js';

/** The only pieces of SQL that a question chooses from. */
const COLUMN_OF: Readonly<Record<UsageDimension, string>> = {
  org: 'org_id',
  group: 'group_id',
  user: 'user_id',
  token: 'token_id',
  key: 'key_id',
  owner: 'key_owner',
  provider: 'provider',
  model: 'model',
  day: `to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
};

/** Sums as PostgreSQL's numeric, in decimal digits. */
export interface UsageTotals {
  values: string[];
  requests: string;
  input: string;
  cached: string;
  output: string;
  reasoning: string;
  estimated: string;
  unpriced: string;
  known_cost: string;
  charged: string;
}

/** Attempts summed by the dimensions asked for, in the order of their values, from the place after `question.after`. */
export async function sumUsage(db: Sql, question: UsageQuestion): Promise<UsageTotals[]> {
  const parameters: unknown[] = [question.from, question.to];
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = ['started_at >= $1::timestamptz', 'started_at < $2::timestamptz'];
  if (question.orgId !== null) conditions.push(`org_id = ${bind(question.orgId)}`);
  for (const [dimension, value] of Object.entries(question.filters) as [UsageDimension, string][]) {
    conditions.push(value === '' ? `${COLUMN_OF[dimension]} IS NULL` : `${COLUMN_OF[dimension]} = ${bind(value)}`);
  }
  // One order for every locale, so that a page begins where the one before it ended.
  const values = question.groupBy.map((dimension) => `COALESCE(${COLUMN_OF[dimension]}, '') COLLATE "C"`);
  if (question.after) conditions.push(`(${values.join(', ')}) > (${question.after.map((value) => bind(value)).join(', ')})`);
  const grouping = values.length > 0 ? `GROUP BY ${values.join(', ')} ORDER BY ${values.join(', ')} LIMIT ${bind(question.limit + 1)}` : '';
  return db.query<UsageTotals>(`SELECT ${selection(values)} FROM billing.usage_event WHERE ${conditions.join(' AND ')} ${grouping}`, parameters);
}

function selection(values: readonly string[]): string {
  return `ARRAY[${values.join(', ')}]::text[] AS values,
    count(DISTINCT request_id) AS requests,
    COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0) AS input,
    COALESCE(sum(cache_read), 0) AS cached,
    COALESCE(sum(output), 0) AS output,
    COALESCE(sum(reasoning), 0) AS reasoning,
    count(DISTINCT request_id) FILTER (WHERE estimated) AS estimated,
    count(DISTINCT request_id) FILTER (WHERE cost_nano_usd IS NULL) AS unpriced,
    COALESCE(sum(cost_nano_usd), 0) AS known_cost,
    COALESCE(sum(charged_nano_usd), 0) AS charged`;
}
