-- Up Migration

-- By which spending is told apart, as the gateway found them.
ALTER TABLE billing.usage_event ADD COLUMN IF NOT EXISTS tags jsonb NOT NULL DEFAULT '{}';
CREATE INDEX usage_event_of_request ON billing.usage_event (request_id);

-- Sums of usage_event, kept by the transaction that adds the events: exactly once, as the events are. Several narrow tables,
-- because one of all dimensions would have a row per event. '' stands for none. `bucket` is the beginning of the hour, day or month, UTC.
-- Money is NULL nowhere: what has no price is counted in unpriced_attempts, what is not charged yet is not in charged_nano_usd.

-- For charts of hours and for the edges of a period.
CREATE TABLE billing.rollup_model_hour (
  org_id              text        NOT NULL,
  bucket              timestamptz NOT NULL,
  provider            text        NOT NULL,
  model               text        NOT NULL,
  key_owner           text        NOT NULL,
  endpoint            text        NOT NULL,
  attempts            bigint      NOT NULL,
  ok_attempts         bigint      NOT NULL,
  estimated_attempts  bigint      NOT NULL,
  unpriced_attempts   bigint      NOT NULL,
  input_tokens        bigint      NOT NULL,
  cached_tokens       bigint      NOT NULL,
  output_tokens       bigint      NOT NULL,
  reasoning_tokens    bigint      NOT NULL,
  known_cost_nano_usd bigint      NOT NULL,
  charged_nano_usd    bigint      NOT NULL,
  PRIMARY KEY (org_id, bucket, provider, model, key_owner, endpoint)
) WITH (fillfactor = 70);

-- What was called.
CREATE TABLE billing.rollup_model_day (
  org_id              text        NOT NULL,
  bucket              timestamptz NOT NULL,
  provider            text        NOT NULL,
  model               text        NOT NULL,
  key_owner           text        NOT NULL,
  endpoint            text        NOT NULL,
  attempts            bigint      NOT NULL,
  ok_attempts         bigint      NOT NULL,
  estimated_attempts  bigint      NOT NULL,
  unpriced_attempts   bigint      NOT NULL,
  input_tokens        bigint      NOT NULL,
  cached_tokens       bigint      NOT NULL,
  output_tokens       bigint      NOT NULL,
  reasoning_tokens    bigint      NOT NULL,
  known_cost_nano_usd bigint      NOT NULL,
  charged_nano_usd    bigint      NOT NULL,
  PRIMARY KEY (org_id, bucket, provider, model, key_owner, endpoint)
) WITH (fillfactor = 70);

-- On whose key.
CREATE TABLE billing.rollup_key_day (
  org_id              text        NOT NULL,
  bucket              timestamptz NOT NULL,
  key_id              text        NOT NULL,
  key_owner           text        NOT NULL,
  provider            text        NOT NULL,
  model               text        NOT NULL,
  attempts            bigint      NOT NULL,
  ok_attempts         bigint      NOT NULL,
  estimated_attempts  bigint      NOT NULL,
  unpriced_attempts   bigint      NOT NULL,
  input_tokens        bigint      NOT NULL,
  cached_tokens       bigint      NOT NULL,
  output_tokens       bigint      NOT NULL,
  reasoning_tokens    bigint      NOT NULL,
  known_cost_nano_usd bigint      NOT NULL,
  charged_nano_usd    bigint      NOT NULL,
  PRIMARY KEY (org_id, bucket, key_id, key_owner, provider, model)
) WITH (fillfactor = 70);

-- Who called.
CREATE TABLE billing.rollup_caller_day (
  org_id              text        NOT NULL,
  bucket              timestamptz NOT NULL,
  group_id            text        NOT NULL,
  user_id             text        NOT NULL,
  token_id            text        NOT NULL,
  attempts            bigint      NOT NULL,
  ok_attempts         bigint      NOT NULL,
  estimated_attempts  bigint      NOT NULL,
  unpriced_attempts   bigint      NOT NULL,
  input_tokens        bigint      NOT NULL,
  cached_tokens       bigint      NOT NULL,
  output_tokens       bigint      NOT NULL,
  reasoning_tokens    bigint      NOT NULL,
  known_cost_nano_usd bigint      NOT NULL,
  charged_nano_usd    bigint      NOT NULL,
  PRIMARY KEY (org_id, bucket, group_id, user_id, token_id)
) WITH (fillfactor = 70);

