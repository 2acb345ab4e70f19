-- Up Migration

-- The last line of each checkpoint file, so that lines cut off its end are missed, and what was last said about where checkpoints go.
CREATE TABLE identity.audit_checkpoint (
  file      text        PRIMARY KEY,
  number    bigint      NOT NULL,
  line_hash text        NOT NULL CHECK (line_hash ~ '^[0-9a-f]{64}$'),
  at        timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE identity.audit_setting (
  name  text PRIMARY KEY,
  value text NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON identity.audit_checkpoint, identity.audit_setting TO byok_admin;
