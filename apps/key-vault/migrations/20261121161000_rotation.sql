-- Up Migration

-- A known value sealed under the DEK itself: that it opens proves a seed, before anything rests on it.
-- Empty for DEKs older than this migration; planted when such a seed is wrapped again.
ALTER TABLE vault.org_dek ADD COLUMN canary bytea;
CREATE INDEX org_dek_in_rotation ON vault.org_dek (state) WHERE state IN ('pending', 'decrypt_only', 'retired');
CREATE INDEX credential_of_dek ON vault.credential (dek_id) WHERE blob IS NOT NULL;

-- Only a DEK that was never used may vanish; another one is what keys are sealed under.
CREATE FUNCTION vault.refuse_dek_delete() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN
    IF OLD.state <> 'pending' THEN RAISE EXCEPTION 'only a pending DEK can be deleted'; END IF;
    RETURN OLD;
  END $$;
CREATE TRIGGER org_dek_keeps_used BEFORE DELETE ON vault.org_dek FOR EACH ROW EXECUTE FUNCTION vault.refuse_dek_delete();

-- The same version of a key, sealed again under another DEK.
ALTER TABLE vault.credential_version_log DROP CONSTRAINT credential_version_log_event_check,
  ADD CONSTRAINT credential_version_log_event_check CHECK (event IN ('sealed', 'resealed', 'revoked'));

-- Every vault process that lives, and the pending DEKs that it could unwrap.
CREATE TABLE vault.replica (
  id      text        PRIMARY KEY,
  seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE vault.dek_loaded (
  dek_id     text NOT NULL REFERENCES vault.org_dek (dek_id) ON DELETE CASCADE,
  replica_id text NOT NULL REFERENCES vault.replica (id) ON DELETE CASCADE,
  PRIMARY KEY (dek_id, replica_id)
);

-- The one rewrap that runs, or ran last: every seed goes under the KEK that its org should have.
CREATE TABLE vault.kek_rewrap (
  is_one      boolean     PRIMARY KEY DEFAULT true CHECK (is_one),
  started_at  timestamptz NOT NULL,
  started_by  text        NOT NULL,
  finished_at timestamptz,
  last_error  text        NOT NULL DEFAULT ''
);
-- When a KEK last wrapped a seed here: backups younger than this still need it.
CREATE TABLE vault.kek_left (
  kek_uri     text        NOT NULL,
  kek_version text        NOT NULL,
  left_at     timestamptz NOT NULL,
  PRIMARY KEY (kek_uri, kek_version)
);

-- Orgs that were deleted and whose seeds are gone. Kept for good, here and in a file outside the database.
CREATE TABLE vault.shred_tombstone (
  org_id  text        PRIMARY KEY CHECK (org_id ~ '^org_[0-9a-f]{32}$'),
  dek_ids text[]      NOT NULL,
  at      timestamptz NOT NULL,
  actor   text        NOT NULL
);
CREATE FUNCTION vault.refuse_dek_of_shredded() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN
    IF EXISTS (SELECT 1 FROM vault.shred_tombstone t WHERE t.org_id = NEW.org_id) AND NEW.state <> 'destroyed' THEN
      RAISE EXCEPTION 'this org was deleted and its keys shredded' USING ERRCODE = 'BK001';
    END IF;
    RETURN NEW;
  END $$;
CREATE TRIGGER org_dek_of_living BEFORE INSERT OR UPDATE ON vault.org_dek FOR EACH ROW EXECUTE FUNCTION vault.refuse_dek_of_shredded();

GRANT DELETE ON vault.org_dek TO byok_vault;
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.replica, vault.dek_loaded TO byok_vault;
GRANT SELECT, INSERT, UPDATE ON vault.kek_rewrap, vault.kek_left TO byok_vault;
GRANT SELECT, INSERT ON vault.shred_tombstone TO byok_vault;
