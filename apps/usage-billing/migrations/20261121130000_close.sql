-- Up Migration

-- Who writes invoices. Numbers have no gaps: a number is taken by the transaction that writes the document, from a row that it keeps locked.
CREATE TABLE billing.legal_entity (
  id   text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9_-]{0,31}$'),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200)
);
CREATE TABLE billing.document_counter (
  entity text   NOT NULL REFERENCES billing.legal_entity (id),
  series text   NOT NULL CHECK (series IN ('invoice', 'credit_note')),
  prefix text   NOT NULL UNIQUE CHECK (prefix ~ '^[A-Z]{2,8}-$'),
  last   bigint NOT NULL DEFAULT 0 CHECK (last >= 0),
  PRIMARY KEY (entity, series)
);
INSERT INTO billing.legal_entity (id, name) VALUES ('platform', 'Platform operator');
INSERT INTO billing.document_counter (entity, series, prefix) VALUES ('platform', 'invoice', 'INV-'), ('platform', 'credit_note', 'CN-');

-- A month that is closed. Drafts are not kept: they are what the ledger says at the moment.
CREATE TABLE billing.invoice (
  id                text        PRIMARY KEY CHECK (id ~ '^inv_[0-9a-f]{32}$'),
  org_id            text        NOT NULL,
  org_name          text        NOT NULL,
  -- The first of the month, UTC.
  month             date        NOT NULL CHECK (EXTRACT(day FROM month) = 1),
  entity            text        NOT NULL REFERENCES billing.legal_entity (id),
  sequence          bigint      NOT NULL CHECK (sequence > 0),
  number            text        NOT NULL UNIQUE,
  opening_nano_usd  bigint      NOT NULL,
  closing_nano_usd  bigint      NOT NULL,
  -- What the month's charges add up to, exactly; the total is that in cents, and the rounding line is the rest.
  charges_nano_usd  bigint      NOT NULL,
  total_nano_usd    bigint      NOT NULL CHECK (total_nano_usd % 10000000 = 0),
  finalised_by      text        NOT NULL,
  finalised_at      timestamptz NOT NULL,
  UNIQUE (org_id, month),
  UNIQUE (entity, sequence)
);

CREATE TABLE billing.invoice_line (
  invoice_id      text    NOT NULL REFERENCES billing.invoice (id),
  line            integer NOT NULL CHECK (line > 0),
  section         text    NOT NULL CHECK (section IN ('credits', 'usage', 'adjustments', 'rounding', 'memo')),
  -- Which facts stand behind the line: with provider, model and markup it tells them again.
  item            text    NOT NULL,
  label           text    NOT NULL,
  provider        text,
  model           text,
  markup_bps      integer,
  calls           bigint  NOT NULL CHECK (calls >= 0),
  input_tokens    bigint  NOT NULL CHECK (input_tokens >= 0),
  output_tokens   bigint  NOT NULL CHECK (output_tokens >= 0),
  base_nano_usd   bigint  NOT NULL,
  markup_nano_usd bigint  NOT NULL,
  exact_nano_usd  bigint  NOT NULL,
  amount_nano_usd bigint  NOT NULL,
  unpriced_calls  bigint  NOT NULL CHECK (unpriced_calls >= 0),
  PRIMARY KEY (invoice_id, line)
);

-- Each journal is on one invoice: what is booked or arrives after its month was closed is on the next one.
CREATE TABLE billing.invoice_journal (
  journal_id text PRIMARY KEY REFERENCES billing.journal (id),
  invoice_id text NOT NULL REFERENCES billing.invoice (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX invoice_journal_of_invoice ON billing.invoice_journal (invoice_id);
CREATE INDEX journal_of_org_by_time ON billing.journal (org_id, booked_at);

-- The documents as they were sent out.
CREATE TABLE billing.invoice_file (
  invoice_id text  NOT NULL REFERENCES billing.invoice (id),
  format     text  NOT NULL CHECK (format IN ('json', 'csv', 'pdf')),
  content    bytea NOT NULL,
  sha256     text  NOT NULL CHECK (sha256 = encode(sha256(content), 'hex')),
  PRIMARY KEY (invoice_id, format)
);

CREATE TABLE billing.credit_note (
  id              text        PRIMARY KEY CHECK (id ~ '^inv_[0-9a-f]{32}$'),
  org_id          text        NOT NULL,
  invoice_id      text        NOT NULL REFERENCES billing.invoice (id),
  entity          text        NOT NULL REFERENCES billing.legal_entity (id),
  sequence        bigint      NOT NULL CHECK (sequence > 0),
  number          text        NOT NULL UNIQUE,
  amount_nano_usd bigint      NOT NULL CHECK (amount_nano_usd > 0 AND amount_nano_usd % 10000000 = 0),
  reason          text        NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 500),
  -- Asked again with the same reference, the same note is the answer.
  reference       text        NOT NULL CHECK (char_length(reference) BETWEEN 1 AND 64),
  journal_id      text        NOT NULL REFERENCES billing.journal (id),
  created_by      text        NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (entity, sequence),
  UNIQUE (invoice_id, reference)
);

-- What a later look at the price table made of a charge: the original stays, the difference is posted once.
CREATE TABLE billing.rerated_charge (
  journal_id      text    NOT NULL REFERENCES billing.journal (id),
  event_id        text    NOT NULL REFERENCES billing.charge (event_id),
  org_id          text    NOT NULL,
  price_id        text    NOT NULL REFERENCES billing.price (id),
  base_nano_usd   bigint  NOT NULL,
  markup_nano_usd bigint  NOT NULL,
  overrun_nano_usd bigint NOT NULL,
  PRIMARY KEY (event_id, journal_id)
);
CREATE INDEX rerated_charge_of_journal ON billing.rerated_charge (journal_id, event_id);

-- What a provider says it cost, by day, key and model.
CREATE TABLE billing.reconciliation (
  id              text        PRIMARY KEY CHECK (id ~ '^rec_[0-9a-f]{32}$'),
  provider        text        NOT NULL,
  format          text        NOT NULL CHECK (format IN ('generic', 'openai', 'anthropic')),
  checksum        text        NOT NULL UNIQUE CHECK (checksum ~ '^[0-9a-f]{64}$'),
  first_day       date        NOT NULL,
  last_day        date        NOT NULL,
  row_count       integer     NOT NULL CHECK (row_count > 0),
  theirs_nano_usd bigint      NOT NULL,
  has_keys        boolean     NOT NULL,
  has_models      boolean     NOT NULL,
  created_by      text        NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE billing.provider_cost (
  reconciliation_id text   NOT NULL REFERENCES billing.reconciliation (id),
  day               date   NOT NULL,
  -- Ours where it could be told, else as the provider calls it; '' where it does not say.
  key               text   NOT NULL,
  model             text   NOT NULL,
  amount_nano_usd   bigint NOT NULL,
  PRIMARY KEY (reconciliation_id, day, key, model)
);

CREATE TRIGGER invoice_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.invoice FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER invoice_line_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.invoice_line FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER invoice_journal_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.invoice_journal FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER invoice_file_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.invoice_file FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER credit_note_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.credit_note FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER rerated_charge_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.rerated_charge FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER reconciliation_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.reconciliation FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER provider_cost_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.provider_cost FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

GRANT SELECT, INSERT ON billing.invoice, billing.invoice_line, billing.invoice_journal, billing.invoice_file, billing.credit_note, billing.rerated_charge, billing.reconciliation, billing.provider_cost TO byok_billing;
GRANT SELECT ON billing.legal_entity, billing.document_counter TO byok_billing;
GRANT UPDATE (last) ON billing.document_counter TO byok_billing;
