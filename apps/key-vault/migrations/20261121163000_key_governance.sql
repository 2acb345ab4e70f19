-- Up Migration

-- An emergency stop. There is a row for as long as the key is sealed; what the key goes back to is in it.
CREATE TABLE vault.key_seal (
  key_id        text        PRIMARY KEY REFERENCES vault.credential (id),
  org_id        text        NOT NULL,
  reason        text        NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 200),
  cuts_streams  boolean     NOT NULL,
  sealed_by     text        NOT NULL,
  sealed_at     timestamptz NOT NULL DEFAULT now(),
  key_version   integer     NOT NULL,
  status_before text        NOT NULL,
  reason_before text        NOT NULL
);

-- Whatever finds out or decides something about a sealed key (a test, a rotation, a gateway's note) does not put it back into use, and
-- does not wipe away why it is stopped.
CREATE FUNCTION vault.keep_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM vault.key_seal s WHERE s.key_id = NEW.id) THEN
    NEW.status := 'disabled';
    IF NEW.status_reason NOT LIKE 'Sealed: %' THEN NEW.status_reason := OLD.status_reason; END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sealed_keys_stay_sealed BEFORE UPDATE OF status ON vault.credential
  FOR EACH ROW WHEN (NEW.status IN ('active', 'invalid', 'disabled')) EXECUTE FUNCTION vault.keep_sealed();

-- Access to a key with an allow-list, for one more user and for a while. Over when its time is over: nobody has to end it.
CREATE TABLE vault.key_grant (
  org_id     text        NOT NULL,
  key_id     text        NOT NULL REFERENCES vault.credential (id),
  user_id    text        NOT NULL,
  expires_at timestamptz NOT NULL,
  granted_by text        NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (key_id, user_id)
);

-- What the gateways said a moment ago is running with a key. Worth nothing after a crash.
CREATE UNLOGGED TABLE vault.running_use (
  gateway_id text        NOT NULL,
  key_id     text        NOT NULL,
  org_id     text        NOT NULL,
  calls      integer     NOT NULL,
  streams    integer     NOT NULL,
  told_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (gateway_id, key_id)
);
CREATE INDEX running_use_of_key ON vault.running_use (key_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON vault.key_seal, vault.key_grant, vault.running_use TO byok_vault;
