-- The audit tables of one schema. A migration copies this text with SCHEMA replaced and then grants
-- SELECT, INSERT on SCHEMA.audit and SELECT, INSERT, UPDATE on SCHEMA.audit_head to its service's role.
CREATE TABLE SCHEMA.audit_head (
  org_id   text   PRIMARY KEY,
  sequence bigint NOT NULL,
  hash     bytea  NOT NULL
);
CREATE TABLE SCHEMA.audit (
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
CREATE FUNCTION SCHEMA.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'audit rows cannot be changed or removed'; END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON SCHEMA.audit
  FOR EACH STATEMENT EXECUTE FUNCTION SCHEMA.refuse_audit_change();
