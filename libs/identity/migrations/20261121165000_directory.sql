-- Up Migration

-- A token as a restricted credential; an empty list restricts nothing. What was checked when it was made is checked again at each use.
ALTER TABLE identity.token
  ADD COLUMN description       text   CHECK (char_length(description) <= 500),
  ADD COLUMN allowed_providers text[] NOT NULL DEFAULT '{}',
  ADD COLUMN allowed_groups    text[] NOT NULL DEFAULT '{}',
  ADD COLUMN allowed_networks  text[] NOT NULL DEFAULT '{}',
  -- The secret before the present one, good until then: a rotation need not happen everywhere in the same second.
  ADD COLUMN previous_hash     text   UNIQUE CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
  ADD COLUMN previous_until    timestamptz,
  ADD CHECK ((previous_hash IS NULL) = (previous_until IS NULL));

GRANT SELECT (allowed_providers, allowed_groups, allowed_networks) ON identity.token TO byok_gateway, byok_vault;
GRANT SELECT (previous_hash, previous_until) ON identity.token TO byok_gateway;

-- What an identity provider calls its user or group (SCIM's externalId).
ALTER TABLE identity.app_user  ADD COLUMN external_id text CHECK (char_length(external_id) BETWEEN 1 AND 200);
ALTER TABLE identity.app_group ADD COLUMN external_id text CHECK (char_length(external_id) BETWEEN 1 AND 200);
CREATE UNIQUE INDEX app_user_external  ON identity.app_user  (org_id, external_id) WHERE status <> 'deleted';
CREATE UNIQUE INDEX app_group_external ON identity.app_group (org_id, external_id) WHERE status = 'active';

-- A link by which somebody joins an org. It works once, for one address; only its hash is kept.
CREATE TABLE identity.invite (
  id          text        PRIMARY KEY CHECK (id ~ '^ivt_[0-9a-f]{32}$'),
  org_id      text        NOT NULL REFERENCES identity.org (id),
  email       text        NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
  role        text        NOT NULL CHECK (role IN ('owner', 'admin', 'billing', 'auditor', 'member')),
  groups      text[]      NOT NULL DEFAULT '{}',
  hash        text        NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  accepted_at timestamptz,
  accepted_by text,
  -- The user, or the service's token.
  created_by  text        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (org_id, accepted_by) REFERENCES identity.app_user (org_id, id),
  CHECK ((accepted_at IS NULL) = (accepted_by IS NULL))
);
CREATE INDEX invite_of_org ON identity.invite (org_id, id);
GRANT SELECT, INSERT, UPDATE ON identity.invite TO byok_admin;
