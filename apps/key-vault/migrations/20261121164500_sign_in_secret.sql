-- Up Migration

-- What an org's identity provider knows us by, sealed like a key and in nobody's hands but sign-in's: it is in no list and no call uses it.
CREATE TABLE vault.sign_in_secret (
  org_id           text        PRIMARY KEY CHECK (org_id ~ '^org_[0-9a-f]{32}$'),
  id               text        NOT NULL UNIQUE CHECK (id ~ '^key_[0-9a-f]{32}$'),
  -- Whom it is shown to, and nobody else: part of what it is sealed for.
  issuer           text        NOT NULL CHECK (char_length(issuer) BETWEEN 1 AND 1000),
  version          integer     NOT NULL CHECK (version > 0),
  dek_id           text        NOT NULL,
  dek_version      integer     NOT NULL,
  blob             bytea       NOT NULL,
  is_undecryptable boolean     NOT NULL DEFAULT false,
  updated_at       timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (org_id, dek_id, dek_version) REFERENCES vault.org_dek (org_id, dek_id, version)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.sign_in_secret TO byok_vault;
