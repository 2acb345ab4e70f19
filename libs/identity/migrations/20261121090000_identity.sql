-- Up Migration

CREATE SCHEMA identity;

CREATE TABLE identity.org (
  id                    text        PRIMARY KEY CHECK (id ~ '^org_[0-9a-f]{32}$'),
  name                  text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  tier                  text        NOT NULL CHECK (tier IN ('trial', 'starter', 'professional', 'enterprise')),
  status                text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'frozen', 'deleted')),
  platform_credits      text        NOT NULL DEFAULT 'when-no-key' CHECK (platform_credits IN ('never', 'when-no-key', 'when-no-key-or-key-fails')),
  aggregator            text        NOT NULL DEFAULT 'first' CHECK (aggregator IN ('first', 'last')),
  platform_keys_granted boolean     NOT NULL DEFAULT false,
  created_at            timestamptz NOT NULL DEFAULT now()
);

-- A user, a group and a token that are gone keep their row: reports must still be able to name who spent.
CREATE TABLE identity.app_user (
  id            text        PRIMARY KEY CHECK (id ~ '^usr_[0-9a-f]{32}$'),
  org_id        text        NOT NULL REFERENCES identity.org (id),
  email         text        NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
  name          text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  password_hash text,
  role          text        NOT NULL CHECK (role IN ('owner', 'admin', 'billing', 'auditor', 'member')),
  is_operator   boolean     NOT NULL DEFAULT false,
  status        text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'deleted')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX app_user_email ON identity.app_user (lower(email)) WHERE status <> 'deleted';

CREATE TABLE identity.app_group (
  id         text        PRIMARY KEY CHECK (id ~ '^grp_[0-9a-f]{32}$'),
  org_id     text        NOT NULL REFERENCES identity.org (id),
  name       text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status     text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deleted')),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX app_group_name ON identity.app_group (org_id, lower(name)) WHERE status = 'active';

-- Both foreign keys carry the org, so no membership can join a user and a group of two orgs.
CREATE TABLE identity.membership (
  org_id     text        NOT NULL,
  group_id   text        NOT NULL,
  user_id    text        NOT NULL,
  role       text        NOT NULL CHECK (role IN ('admin', 'member')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (group_id, user_id),
  FOREIGN KEY (org_id, group_id) REFERENCES identity.app_group (org_id, id),
  FOREIGN KEY (org_id, user_id) REFERENCES identity.app_user (org_id, id)
);
CREATE INDEX membership_of_user ON identity.membership (org_id, user_id);

CREATE TABLE identity.token (
  id                text        PRIMARY KEY CHECK (id ~ '^tok_[0-9a-f]{32}$'),
  org_id            text        NOT NULL REFERENCES identity.org (id),
  user_id           text,
  group_id          text,
  name              text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  hash              text        NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
  allowed_models    text[]      NOT NULL DEFAULT '{}',
  management_scopes text[]      NOT NULL DEFAULT '{}',
  expires_at        timestamptz,
  revoked_at        timestamptz,
  created_by        text,
  created_at        timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (org_id, user_id) REFERENCES identity.app_user (org_id, id),
  FOREIGN KEY (org_id, group_id) REFERENCES identity.app_group (org_id, id)
);
CREATE INDEX token_of_org ON identity.token (org_id, id);

CREATE TABLE identity.session (
  id                    text        PRIMARY KEY CHECK (id ~ '^ses_[0-9a-f]{32}$'),
  org_id                text        NOT NULL,
  user_id               text        NOT NULL,
  refresh_hash          text        NOT NULL CHECK (refresh_hash ~ '^[0-9a-f]{64}$'),
  -- The refresh token before the present one: seeing it again means that somebody kept a copy.
  previous_refresh_hash text        CHECK (previous_refresh_hash ~ '^[0-9a-f]{64}$'),
  refreshed_at          timestamptz,
  expires_at            timestamptz NOT NULL,
  revoked_at            timestamptz,
  created_at            timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (org_id, user_id) REFERENCES identity.app_user (org_id, id)
);
CREATE INDEX session_of_user ON identity.session (org_id, user_id);

CREATE TABLE identity.audit_head (
  org_id   text   PRIMARY KEY,
  sequence bigint NOT NULL,
  hash     bytea  NOT NULL
);
CREATE TABLE identity.audit (
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
CREATE FUNCTION identity.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'audit rows cannot be changed or removed'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identity.audit
  FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();

GRANT USAGE ON SCHEMA identity TO byok_admin, byok_gateway, byok_vault;

GRANT SELECT, INSERT, UPDATE ON identity.org, identity.app_user, identity.app_group, identity.token, identity.session TO byok_admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.membership TO byok_admin;
GRANT DELETE ON identity.session TO byok_admin;
GRANT SELECT, INSERT ON identity.audit TO byok_admin;
GRANT SELECT, INSERT, UPDATE ON identity.audit_head TO byok_admin;

-- Readers get columns, not tables: no password hash, no refresh hash, and the vault no token hash either.
GRANT SELECT ON identity.org, identity.app_group, identity.membership TO byok_gateway, byok_vault;
GRANT SELECT (id, org_id, email, name, role, is_operator, status) ON identity.app_user TO byok_gateway, byok_vault;
GRANT SELECT (id, org_id, user_id, group_id, allowed_models, management_scopes, expires_at, revoked_at) ON identity.token TO byok_gateway, byok_vault;
GRANT SELECT (hash) ON identity.token TO byok_gateway;
GRANT SELECT (id, org_id, user_id, expires_at, revoked_at) ON identity.session TO byok_gateway, byok_vault;
