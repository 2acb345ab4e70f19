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

/** What two attempts of a request may have in common, and its bit in repeated_attempt.same. All tags together have one: a call has its tags, whatever is attempted for it. */
const SAME: readonly (readonly [dimension: string, bit: number, sql: string])[] = [
  ...['group', 'user', 'token'].map((name, index) => [name, 1 << index, `event.${name}_id IS NOT DISTINCT FROM earlier.${name}_id`] as const),
  ...['key_id', 'key_owner', 'provider', 'model', 'endpoint'].map((name, index) => [name.replace('key_id', 'key').replace('key_owner', 'owner'), 8 << index, `event.${name} = earlier.${name}`] as const),
  ...['hour', 'day', 'week', 'month'].map((name, index) => [name, 256 << index, `date_trunc('${name}', event.started_at, 'UTC') = date_trunc('${name}', earlier.started_at, 'UTC')`] as const),
  ['tag', 4096, 'event.tags = earlier.tags'],
];

/** The bits of what lines tell apart: an attempt is counted again where all of them are set. */
export function bitsOf(dimensions: readonly string[]): number {
  return dimensions.reduce((bits, name) => bits | (SAME.find(([dimension]) => dimension === (name.startsWith('tag:') ? 'tag' : name))?.[1] ?? 0), 0);
}

interface Rollup {
  table: string;
  unit: 'hour' | 'day' | 'month';
  /** Column → where it comes from in an event. */
  columns: Readonly<Record<string, string>>;
  from?: string;
}

const orNone = (column: string): string => `COALESCE(${column}, '')`;
const MODEL_COLUMNS = { provider: 'provider', model: 'model', key_owner: 'key_owner', endpoint: 'endpoint' };
const CALLER_COLUMNS = { group_id: orNone('group_id'), user_id: orNone('user_id'), token_id: orNone('token_id') };

const ROLLUPS: readonly Rollup[] = [
  { table: 'rollup_model_hour', unit: 'hour', columns: MODEL_COLUMNS },
  { table: 'rollup_model_day', unit: 'day', columns: MODEL_COLUMNS },
  { table: 'rollup_key_day', unit: 'day', columns: { key_id: 'key_id', key_owner: 'key_owner', provider: 'provider', model: 'model' } },
  { table: 'rollup_caller_day', unit: 'day', columns: CALLER_COLUMNS },
  { table: 'rollup_caller_month', unit: 'month', columns: CALLER_COLUMNS },
  { table: 'rollup_group_day', unit: 'day', columns: { group_id: orNone('group_id') } },
  { table: 'rollup_tag_day', unit: 'day', columns: { tag: 'entry.key', tag_value: 'entry.value', group_id: orNone('group_id') }, from: 'fresh CROSS JOIN jsonb_each_text(tags) AS entry (key, value)' },
];

/**
 * Adds events to the sums. The events of a gateway are added one batch after the other: two attempts of a request may lie in two
 * batches, and each must see the other. Tables and rows are always taken in the same order, so that two workers wait and never lock each other out.
 */
export async function addEventsToRollups(tx: Sql, added: { gatewayIds: readonly string[]; eventIds: readonly string[]; requestIds: readonly string[] }): Promise<void> {
  for (const gatewayId of [...new Set(added.gatewayIds)].sort()) await tx.query(LOCK, [gatewayId]);
  await tx.query(ADDITION, [added.eventIds, added.requestIds]);
}

/** A table that grows all the time has statistics of yesterday, if any: left to itself the planner would read all events for those of one batch. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('rollups of ' || $1, 0)), set_config('enable_seqscan', 'off', true)`;

const ADDITION = `WITH fresh AS MATERIALIZED (SELECT * FROM billing.usage_event WHERE event_id = ANY($1)),
  kin AS MATERIALIZED (SELECT * FROM billing.usage_event WHERE request_id = ANY($2)),
  ${ROLLUPS.map((rollup) => `${rollup.table} AS (${additionTo(rollup)})`).join(',\n  ')}
  ${repetitions()}`;

function additionTo({ table, unit, columns, from = 'fresh' }: Rollup): string {
  const values = ['org_id', `date_trunc('${unit}', started_at, 'UTC')`, ...Object.values(columns)];
  const names = ['org_id', 'bucket', ...Object.keys(columns)];
  const sums = Object.keys(MEASURES).map((name) => `${name} = kept.${name} + excluded.${name}`);
  return `INSERT INTO billing.${table} AS kept (${[...names, ...Object.keys(MEASURES)].join(', ')})
    SELECT ${[...values, ...Object.values(MEASURES)].join(', ')} FROM ${from}
    GROUP BY ${values.join(', ')} ORDER BY ${values.join(', ')}
    ON CONFLICT (${names.join(', ')}) DO UPDATE SET ${sums.join(', ')}`;
}

/** Of most batches none. Of those that come together the one with the lower number is the earlier. */
function repetitions(): string {
  const columns = ['group_id', 'user_id', 'token_id', 'key_id', 'key_owner', 'provider', 'model', 'endpoint', 'tags'];
  const same = SAME.map(([, bit, sql]) => `${bit} * (${sql})::integer`).join(' + ');
  return `INSERT INTO billing.repeated_attempt (event_id, earlier_event_id, org_id, started_at, earlier_started_at, ${columns.join(', ')}, same, both_estimated, both_unpriced, is_second)
    SELECT event.event_id, earlier.event_id, event.org_id, event.started_at, earlier.started_at, ${columns.map((name) => `event.${name}`).join(', ')}, ${same},
      event.estimated AND earlier.estimated, event.cost_nano_usd IS NULL AND earlier.cost_nano_usd IS NULL, count(*) OVER (PARTITION BY event.event_id) = 1
    FROM fresh AS event JOIN kin AS earlier USING (request_id, org_id)
    WHERE earlier.event_id <> event.event_id AND ((earlier.attempt, earlier.event_id) < (event.attempt, event.event_id) OR earlier.event_id <> ALL($1))`;
}
