-- Up Migration

CREATE SCHEMA billing;

-- One row each time price data was taken over; the newest of a source is the one in use.
CREATE TABLE billing.price_import (
  sequence    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source      text        NOT NULL CHECK (char_length(source) BETWEEN 1 AND 100),
  checksum    text        NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
  prices      integer     NOT NULL CHECK (prices >= 0),
  added       integer     NOT NULL CHECK (added >= 0),
  withdrawn   integer     NOT NULL CHECK (withdrawn >= 0),
  imported_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX price_import_newest ON billing.price_import (source, sequence DESC);

-- Rates are pico-USD per token; NULL is "not told", which is not 0. A price that events refer to is never changed:
-- only its end becomes known, and where it stands among the others.
CREATE TABLE billing.price (
  id                     text        PRIMARY KEY CHECK (id ~ '^prc_[0-9a-f]{32}$'),
  source                 text        NOT NULL,
  -- Of everything the source said, rank left out.
  checksum               text        NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
  import_sequence        bigint      NOT NULL REFERENCES billing.price_import (sequence),
  provider               text        NOT NULL CHECK (char_length(provider) BETWEEN 1 AND 64),
  model                  text        NOT NULL CHECK (char_length(model) BETWEEN 1 AND 256),
  match                  jsonb       NOT NULL,
  rank                   integer     NOT NULL,
  precedence             integer     NOT NULL,
  input_pico             bigint      CHECK (input_pico >= 0),
  cache_read_pico        bigint      CHECK (cache_read_pico >= 0),
  cache_write_5m_pico    bigint      CHECK (cache_write_5m_pico >= 0),
  cache_write_1h_pico    bigint      CHECK (cache_write_1h_pico >= 0),
  output_pico            bigint      CHECK (output_pico >= 0),
  reasoning_pico         bigint      CHECK (reasoning_pico >= 0),
  audio_in_pico          bigint      CHECK (audio_in_pico >= 0),
  audio_out_pico         bigint      CHECK (audio_out_pico >= 0),
  request_fee_pico       bigint      NOT NULL DEFAULT 0 CHECK (request_fee_pico >= 0),
  -- [{"aboveInputTokens": n, "rates": {"input": "pico", …}}]
  tiers                  jsonb       NOT NULL DEFAULT '[]',
  daily_from_second      integer     CHECK (daily_from_second BETWEEN 0 AND 86400),
  daily_to_second        integer     CHECK (daily_to_second BETWEEN 0 AND 86400),
  effective_from         timestamptz,
  effective_to           timestamptz,
  CHECK (effective_from IS NULL OR effective_to IS NULL OR effective_from < effective_to),
  CHECK ((daily_from_second IS NULL) = (daily_to_second IS NULL))
);
CREATE INDEX price_of_provider ON billing.price (provider, rank);

-- One row per attempt, for ever: the id is the promise that no delivery counts twice.
CREATE TABLE billing.usage_event (
  event_id         text        PRIMARY KEY CHECK (event_id ~ '^evt_[0-9a-f]{32}$'),
  request_id       text        NOT NULL,
  attempt          integer     NOT NULL CHECK (attempt > 0),
  gateway_id       text        NOT NULL,
  org_id           text        NOT NULL,
  group_id         text,
  user_id          text,
  token_id         text,
  key_id           text        NOT NULL,
  key_owner        text        NOT NULL CHECK (key_owner IN ('user', 'group', 'org', 'platform')),
  key_owner_id     text        NOT NULL,
  provider         text        NOT NULL,
  model            text        NOT NULL,
  endpoint         text        NOT NULL,
  stream           boolean     NOT NULL,
  outcome          text        NOT NULL CHECK (outcome IN ('ok', 'error', 'aborted', 'cut', 'crashed')),
  http_status      integer,
  error_code       text,
  -- All NULL when nothing was consumed.
  input_uncached   bigint      CHECK (input_uncached >= 0),
  cache_read       bigint      CHECK (cache_read >= 0),
  cache_write_5m   bigint      CHECK (cache_write_5m >= 0),
  cache_write_1h   bigint      CHECK (cache_write_1h >= 0),
  output           bigint      CHECK (output >= 0),
  reasoning        bigint      CHECK (reasoning >= 0),
  audio_in         bigint      CHECK (audio_in >= 0),
  audio_out        bigint      CHECK (audio_out >= 0),
  usage_source     text        NOT NULL CHECK (usage_source IN ('provider', 'counted', 'none')),
  estimated        boolean     NOT NULL,
  -- The gateway's clock, unless it was more than five minutes ahead of ours: then the time of receipt.
  started_at       timestamptz NOT NULL,
  first_byte_at    timestamptz,
  ended_at         timestamptz NOT NULL,
  clock_clamped    boolean     NOT NULL,
  price_id         text        REFERENCES billing.price (id),
  -- NULL: nobody told us the price. Never 0 for "unknown".
  cost_nano_usd    bigint      CHECK (cost_nano_usd >= 0),
  -- 0 on somebody's own key. NULL on a platform key: pending, the ledger charges cost and markup.
  charged_nano_usd bigint      CHECK (charged_nano_usd >= 0),
  received_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX usage_event_of_org ON billing.usage_event (org_id, started_at);
CREATE INDEX usage_event_by_time ON billing.usage_event (started_at);

-- What could not be taken for a usage event, as it came: nothing is lost, and a person can look at it.
CREATE TABLE billing.poison_event (
  checksum    text        PRIMARY KEY CHECK (checksum ~ '^[0-9a-f]{64}$'),
  gateway_id  text        NOT NULL,
  event_id    text,
  reason      text        NOT NULL,
  payload     text        NOT NULL,
  is_cut      boolean     NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION billing.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'rows of % cannot be changed or removed', TG_TABLE_NAME; END $$;
CREATE TRIGGER usage_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.usage_event
  FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER poison_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.poison_event
  FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER price_is_kept BEFORE DELETE OR TRUNCATE ON billing.price
  FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

GRANT USAGE ON SCHEMA billing TO byok_billing;
GRANT SELECT, INSERT ON billing.usage_event, billing.poison_event, billing.price, billing.price_import TO byok_billing;
GRANT UPDATE (effective_to, rank) ON billing.price TO byok_billing;
