-- Up Migration

-- By which spending is told apart, as the gateway found them.
ALTER TABLE billing.usage_event ADD COLUMN IF NOT EXISTS tags jsonb NOT NULL DEFAULT '{}';
CREATE INDEX usage_event_of_request ON billing.usage_event (request_id);

-- Sums of usage_event, kept by the transaction that adds the events: exactly once, as the events are. Several narrow tables,
-- because one of all dimensions would have a row per event. '' stands for none. `bucket` is the beginning of the hour or day, UTC.
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

-- Events of requests that have more than one: sums of attempts count such a request too often, and this tells by how much.
CREATE TABLE billing.repeated_attempt (
  event_id   text        PRIMARY KEY,
  request_id text        NOT NULL,
  org_id     text        NOT NULL,
  started_at timestamptz NOT NULL,
  group_id   text,
  user_id    text,
  token_id   text,
  key_id     text        NOT NULL,
  key_owner  text        NOT NULL,
  provider   text        NOT NULL,
  model      text        NOT NULL,
  endpoint   text        NOT NULL,
  tags       jsonb       NOT NULL,
  estimated  boolean     NOT NULL,
  unpriced   boolean     NOT NULL
);
CREATE INDEX repeated_attempt_of_org ON billing.repeated_attempt (org_id, started_at);

-- How an org divides what its shared keys cost between its cost centres.
CREATE TABLE billing.chargeback (
  org_id     text        PRIMARY KEY,
  rules      jsonb       NOT NULL,
  updated_by text        NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE ON billing.rollup_model_hour, billing.rollup_model_day, billing.rollup_key_day, billing.rollup_caller_day, billing.rollup_tag_day TO byok_billing;
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
INSERT INTO billing.rollup_tag_day
SELECT org_id, date_trunc('day', started_at, 'UTC'), entry.key, entry.value, COALESCE(group_id, ''), count(*), count(*) FILTER (WHERE outcome = 'ok'), count(*) FILTER (WHERE estimated), count(*) FILTER (WHERE cost_nano_usd IS NULL),
       COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0), COALESCE(sum(cache_read), 0), COALESCE(sum(output), 0), COALESCE(sum(reasoning), 0),
       COALESCE(sum(cost_nano_usd), 0), COALESCE(sum(charged_nano_usd), 0)
FROM billing.usage_event CROSS JOIN jsonb_each_text(tags) AS entry (key, value) GROUP BY org_id, date_trunc('day', started_at, 'UTC'), entry.key, entry.value, COALESCE(group_id, '');
INSERT INTO billing.repeated_attempt
SELECT event_id, request_id, org_id, started_at, group_id, user_id, token_id, key_id, key_owner, provider, model, endpoint, tags, estimated, cost_nano_usd IS NULL
FROM (SELECT *, count(*) OVER (PARTITION BY request_id) AS attempts_of_request FROM billing.usage_event) AS event
WHERE attempts_of_request > 1;
