-- Up Migration

-- Calls that gateways denied, counted until admin-api brings them into the org's audit chain: a client that hammers is one row.
CREATE TABLE identity.denied_call (
  token_id text        NOT NULL,
  org_id   text        NOT NULL,
  code     text        NOT NULL CHECK (code ~ '^[a-z_]{1,40}$'),
  count    bigint      NOT NULL,
  first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (token_id, code)
);
-- Whose token it is, the database says: a gateway cannot write into another org's audit.
CREATE FUNCTION identity.note_denied_call(p_token text, p_code text, p_count integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  INSERT INTO identity.denied_call AS d (token_id, org_id, code, count)
  SELECT id, org_id, p_code, greatest(p_count, 1) FROM identity.token WHERE id = p_token
  ON CONFLICT (token_id, code) DO UPDATE SET count = d.count + EXCLUDED.count
$$;
REVOKE ALL ON FUNCTION identity.note_denied_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.note_denied_call TO byok_gateway;
GRANT SELECT, DELETE ON identity.denied_call TO byok_admin;

ALTER TABLE identity.denied_call ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_org ON identity.denied_call USING (current_setting('byok.org_id', true) = ANY (ARRAY[org_id, '*']));
