-- Up Migration

-- The last line of each checkpoint file, so that lines cut off its end are missed, and what was last said about where checkpoints go.
CREATE TABLE vault.audit_checkpoint (
  file      text        PRIMARY KEY,
  number    bigint      NOT NULL,
  line_hash text        NOT NULL CHECK (line_hash ~ '^[0-9a-f]{64}$'),
  at        timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE vault.audit_setting (
  name  text PRIMARY KEY,
  value text NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON vault.audit_checkpoint, vault.audit_setting TO byok_vault;
