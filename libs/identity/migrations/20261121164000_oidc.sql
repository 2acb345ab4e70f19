-- Up Migration

-- Where the people of an org sign in. The client's secret is not here: the key-vault keeps it, sealed.
CREATE TABLE identity.identity_provider (
  org_id            text        PRIMARY KEY REFERENCES identity.org (id),
  issuer            text        NOT NULL CHECK (char_length(issuer) BETWEEN 8 AND 1000),
  client_id         text        NOT NULL CHECK (char_length(client_id) BETWEEN 1 AND 500),
  has_client_secret boolean     NOT NULL,
  is_enforced       boolean     NOT NULL,
  -- Scopes, claims, mappings, domains: as @byok/contracts' IdentityProvider says.
  settings          jsonb       NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  updated_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Who somebody is at their provider. An address may change hands, a subject does not.
CREATE TABLE identity.federated_identity (
  org_id     text        NOT NULL,
  issuer     text        NOT NULL,
  subject    text        NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 500),
  user_id    text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, issuer, subject),
  UNIQUE (org_id, user_id, issuer),
  FOREIGN KEY (org_id, user_id) REFERENCES identity.app_user (org_id, id)
);

-- A sign-in that has begun and not come back. The browser holds what completes it; here is only the hash of the state, taken once.
CREATE TABLE identity.sign_in_attempt (
  state_hash text        PRIMARY KEY CHECK (state_hash ~ '^[0-9a-f]{64}$'),
  org_id     text        NOT NULL REFERENCES identity.org (id),
  return_to  text        NOT NULL CHECK (char_length(return_to) <= 500),
  expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_by_end ON identity.sign_in_attempt (expires_at);

-- Whose JWTs an org's services may call with.
CREATE TABLE identity.trusted_issuer (
  id              text        PRIMARY KEY CHECK (id ~ '^tis_[0-9a-f]{32}$'),
  org_id          text        NOT NULL REFERENCES identity.org (id),
  name            text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  issuer          text        NOT NULL CHECK (char_length(issuer) BETWEEN 8 AND 1000),
  audience        text        NOT NULL CHECK (char_length(audience) BETWEEN 1 AND 500),
  jwks_uri        text        CHECK (char_length(jwks_uri) <= 1000),
  token_type      text        NOT NULL CHECK (token_type IN ('at+jwt', 'JWT')),
  subject_pattern text        NOT NULL CHECK (char_length(subject_pattern) BETWEEN 1 AND 500),
  rules           jsonb       NOT NULL CHECK (jsonb_typeof(rules) = 'array'),
  deleted_at      timestamptz,
  created_by      text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (org_id, id)
);
-- A JWT must mean one org only, or one tenant could register what another's services present.
CREATE UNIQUE INDEX trusted_issuer_of_jwt ON identity.trusted_issuer (issuer, audience) WHERE deleted_at IS NULL;
CREATE INDEX trusted_issuer_by_audience ON identity.trusted_issuer (audience) WHERE deleted_at IS NULL;

-- The token of a service that comes with JWTs: a row without a text, alive for five minutes after each JWT that was seen.
ALTER TABLE identity.token ADD COLUMN issuer_id text, ADD COLUMN subject text CHECK (char_length(subject) <= 500);
ALTER TABLE identity.token ADD CONSTRAINT token_of_issuer FOREIGN KEY (org_id, issuer_id) REFERENCES identity.trusted_issuer (org_id, id);
ALTER TABLE identity.token ADD CONSTRAINT token_of_service_is_lease CHECK (issuer_id IS NULL OR (user_id IS NULL AND subject IS NOT NULL AND expires_at IS NOT NULL));
CREATE INDEX token_of_issuer ON identity.token (issuer_id, subject) WHERE issuer_id IS NOT NULL;

-- The only way to such a row, for the gateway and for admin-api alike. Whoever calls it names an issuer, one of its rules and a subject;
-- what the row may do is the rule's, never the caller's to say. Null: no such issuer or rule, or too many subjects.
CREATE FUNCTION identity.lease_service(p_issuer text, p_rule integer, p_subject text, p_until timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  trusted identity.trusted_issuer%ROWTYPE;
  rule    jsonb;
  key     text;
  until   timestamptz := least(p_until, clock_timestamp() + interval '5 minutes');
  lease   record;
BEGIN
  SELECT * INTO trusted FROM identity.trusted_issuer WHERE id = p_issuer AND deleted_at IS NULL;
  rule := trusted.rules -> p_rule;
  IF rule IS NULL OR p_rule < 0 THEN RETURN NULL; END IF;
  -- The row of a service is found by what it is made of. No text hashes to this: a token's text begins differently.
  key := encode(sha256(convert_to(p_issuer || E'\n' || rule::text || E'\n' || p_subject, 'UTF8')), 'hex');
  -- Who was revoked under one rule does not come back under another; the end of a group is no revocation of who served it.
  SELECT t.id INTO lease FROM identity.token t LEFT JOIN identity.app_group g ON g.org_id = t.org_id AND g.id = t.group_id
   WHERE t.issuer_id = p_issuer AND t.subject = p_subject AND t.revoked_at IS NOT NULL AND (t.group_id IS NULL OR g.status = 'active') LIMIT 1;
  IF FOUND THEN RETURN lease.id; END IF;
  SELECT id, expires_at INTO lease FROM identity.token WHERE hash = key;
  IF FOUND THEN
    -- Written again in its second half only: most calls cost no write.
    IF lease.expires_at < until AND lease.expires_at < clock_timestamp() + interval '150 seconds' THEN
      UPDATE identity.token SET expires_at = greatest(expires_at, until) WHERE id = lease.id;
    END IF;
    RETURN lease.id;
  END IF;
  IF (SELECT count(*) FROM identity.token WHERE issuer_id = p_issuer) >= 1000 THEN RETURN NULL; END IF;
  INSERT INTO identity.token AS t (id, org_id, group_id, name, hash, allowed_models, management_scopes, expires_at, created_by, issuer_id, subject)
  VALUES ('tok_' || replace(gen_random_uuid()::text, '-', ''), trusted.org_id, rule ->> 'group', left(p_subject, 200), key,
          ARRAY(SELECT jsonb_array_elements_text(coalesce(rule -> 'allowedModels', '[]'))),
          ARRAY(SELECT jsonb_array_elements_text(coalesce(rule -> 'managementScopes', '[]'))), until, p_issuer, p_issuer, p_subject)
  ON CONFLICT (hash) DO UPDATE SET expires_at = greatest(t.expires_at, EXCLUDED.expires_at)
  RETURNING t.id INTO lease;
  RETURN lease.id;
END $$;
REVOKE ALL ON FUNCTION identity.lease_service FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.lease_service TO byok_gateway, byok_admin;

-- JWTs that were refused, counted until admin-api brings them into the org's audit chain: a flood is one row.
CREATE TABLE identity.failed_jwt (
  issuer_id text        NOT NULL,
  org_id    text        NOT NULL,
  place     text        NOT NULL CHECK (place IN ('gateway', 'admin-api')),
  reason    text        NOT NULL CHECK (reason ~ '^[a-z-]{1,32}$'),
  count     bigint      NOT NULL,
  first_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (issuer_id, place, reason),
  FOREIGN KEY (org_id, issuer_id) REFERENCES identity.trusted_issuer (org_id, id)
);
CREATE FUNCTION identity.note_failed_jwt(p_issuer text, p_place text, p_reason text, p_count integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  INSERT INTO identity.failed_jwt AS f (issuer_id, org_id, place, reason, count)
  SELECT id, org_id, p_place, p_reason, greatest(p_count, 1) FROM identity.trusted_issuer WHERE id = p_issuer
  ON CONFLICT (issuer_id, place, reason) DO UPDATE SET count = f.count + EXCLUDED.count
$$;
REVOKE ALL ON FUNCTION identity.note_failed_jwt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.note_failed_jwt TO byok_gateway, byok_admin;

GRANT SELECT, INSERT, UPDATE, DELETE ON identity.identity_provider, identity.federated_identity TO byok_admin;
GRANT SELECT, INSERT, DELETE ON identity.sign_in_attempt TO byok_admin;
GRANT SELECT, INSERT, UPDATE ON identity.trusted_issuer TO byok_admin;
GRANT SELECT, DELETE ON identity.failed_jwt TO byok_admin;
GRANT SELECT (id, org_id, issuer, audience, jwks_uri, token_type, subject_pattern, rules, deleted_at) ON identity.trusted_issuer TO byok_gateway;
