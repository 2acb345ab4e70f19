import type { Database } from '@byok/platform';

/** How a year of ten million events is spread; every number is a guess at a large customer, none is measured. */
export const YEAR = { events: 10_000_000, models: 40, keys: 60, callers: 500, tagValues: 100, repeatedRequests: 100_000 };

const SUMS = 'attempts, ok_attempts, estimated_attempts, unpriced_attempts, input_tokens, cached_tokens, output_tokens, reasoning_tokens, known_cost_nano_usd, charged_nano_usd';
const sums = (attempts: string): string => [attempts, attempts, '0', '0', `${attempts} * 1200`, `${attempts} * 300`, `${attempts} * 250`, '0', `${attempts} * 5500000`, '0'].map((each) => `(${each})::bigint`).join(', ');

/** The sums that ten million events of the 365 days before `end` leave behind, and the events of the last day and of repeated requests. */
export async function fillYear(db: Database, orgId: string, end: string): Promise<void> {
  const rows = (table: string, columns: string, unit: string, count: number, values: string, perRow: string): Promise<unknown> =>
    db.query(
      `INSERT INTO billing.${table} (org_id, bucket, ${columns}, ${SUMS})
       SELECT $1, bucket, ${values}, ${sums(perRow)}
       FROM generate_series($2::timestamptz - interval '365 days', $2::timestamptz - interval '1 ${unit}', interval '1 ${unit}') AS bucket, generate_series(0, ${count - 1}) AS n`,
      [orgId, end],
    );
  const [perDay, perHour] = [YEAR.events / 365, YEAR.events / 365 / 24];
  const model = `'provider_' || n % 6, 'model_' || n, (ARRAY['user', 'group', 'org'])[1 + n % 3], (ARRAY['chat', 'messages'])[1 + n % 2]`;
  await rows('rollup_model_hour', 'provider, model, key_owner, endpoint', 'hour', YEAR.models, model, `${perHour} / ${YEAR.models}`);
  await rows('rollup_model_day', 'provider, model, key_owner, endpoint', 'day', YEAR.models, model, `${perDay} / ${YEAR.models}`);
  await rows('rollup_key_day', 'key_id, key_owner, provider, model', 'day', YEAR.keys * 3, `'key_' || n / 3, 'group', 'provider_' || n / 3 % 6, 'model_' || n % 3`, `${perDay} / ${YEAR.keys * 3}`);
  await rows('rollup_caller_day', 'group_id, user_id, token_id', 'day', YEAR.callers, `'grp_' || n % 12, 'usr_' || n, 'tok_' || n`, `${perDay} / ${YEAR.callers}`);
  await db.query(
    `INSERT INTO billing.rollup_caller_month SELECT org_id, date_trunc('month', bucket, 'UTC'), group_id, user_id, token_id, ${SUMS.split(', ').map((name) => `sum(${name})`).join(', ')}
     FROM billing.rollup_caller_day GROUP BY 1, 2, 3, 4, 5`,
  );
  await rows('rollup_group_day', 'group_id', 'day', 12, `'grp_' || n`, `${perDay} / 12`);
  await rows('rollup_tag_day', 'tag, tag_value, group_id', 'day', YEAR.tagValues, `'project', 'project_' || n, 'grp_' || n % 12`, `${perDay} / ${YEAR.tagValues}`);
  await repeatedRequests(db, orgId, end);
  await lastDay(db, orgId, end, Math.round(perDay));
  await db.query('ANALYZE');
}

/** One request of a hundred was tried twice, on another key of another provider. */
async function repeatedRequests(db: Database, orgId: string, end: string): Promise<void> {
  await db.query(
    `INSERT INTO billing.repeated_attempt (event_id, earlier_event_id, org_id, started_at, earlier_started_at, group_id, user_id, token_id, key_id, key_owner, provider, model, endpoint, tags,
       same, both_estimated, both_unpriced, is_second)
     SELECT 'evt_2' || n, 'evt_1' || n, $1, at, at, 'grp_' || n % 12, 'usr_' || n % 500, 'tok_' || n % 500, 'key_' || n % 60, 'group', 'provider_' || n % 6, 'model_' || n % 40, 'chat', '{}',
       8191 - 8 - 32 - 64 * (n % 2), false, false, true
     FROM (SELECT n, $2::timestamptz - (1 + n % 364) * interval '1 day' AS at FROM generate_series(1, ${YEAR.repeatedRequests}) AS n) AS each`,
    [orgId, end],
  );
}

/** A period that ends in the middle of a day reads its last hours from the events. */
async function lastDay(db: Database, orgId: string, end: string, count: number): Promise<void> {
  await db.query(
    `INSERT INTO billing.usage_event (event_id, request_id, attempt, gateway_id, org_id, group_id, user_id, token_id, key_id, key_owner, key_owner_id, provider, model, endpoint, stream,
       outcome, input_uncached, cache_read, cache_write_5m, cache_write_1h, output, reasoning, audio_in, audio_out, usage_source, estimated, started_at, first_byte_at, ended_at, clock_clamped, cost_nano_usd, charged_nano_usd)
     SELECT 'evt_' || lpad(to_hex(n), 32, '0'), 'req_' || lpad(to_hex(n), 32, '0'), 1, 'gw', $1, 'grp_' || n % 12, 'usr_' || n % 500, 'tok_' || n % 500, 'key_' || n % 60, 'group', 'grp_1', 'provider_' || n % 6,
       'model_' || n % 40, 'chat', false, 'ok', 900, 300, 0, 0, 250, 0, 0, 0, 'provider', false, at, at + interval '200 ms', at + interval '900 ms', false, 5500000, 0
     FROM (SELECT n, $2::timestamptz + n * (interval '1 day' / ${count}) AS at FROM generate_series(1, ${count - 1}) AS n) AS each`,
    [orgId, end],
  );
}
