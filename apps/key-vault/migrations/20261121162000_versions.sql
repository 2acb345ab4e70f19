-- Up Migration

-- When a key ends, how often its secret should change, since when it has this one, and when it was last in use or looked at unasked.
ALTER TABLE vault.credential
  ADD COLUMN expires_at        timestamptz,
  ADD COLUMN rotate_after_days integer CHECK (rotate_after_days BETWEEN 1 AND 3650),
  ADD COLUMN secret_since      timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN last_used_at      timestamptz,
  ADD COLUMN revalidate_at     timestamptz,
  -- Names the look at it that is under way: only what comes of that one is believed.
  ADD COLUMN revalidation      text;
UPDATE vault.credential SET secret_since = created_at;
CREATE INDEX credential_ends ON vault.credential (expires_at) WHERE expires_at IS NOT NULL AND status <> 'revoked';
CREATE INDEX credential_rotates ON vault.credential (secret_since) WHERE rotate_after_days IS NOT NULL AND status <> 'revoked';
CREATE INDEX credential_revalidates ON vault.credential (revalidate_at NULLS FIRST) WHERE status IN ('active', 'invalid');

-- The other live version of a key: a candidate that a share of the calls is made with, or the former one, which still opens for a while
-- after the candidate took its place. Sealed like every other, for its own version.
CREATE TABLE vault.credential_candidate (
  org_id           text        NOT NULL,
  key_id           text        NOT NULL REFERENCES vault.credential (id),
  role             text        NOT NULL CHECK (role IN ('candidate', 'former')),
  key_version      integer     NOT NULL CHECK (key_version > 0),
  dek_id           text        NOT NULL,
  dek_version      integer     NOT NULL,
  blob             bytea       NOT NULL,
  config           jsonb       NOT NULL DEFAULT '{}',
  config_mac       bytea       NOT NULL,
  fingerprint      text        NOT NULL,
  last4            text        NOT NULL CHECK (char_length(last4) IN (0, 4)),
  test_outcome     text        NOT NULL DEFAULT '',
  -- The share of calls, in percent. 0: the former version, which nobody is sent to any more.
  percent          integer     NOT NULL CHECK (percent BETWEEN 0 AND 100),
  -- So many refusals by the provider take a candidate back.
  rollback_after   integer     NOT NULL DEFAULT 3 CHECK (rollback_after BETWEEN 1 AND 1000),
  overlap_until    timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now(),
  created_by       text        NOT NULL,
  -- Since there are two: what calls with this version came to, and with the one beside it.
  answered         bigint      NOT NULL DEFAULT 0,
  refused          bigint      NOT NULL DEFAULT 0,
  failed           bigint      NOT NULL DEFAULT 0,
  current_answered bigint      NOT NULL DEFAULT 0,
  current_refused  bigint      NOT NULL DEFAULT 0,
  current_failed   bigint      NOT NULL DEFAULT 0,
  PRIMARY KEY (key_id, role),
  FOREIGN KEY (org_id, dek_id, dek_version) REFERENCES vault.org_dek (org_id, dek_id, version),
  CHECK (role = 'candidate' OR overlap_until IS NOT NULL)
);
CREATE INDEX candidate_of_org ON vault.credential_candidate (org_id, key_id);

-- `staged`: sealed as a candidate; `kept`: the former version still opens; `dropped`: neither any more.
ALTER TABLE vault.credential_version_log
  DROP CONSTRAINT credential_version_log_event_check,
  ADD CONSTRAINT credential_version_log_event_check CHECK (event IN ('sealed', 'resealed', 'revoked', 'staged', 'kept', 'dropped'));

GRANT SELECT, INSERT, UPDATE, DELETE ON vault.credential_candidate TO byok_vault;
