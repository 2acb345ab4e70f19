-- Up Migration

-- An org's accounts. The wallet caches its balance, because calls are admitted by it; every other account is the sum of its postings,
-- so that there is no hot row. `posted` is written by the trigger on posting alone.
CREATE TABLE billing.account (
  org_id          text   NOT NULL CHECK (char_length(org_id) BETWEEN 1 AND 64),
  kind            text   NOT NULL CHECK (kind IN ('wallet', 'receivable', 'cash_clearing', 'usage_passthrough', 'markup_revenue', 'promo_expense', 'breakage',
                                                  'overrun_loss', 'refunds', 'rounding', 'provider_cost')),
  posted_nano_usd bigint NOT NULL DEFAULT 0,
  held_nano_usd   bigint NOT NULL DEFAULT 0 CHECK (held_nano_usd >= 0),
  floor_nano_usd  bigint NOT NULL DEFAULT 0 CHECK (floor_nano_usd <= 0),
  PRIMARY KEY (org_id, kind),
  CHECK (kind = 'wallet' OR (posted_nano_usd = 0 AND held_nano_usd = 0)),
  CONSTRAINT wallet_stays_above_its_floor CHECK (posted_nano_usd - held_nano_usd >= floor_nano_usd)
) WITH (fillfactor = 50);

-- What happened to money, once each: the idempotency key is unique for ever.
CREATE TABLE billing.journal (
  id        text        PRIMARY KEY CHECK (id ~ '^jrn_[0-9a-f]{32}$'),
  org_id    text        NOT NULL,
  kind      text        NOT NULL CHECK (kind IN ('top_up', 'grant', 'usage', 'refund', 'expiry', 'adjustment', 'rounding', 'provider_cost')),
  idem_key  text        NOT NULL UNIQUE CHECK (char_length(idem_key) BETWEEN 1 AND 300),
  -- The journal that this one takes back, in part or whole.
  reverses  text,
  ref       jsonb       NOT NULL DEFAULT '{}',
  booked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (org_id, id),
  FOREIGN KEY (org_id, reverses) REFERENCES billing.journal (org_id, id)
);
CREATE INDEX journal_that_reverses ON billing.journal (org_id, reverses) WHERE reverses IS NOT NULL;

-- The lines of a journal; + is credit, - debit, and they sum to zero. The org stands in both foreign keys: no journal moves money between orgs.
CREATE TABLE billing.posting (
  journal_id      text     NOT NULL,
  line            smallint NOT NULL CHECK (line > 0),
  org_id          text     NOT NULL,
  account         text     NOT NULL,
  amount_nano_usd bigint   NOT NULL CHECK (amount_nano_usd <> 0),
  PRIMARY KEY (journal_id, line),
  FOREIGN KEY (org_id, journal_id) REFERENCES billing.journal (org_id, id),
  FOREIGN KEY (org_id, account) REFERENCES billing.account (org_id, kind)
);
CREATE INDEX posting_of_account ON billing.posting (org_id, account);

CREATE FUNCTION billing.refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total numeric;
BEGIN
  SELECT sum(amount_nano_usd) INTO total FROM billing.posting WHERE journal_id = NEW.journal_id;
  IF total <> 0 THEN RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id USING ERRCODE = 'check_violation'; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_sums_to_zero AFTER INSERT ON billing.posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION billing.refuse_unbalanced();

-- As the owner: the service itself may not write a balance, so that a balance is always the sum of its postings.
CREATE FUNCTION billing.post_to_wallet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = billing, pg_temp AS $$
BEGIN
  UPDATE billing.account SET posted_nano_usd = posted_nano_usd + NEW.amount_nano_usd WHERE org_id = NEW.org_id AND kind = 'wallet';
  RETURN NULL;
END $$;
CREATE TRIGGER wallet_follows_its_postings AFTER INSERT ON billing.posting
  FOR EACH ROW WHEN (NEW.account = 'wallet') EXECUTE FUNCTION billing.post_to_wallet();

