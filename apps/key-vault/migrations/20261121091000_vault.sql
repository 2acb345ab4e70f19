-- Up Migration

CREATE SCHEMA vault;

-- A wrapped seed per org and version. The KEK is never here; the DEK is derived in the vault's memory.
CREATE TABLE vault.org_dek (
  org_id        text        NOT NULL CHECK (org_id = 'platform' OR org_id ~ '^org_[0-9a-f]{32}$'),
  dek_id        text        PRIMARY KEY CHECK (dek_id ~ '^dek_[0-9a-f]{32}$'),
  version       integer     NOT NULL CHECK (version > 0),
  state         text        NOT NULL CHECK (state IN ('pending', 'active', 'decrypt_only', 'retired', 'destroyed')),
  wrapped_seed  bytea       NOT NULL,
  kek_uri       text        NOT NULL,
  kek_version   text        NOT NULL,
  kek_scope     text        NOT NULL CHECK (kek_scope IN ('tenant', 'platform')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  activated_at  timestamptz,
  destroy_after timestamptz,
  UNIQUE (org_id, version),
  UNIQUE (org_id, dek_id, version)
);
CREATE UNIQUE INDEX org_dek_one_active ON vault.org_dek (org_id) WHERE state = 'active';

-- A value sealed under each KEK that was ever used: the vault refuses to start under a KEK that cannot open it.
CREATE TABLE vault.kek_canary (
  kek_version  text        PRIMARY KEY,
  kek_uri      text        NOT NULL,
  wrapped_seed bytea       NOT NULL,
  blob         bytea       NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE vault.credential (
  id                text        PRIMARY KEY CHECK (id ~ '^key_[0-9a-f]{32}$'),
  org_id            text        NOT NULL,
  owner_type        text        NOT NULL CHECK (owner_type IN ('user', 'group', 'org', 'platform')),
  owner_id          text        NOT NULL,
  provider          text        NOT NULL CHECK (char_length(provider) BETWEEN 1 AND 64),
  label             text        NOT NULL CHECK (char_length(label) <= 200),
  description       text        NOT NULL CHECK (char_length(description) <= 2000),
  last4             text        NOT NULL CHECK (char_length(last4) IN (0, 4)),
  status            text        NOT NULL CHECK (status IN ('active', 'invalid', 'undecryptable', 'disabled', 'revoked')),
  status_reason     text        NOT NULL DEFAULT '',
  key_version       integer     NOT NULL CHECK (key_version > 0),
  dek_id            text        NOT NULL,
  dek_version       integer     NOT NULL,
  blob              bytea,
  config            jsonb       NOT NULL DEFAULT '{}',
  config_mac        bytea       NOT NULL,
  fingerprint       text,
  allowed_users     text[]      NOT NULL DEFAULT '{}',
  allowed_models    text[]      NOT NULL DEFAULT '{}',
  priority          integer     NOT NULL DEFAULT 0,
  created_at        timestamptz NOT NULL DEFAULT now(),
  created_by        text        NOT NULL,
  last_tested_at    timestamptz,
  last_test_outcome text        NOT NULL DEFAULT '',
  revoked_at        timestamptz,
  FOREIGN KEY (org_id, dek_id, dek_version) REFERENCES vault.org_dek (org_id, dek_id, version),
  CHECK ((owner_type = 'platform') = (org_id = 'platform')),
  -- A revoked key keeps its name for reports and nothing that could be opened or recognised.
  CHECK ((status = 'revoked') = (blob IS NULL)),
  CHECK ((status = 'revoked') = (fingerprint IS NULL)),
  CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);
CREATE INDEX credential_of_org ON vault.credential (org_id, id);
CREATE INDEX credential_of_owner ON vault.credential (org_id, owner_type, owner_id) WHERE status <> 'revoked';
CREATE INDEX credential_by_fingerprint ON vault.credential (org_id, fingerprint) WHERE fingerprint IS NOT NULL;

-- High-water mark: which version of a key was sealed last, and whether it was revoked. A credential row that was
-- rolled back as a whole still decrypts, so it is compared with the newest row here.
CREATE TABLE vault.credential_version_log (
  key_id        text        NOT NULL,
  sequence      integer     NOT NULL CHECK (sequence > 0),
  org_id        text        NOT NULL,
  version       integer     NOT NULL,
  event         text        NOT NULL CHECK (event IN ('sealed', 'revoked')),
  blob_hash     bytea       NOT NULL,
  previous_hash bytea       NOT NULL,
  hash          bytea       NOT NULL,
  at            timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (key_id, sequence)
);

-- Opens since the last audit row of the same actor and key; one row a minute goes to the chain.
CREATE TABLE vault.open_tally (
  org_id   text        NOT NULL,
  actor_id text        NOT NULL,
  key_id   text        NOT NULL,
  minute   timestamptz NOT NULL,
  pending  integer     NOT NULL,
  PRIMARY KEY (org_id, actor_id, key_id)
);

CREATE TABLE vault.audit_head (
  org_id   text   PRIMARY KEY,
  sequence bigint NOT NULL,
  hash     bytea  NOT NULL
);
CREATE TABLE vault.audit (
  org_id        text        NOT NULL,
  sequence      bigint      NOT NULL,
  at            timestamptz NOT NULL,
  action        text        NOT NULL,
  actor_id      text        NOT NULL,
  target_id     text        NOT NULL,
  outcome       text        NOT NULL CHECK (outcome IN ('allowed', 'denied', 'failed')),
  details       text        NOT NULL,
  previous_hash bytea       NOT NULL,
  hash          bytea       NOT NULL,
  PRIMARY KEY (org_id, sequence)
);
CREATE INDEX audit_of_target ON vault.audit (org_id, target_id, action);

CREATE FUNCTION vault.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'audit rows cannot be changed or removed'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.audit
  FOR EACH STATEMENT EXECUTE FUNCTION vault.refuse_audit_change();
CREATE TRIGGER version_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.credential_version_log
  FOR EACH STATEMENT EXECUTE FUNCTION vault.refuse_audit_change();

GRANT USAGE ON SCHEMA vault TO byok_vault;
GRANT SELECT, INSERT, UPDATE ON vault.org_dek, vault.credential, vault.audit_head TO byok_vault;
GRANT SELECT, INSERT ON vault.kek_canary, vault.credential_version_log, vault.audit TO byok_vault;
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.open_tally TO byok_vault;
