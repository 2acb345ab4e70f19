-- Up Migration

-- What may be spent, by whom or on what. A deleted budget stays, because holds and alerts refer to it.
CREATE TABLE billing.budget (
  id                text        PRIMARY KEY CHECK (id ~ '^bud_[0-9a-f]{32}$'),
  org_id            text        NOT NULL,
  name              text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
  scope             text        NOT NULL CHECK (scope IN ('org', 'group', 'user', 'token', 'key', 'provider', 'model', 'tag')),
  scope_id          text        NOT NULL CHECK (char_length(scope_id) BETWEEN 1 AND 300),
  amount_nano_usd   bigint      NOT NULL CHECK (amount_nano_usd >= 0),
  period            text        NOT NULL CHECK (period IN ('day', 'week', 'month', 'total')),
  time_zone         text        NOT NULL,
  -- Hard: the call that would go over it is refused. In shadow it is let through, and counted as one that would have been.
  is_hard           boolean     NOT NULL,
  is_shadow         boolean     NOT NULL,
  includes_own_keys boolean     NOT NULL,
  -- Percent of the amount at which somebody is told, ascending.
  thresholds        integer[]   NOT NULL,
  status            text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'deleted')),
  created_by        text        NOT NULL,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX budget_of_org ON billing.budget (org_id, id) WHERE status <> 'deleted';

-- One row per budget and window. A new window is a new row: there is nothing to reset and so nothing to race with.
-- Whoever writes several of them locks them in ascending order of (budget_id, window_start).
CREATE TABLE billing.budget_counter (
  budget_id      text        NOT NULL REFERENCES billing.budget (id),
  window_start   timestamptz NOT NULL,
  spent_nano_usd bigint      NOT NULL DEFAULT 0 CHECK (spent_nano_usd >= 0),
  held_nano_usd  bigint      NOT NULL DEFAULT 0 CHECK (held_nano_usd >= 0),
  -- Calls that a budget in shadow would have refused.
  would_refuse   bigint      NOT NULL DEFAULT 0,
  PRIMARY KEY (budget_id, window_start)
) WITH (fillfactor = 70);

-- What an org wants to be told, and who by e-mail. The row is made with its first budget, for the person who made that.
CREATE TABLE billing.alert_setting (
  org_id               text     PRIMARY KEY,
  mail_to              text[]   NOT NULL DEFAULT '{}',
  low_balance_nano_usd bigint   CHECK (low_balance_nano_usd >= 0),
  -- Set by the alert, cleared by the next balance above: one alert each time the balance falls.
  is_low               boolean  NOT NULL DEFAULT false
);

-- The unique key is the promise that nobody is told twice: of a budget's threshold once in a window, of a failing key once a day.
CREATE TABLE billing.alert (
  id              text        PRIMARY KEY CHECK (id ~ '^alr_[0-9a-f]{32}$'),
  org_id          text        NOT NULL,
  kind            text        NOT NULL CHECK (kind IN ('budget_threshold', 'budget_would_refuse', 'budget_forecast', 'spending_spike', 'low_balance', 'key_failing', 'credits_started')),
  -- What it is about: a budget, a key or the org.
  subject         text        NOT NULL,
  -- Which time: for a threshold `<start of the window>/<percent>`.
  occasion        text        NOT NULL,
  facts           jsonb       NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  acknowledged_at timestamptz,
  acknowledged_by text,
  UNIQUE (org_id, kind, subject, occasion)
);
CREATE INDEX alert_of_org ON billing.alert (org_id, id DESC);

-- Where an org wants its alerts posted. The address is sealed, because it often is a secret itself; a signing secret is derived and not kept.
CREATE TABLE billing.webhook (
  id         text        PRIMARY KEY CHECK (id ~ '^whk_[0-9a-f]{32}$'),
  org_id     text        NOT NULL,
  name       text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
  format     text        NOT NULL CHECK (format IN ('signed', 'slack')),
  sealed_url bytea       NOT NULL,
  host       text        NOT NULL,
  -- Kinds of alerts; empty: all.
  kinds      text[]      NOT NULL,
  created_by text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
CREATE INDEX webhook_of_org ON billing.webhook (org_id, id) WHERE deleted_at IS NULL;

-- What is still to be told to the outside: written with the alert, in its transaction, and tried until it is sent or dead.
CREATE TABLE billing.outbox (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id          text        NOT NULL,
  alert_id        text        NOT NULL REFERENCES billing.alert (id),
  -- NULL: by e-mail.
  webhook_id      text        REFERENCES billing.webhook (id),
  status          text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'dead')),
  attempts        integer     NOT NULL DEFAULT 0,
  -- While somebody is sending it, the moment at which another may try.
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_problem    text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  done_at         timestamptz
);
CREATE INDEX outbox_to_send ON billing.outbox (next_attempt_at) WHERE status = 'pending';
CREATE INDEX outbox_of_alert ON billing.outbox (alert_id);

GRANT SELECT, INSERT ON billing.budget, billing.budget_counter, billing.alert_setting, billing.alert, billing.webhook, billing.outbox TO byok_billing;
GRANT UPDATE (name, amount_nano_usd, period, time_zone, is_hard, is_shadow, includes_own_keys, thresholds, status, updated_at) ON billing.budget TO byok_billing;
GRANT UPDATE ON billing.budget_counter, billing.alert_setting TO byok_billing;
GRANT UPDATE (acknowledged_at, acknowledged_by) ON billing.alert TO byok_billing;
GRANT UPDATE (deleted_at) ON billing.webhook TO byok_billing;
GRANT UPDATE (status, attempts, next_attempt_at, last_problem, done_at) ON billing.outbox TO byok_billing;