-- Money reserved for one attempt. Its id is the attempt's usage event, which settles it.
CREATE TABLE billing.hold (
  id              text        PRIMARY KEY CHECK (id ~ '^evt_[0-9a-f]{32}$'),
  org_id          text        NOT NULL,
  request_id      text        NOT NULL,
  group_id        text,
  user_id         text,
  token_id        text,
  key_id          text        NOT NULL,
  key_owner       text        NOT NULL CHECK (key_owner IN ('user', 'group', 'org', 'platform')),
  provider        text        NOT NULL,
  model           text        NOT NULL,
  -- In the wallet on a platform key, and in every budget of hold_budget.
  amount_nano_usd bigint      NOT NULL CHECK (amount_nano_usd >= 0),
  state           text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled', 'released', 'expired', 'late_settled')),
  -- Pinned: whatever changes while the call runs, it is charged by these.
  -- No foreign key: prices are never removed, and every call locks the one row of a popular price.
  price_id        text        NOT NULL,
  tier            text        NOT NULL CHECK (tier IN ('trial', 'starter', 'professional', 'enterprise')),
  markup_bps      integer     NOT NULL CHECK (markup_bps BETWEEN 0 AND 10000),
  max_output      bigint      NOT NULL CHECK (max_output >= 0),
  taken_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at      timestamptz NOT NULL,
  closed_at       timestamptz,
  CHECK ((state = 'open') = (closed_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX hold_to_expire ON billing.hold (expires_at) WHERE state = 'open';
-- Calls of which nobody has told yet what they consumed.
CREATE INDEX hold_unreconciled ON billing.hold (org_id, id) WHERE state = 'expired';

CREATE FUNCTION billing.refuse_hold_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'a hold that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'check_violation'; END $$;
CREATE TRIGGER hold_is_closed_once BEFORE UPDATE ON billing.hold FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NOT (OLD.state = 'open' AND NEW.state IN ('settled', 'released', 'expired')) AND NOT (OLD.state = 'expired' AND NEW.state = 'late_settled'))
  EXECUTE FUNCTION billing.refuse_hold_change();

-- In which budget's which window a hold reserved, and settles. No foreign keys: written with the hold and a counter that is locked,
-- and neither is ever removed; they would lock each of those rows again, for every call.
CREATE TABLE billing.hold_budget (
  hold_id         text        NOT NULL,
  budget_id       text        NOT NULL,
  window_start    timestamptz NOT NULL,
  amount_nano_usd bigint      NOT NULL CHECK (amount_nano_usd >= 0),
  PRIMARY KEY (hold_id, budget_id)
);

-- Credits as they came in. They are burnt by priority, then the one that expires first, then the oldest.
CREATE TABLE billing.credit_lot (
  id                 text        PRIMARY KEY CHECK (id ~ '^lot_[0-9a-f]{32}$'),
  org_id             text        NOT NULL,
  kind               text        NOT NULL CHECK (kind IN ('paid', 'promo')),
  priority           smallint    NOT NULL CHECK (priority BETWEEN 1 AND 100),
  amount_nano_usd    bigint      NOT NULL CHECK (amount_nano_usd > 0),
  remaining_nano_usd bigint      NOT NULL,
  expires_at         timestamptz,
  journal_id         text        NOT NULL,
  note               text        NOT NULL CHECK (char_length(note) <= 500),
  created_by         text        NOT NULL,
  created_at         timestamptz NOT NULL DEFAULT now(),
  CHECK (remaining_nano_usd BETWEEN 0 AND amount_nano_usd),
  FOREIGN KEY (org_id, journal_id) REFERENCES billing.journal (org_id, id)
) WITH (fillfactor = 70);
CREATE INDEX credit_lot_to_burn ON billing.credit_lot (org_id, priority, expires_at, id) WHERE remaining_nano_usd > 0;
CREATE INDEX credit_lot_of_org ON billing.credit_lot (org_id, id);
CREATE INDEX credit_lot_to_expire ON billing.credit_lot (expires_at) WHERE remaining_nano_usd > 0;

-- What an attempt on platform credits was charged: base + markup - overrun is what the wallet paid, and the event's charged_nano_usd.
-- Written with its event and its hold, in one transaction, and none of them is ever removed: foreign keys would cost more than all the rest.
CREATE TABLE billing.charge (
  event_id         text        PRIMARY KEY,
  org_id           text        NOT NULL,
  base_nano_usd    bigint      NOT NULL CHECK (base_nano_usd >= 0),
  markup_nano_usd  bigint      NOT NULL CHECK (markup_nano_usd >= 0),
  -- What nobody had money for any more: our loss.
  overrun_nano_usd bigint      NOT NULL CHECK (overrun_nano_usd BETWEEN 0 AND base_nano_usd + markup_nano_usd),
  tier             text        NOT NULL,
  markup_bps       integer     NOT NULL,
  price_id         text,
  -- NULL: the event came without one.
  hold_id          text,
  is_late          boolean     NOT NULL,
  -- One journal for all charges of a wallet in a batch.
  journal_id       text        NOT NULL,
  charged_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX charge_of_journal ON billing.charge (journal_id);

-- Which lots paid for which event (+), and what a refund gave back to them (-).
CREATE TABLE billing.lot_use (
  journal_id      text   NOT NULL,
  event_id        text   NOT NULL,
  lot_id          text   NOT NULL,
  amount_nano_usd bigint NOT NULL CHECK (amount_nano_usd <> 0),
  PRIMARY KEY (event_id, lot_id, journal_id)
);

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.journal FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER posting_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.posting FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER charge_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.charge FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER lot_use_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.lot_use FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER hold_is_kept BEFORE DELETE OR TRUNCATE ON billing.hold FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER account_is_kept BEFORE DELETE OR TRUNCATE ON billing.account FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER credit_lot_is_kept BEFORE DELETE OR TRUNCATE ON billing.credit_lot FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

GRANT SELECT ON billing.account, billing.journal, billing.posting, billing.hold, billing.hold_budget, billing.credit_lot, billing.charge, billing.lot_use TO byok_billing;
GRANT INSERT ON billing.journal, billing.posting, billing.hold, billing.hold_budget, billing.credit_lot, billing.charge, billing.lot_use TO byok_billing;
-- An account begins empty, and only its postings and its holds move it.
GRANT INSERT (org_id, kind), UPDATE (held_nano_usd) ON billing.account TO byok_billing;
GRANT UPDATE (state, expires_at, closed_at) ON billing.hold TO byok_billing;
GRANT UPDATE (remaining_nano_usd) ON billing.credit_lot TO byok_billing;

-- Prices are never removed, so this key guarded nothing, and it made every call lock the row of its price.
ALTER TABLE billing.usage_event DROP CONSTRAINT usage_event_price_id_fkey;