-- The same by month: of many users the days of a year are many rows.
CREATE TABLE billing.rollup_caller_month (
  org_id              text        NOT NULL,
  bucket              timestamptz NOT NULL,
  group_id            text        NOT NULL,
  user_id             text        NOT NULL,
  token_id            text        NOT NULL,
  attempts            bigint      NOT NULL,
  ok_attempts         bigint      NOT NULL,
  estimated_attempts  bigint      NOT NULL,
  unpriced_attempts   bigint      NOT NULL,
  input_tokens        bigint      NOT NULL,
  cached_tokens       bigint      NOT NULL,
  output_tokens       bigint      NOT NULL,
  reasoning_tokens    bigint      NOT NULL,
  known_cost_nano_usd bigint      NOT NULL,
  charged_nano_usd    bigint      NOT NULL,
  PRIMARY KEY (org_id, bucket, group_id, user_id, token_id)
) WITH (fillfactor = 70);

-- In which group.
CREATE TABLE billing.rollup_group_day (
  org_id              text        NOT NULL,
  bucket              timestamptz NOT NULL,
  group_id            text        NOT NULL,
  attempts            bigint      NOT NULL,
  ok_attempts         bigint      NOT NULL,
  estimated_attempts  bigint      NOT NULL,
  unpriced_attempts   bigint      NOT NULL,
  input_tokens        bigint      NOT NULL,
  cached_tokens       bigint      NOT NULL,
  output_tokens       bigint      NOT NULL,
  reasoning_tokens    bigint      NOT NULL,
  known_cost_nano_usd bigint      NOT NULL,
  charged_nano_usd    bigint      NOT NULL,
  PRIMARY KEY (org_id, bucket, group_id)
) WITH (fillfactor = 70);

-- What for. An event stands here once for each of its tags.
CREATE TABLE billing.rollup_tag_day (
  org_id              text        NOT NULL,
  bucket              timestamptz NOT NULL,
  tag                 text        NOT NULL,
  tag_value           text        NOT NULL,
  group_id            text        NOT NULL,
  attempts            bigint      NOT NULL,
  ok_attempts         bigint      NOT NULL,
  estimated_attempts  bigint      NOT NULL,
  unpriced_attempts   bigint      NOT NULL,
  input_tokens        bigint      NOT NULL,
  cached_tokens       bigint      NOT NULL,
  output_tokens       bigint      NOT NULL,
  reasoning_tokens    bigint      NOT NULL,
  known_cost_nano_usd bigint      NOT NULL,
  charged_nano_usd    bigint      NOT NULL,
  PRIMARY KEY (org_id, bucket, tag, tag_value, group_id)
) WITH (fillfactor = 70);

-- Of a request with several attempts every one but the first, paired with each of those before it. Sums of attempts count such a request
-- too often in the lines in which both stand: those that tell apart nothing but what `same` says is the same of both.
CREATE TABLE billing.repeated_attempt (
  event_id           text        NOT NULL,
  earlier_event_id   text        NOT NULL,
  org_id             text        NOT NULL,
  started_at         timestamptz NOT NULL,
  earlier_started_at timestamptz NOT NULL,
  group_id           text,
  user_id            text,
  token_id           text,
  key_id             text        NOT NULL,
  key_owner          text        NOT NULL,
  provider           text        NOT NULL,
  model              text        NOT NULL,
  endpoint           text        NOT NULL,
  tags               jsonb       NOT NULL,
  -- Bits: 1 group, 2 user, 4 token, 8 key, 16 owner, 32 provider, 64 model, 128 endpoint, 256 hour, 512 day, 1024 week, 2048 month, 4096 tags.
  same               integer     NOT NULL,
  both_estimated     boolean     NOT NULL,
  both_unpriced      boolean     NOT NULL,
  -- There is one before it and no other.
  is_second          boolean     NOT NULL,
  PRIMARY KEY (event_id, earlier_event_id)
);
CREATE INDEX repeated_attempt_of_org ON billing.repeated_attempt (org_id, started_at);
CREATE INDEX repeated_attempt_of_three ON billing.repeated_attempt (org_id, started_at) WHERE NOT is_second;

