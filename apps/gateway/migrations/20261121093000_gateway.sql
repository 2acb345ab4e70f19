-- Up Migration

CREATE SCHEMA gateway;

-- Which key made what a provider keeps between calls, or sealed for its own eyes: the next call that names it must go to that key.
-- A handle is a SHA-256 of what the provider called it; the provider's own names are nowhere here.
CREATE TABLE gateway.upstream_state (
  org_id     text        NOT NULL CHECK (char_length(org_id) BETWEEN 1 AND 64),
  -- The user, or the group or org of a service: nobody goes on with a conversation that is not theirs.
  holder     text        NOT NULL CHECK (char_length(holder) BETWEEN 1 AND 64),
  handle     text        NOT NULL CHECK (char_length(handle) = 43),
  key_id     text        NOT NULL CHECK (char_length(key_id) BETWEEN 1 AND 64),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, holder, handle)
);
CREATE INDEX upstream_state_age ON gateway.upstream_state (created_at);

REVOKE ALL ON SCHEMA gateway FROM PUBLIC;
GRANT USAGE ON SCHEMA gateway TO byok_gateway;
GRANT SELECT, INSERT, DELETE ON gateway.upstream_state TO byok_gateway;
