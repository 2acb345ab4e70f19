-- Up Migration

-- What an org decided about its encryption: a KEK of its own, and whether it is sealed.
CREATE TABLE vault.org_kek (
  org_id      text        PRIMARY KEY CHECK (org_id ~ '^org_[0-9a-f]{32}$'),
  -- null: the KEK that the operator configured
  kek_uri     text        CHECK (char_length(kek_uri) BETWEEN 8 AND 500),
  -- the key that wrapped the canary when the KEK was accepted
  kek_version text        NOT NULL DEFAULT '',
  set_at      timestamptz,
  set_by      text        NOT NULL DEFAULT '',
  sealed_at   timestamptz,
  sealed_by   text        NOT NULL DEFAULT '',
  CHECK ((kek_uri IS NULL) = (set_at IS NULL))
);
GRANT SELECT, INSERT, UPDATE ON vault.org_kek TO byok_vault;

-- Two KMSs may call their keys by the same name.
ALTER TABLE vault.kek_canary DROP CONSTRAINT kek_canary_pkey, ADD PRIMARY KEY (kek_uri, kek_version);
