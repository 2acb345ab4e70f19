import type { Sql } from '@byok/platform';

/** What a rollup's row sums: the column, and the same of events. */
export const MEASURES: Readonly<Record<string, string>> = {
  attempts: 'count(*)',
  ok_attempts: `count(*) FILTER (WHERE outcome = 'ok')`,
  estimated_attempts: 'count(*) FILTER (WHERE estimated)',
  unpriced_attempts: 'count(*) FILTER (WHERE cost_nano_usd IS NULL)',
  input_tokens: 'COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0)',
  cached_tokens: 'COALESCE(sum(cache_read), 0)',
  output_tokens: 'COALESCE(sum(output), 0)',
  reasoning_tokens: 'COALESCE(sum(reasoning), 0)',
  known_cost_nano_usd: 'COALESCE(sum(cost_nano_usd), 0)',
  charged_nano_usd: 'COALESCE(sum(charged_nano_usd), 0)',
};

interface Rollup {
  table: string;
  unit: 'hour' | 'day';
  /** Column → where it comes from in an event. */
  columns: Readonly<Record<string, string>>;
  from?: string;
}

const orNone = (column: string): string => `COALESCE(${column}, '')`;
const MODEL_COLUMNS = { provider: 'provider', model: 'model', key_owner: 'key_owner', endpoint: 'endpoint' };

const ROLLUPS: readonly Rollup[] = [
  { table: 'rollup_model_hour', unit: 'hour', columns: MODEL_COLUMNS },
  { table: 'rollup_model_day', unit: 'day', columns: MODEL_COLUMNS },
  { table: 'rollup_key_day', unit: 'day', columns: { key_id: 'key_id', key_owner: 'key_owner', provider: 'provider', model: 'model' } },
  { table: 'rollup_caller_day', unit: 'day', columns: { group_id: orNone('group_id'), user_id: orNone('user_id'), token_id: orNone('token_id') } },
  {
    table: 'rollup_tag_day',
    unit: 'day',
    columns: { tag: 'entry.key', tag_value: 'entry.value', group_id: orNone('group_id') },
    from: 'billing.usage_event CROSS JOIN jsonb_each_text(tags) AS entry (key, value)',
  },
];

/**
 * Adds events to the sums. The events of a gateway are added one batch after the other: two attempts of a request may lie in two
 * batches, and each must see the other. Tables and rows are always taken in the same order, so that two workers wait and never lock each other out.
 */
export async function addEventsToRollups(tx: Sql, gatewayIds: readonly string[], eventIds: readonly string[]): Promise<void> {
  for (const gatewayId of [...new Set(gatewayIds)].sort()) await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('rollups of ' || $1, 0))`, [gatewayId]);
  for (const rollup of ROLLUPS) await tx.query(additionTo(rollup), [eventIds]);
  await tx.query(REPEATED, [eventIds]);
}

function additionTo({ table, unit, columns, from = 'billing.usage_event' }: Rollup): string {
  const values = ['org_id', `date_trunc('${unit}', started_at, 'UTC')`, ...Object.values(columns)];
  const names = ['org_id', 'bucket', ...Object.keys(columns)];
  const sums = Object.keys(MEASURES).map((name) => `${name} = ${table}.${name} + excluded.${name}`);
  return `INSERT INTO billing.${table} (${[...names, ...Object.keys(MEASURES)].join(', ')})
    SELECT ${[...values, ...Object.values(MEASURES)].join(', ')} FROM ${from} WHERE event_id = ANY($1)
    GROUP BY ${values.join(', ')} ORDER BY ${values.join(', ')}
    ON CONFLICT (${names.join(', ')}) DO UPDATE SET ${sums.join(', ')}`;
}

/** Every event of a request that has more than one; of most batches none. */
const REPEATED = `
  INSERT INTO billing.repeated_attempt (event_id, request_id, org_id, started_at, group_id, user_id, token_id, key_id, key_owner, provider, model, endpoint, tags, estimated, unpriced)
  SELECT event_id, request_id, org_id, started_at, group_id, user_id, token_id, key_id, key_owner, provider, model, endpoint, tags, estimated, cost_nano_usd IS NULL
  FROM billing.usage_event
  WHERE request_id IN (
    SELECT request_id FROM billing.usage_event
    WHERE request_id IN (SELECT request_id FROM billing.usage_event WHERE event_id = ANY($1))
    GROUP BY request_id HAVING count(*) > 1
  )
  ORDER BY event_id
  ON CONFLICT (event_id) DO NOTHING`;