-- How an org divides what its shared keys cost between its cost centres.
CREATE TABLE billing.chargeback (
  org_id     text        PRIMARY KEY,
  rules      jsonb       NOT NULL,
  updated_by text        NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE ON billing.rollup_model_hour, billing.rollup_model_day, billing.rollup_key_day, billing.rollup_caller_day, billing.rollup_caller_month, billing.rollup_group_day, billing.rollup_tag_day TO byok_billing;
GRANT SELECT, INSERT ON billing.repeated_attempt TO byok_billing;
GRANT SELECT, INSERT, UPDATE ON billing.chargeback TO byok_billing;

-- What was taken in before there were rollups.
INSERT INTO billing.rollup_model_hour
SELECT org_id, date_trunc('hour', started_at, 'UTC'), provider, model, key_owner, endpoint, count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event GROUP BY org_id, date_trunc('hour', started_at, 'UTC'), provider, model, key_owner, endpoint;
INSERT INTO billing.rollup_model_day
SELECT org_id, date_trunc('day', started_at, 'UTC'), provider, model, key_owner, endpoint, count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event GROUP BY org_id, date_trunc('day', started_at, 'UTC'), provider, model, key_owner, endpoint;
INSERT INTO billing.rollup_key_day
SELECT org_id, date_trunc('day', started_at, 'UTC'), key_id, key_owner, provider, model, count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event GROUP BY org_id, date_trunc('day', started_at, 'UTC'), key_id, key_owner, provider, model;
INSERT INTO billing.rollup_caller_day
SELECT org_id, date_trunc('day', started_at, 'UTC'), COALESCE(group_id, ''), COALESCE(user_id, ''), COALESCE(token_id, ''), count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event GROUP BY org_id, date_trunc('day', started_at, 'UTC'), COALESCE(group_id, ''), COALESCE(user_id, ''), COALESCE(token_id, '');
INSERT INTO billing.rollup_caller_month
SELECT org_id, date_trunc('month', started_at, 'UTC'), COALESCE(group_id, ''), COALESCE(user_id, ''), COALESCE(token_id, ''), count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event GROUP BY org_id, date_trunc('month', started_at, 'UTC'), COALESCE(group_id, ''), COALESCE(user_id, ''), COALESCE(token_id, '');
INSERT INTO billing.rollup_group_day
SELECT org_id, date_trunc('day', started_at, 'UTC'), COALESCE(group_id, ''), count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event GROUP BY org_id, date_trunc('day', started_at, 'UTC'), COALESCE(group_id, '');
INSERT INTO billing.rollup_tag_day
SELECT org_id, date_trunc('day', started_at, 'UTC'), entry.key, entry.value, COALESCE(group_id, ''), count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event CROSS JOIN jsonb_each_text(tags) AS entry (key, value) GROUP BY org_id, date_trunc('day', started_at, 'UTC'), entry.key, entry.value, COALESCE(group_id, '');
INSERT INTO billing.repeated_attempt
SELECT event.event_id, earlier.event_id, event.org_id, event.started_at, earlier.started_at, event.group_id, event.user_id, event.token_id, event.key_id, event.key_owner,
       event.provider, event.model, event.endpoint, event.tags,
       (event.group_id IS NOT DISTINCT FROM earlier.group_id)::integer + 2 * (event.user_id IS NOT DISTINCT FROM earlier.user_id)::integer
         + 4 * (event.token_id IS NOT DISTINCT FROM earlier.token_id)::integer + 8 * (event.key_id = earlier.key_id)::integer + 16 * (event.key_owner = earlier.key_owner)::integer
         + 32 * (event.provider = earlier.provider)::integer + 64 * (event.model = earlier.model)::integer + 128 * (event.endpoint = earlier.endpoint)::integer
         + 256 * (date_trunc('hour', event.started_at, 'UTC') = date_trunc('hour', earlier.started_at, 'UTC'))::integer
         + 512 * (date_trunc('day', event.started_at, 'UTC') = date_trunc('day', earlier.started_at, 'UTC'))::integer
         + 1024 * (date_trunc('week', event.started_at, 'UTC') = date_trunc('week', earlier.started_at, 'UTC'))::integer
         + 2048 * (date_trunc('month', event.started_at, 'UTC') = date_trunc('month', earlier.started_at, 'UTC'))::integer
         + 4096 * (event.tags = earlier.tags)::integer,
       event.estimated AND earlier.estimated, event.cost_nano_usd IS NULL AND earlier.cost_nano_usd IS NULL, count(*) OVER (PARTITION BY event.event_id) = 1
FROM billing.usage_event AS event JOIN billing.usage_event AS earlier USING (request_id, org_id)
WHERE (earlier.attempt, earlier.event_id) < (event.attempt, event.event_id);
