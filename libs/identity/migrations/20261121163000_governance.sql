-- Up Migration

-- A membership for a while is none once its time is over: whoever reads memberships asks. Its row may stay.
ALTER TABLE identity.membership ADD COLUMN expires_at timestamptz;

-- What members ask for: a group, or a key with an allow-list.
CREATE TABLE identity.access_request (
  id         text        PRIMARY KEY CHECK (id ~ '^arq_[0-9a-f]{32}$'),
  org_id     text        NOT NULL REFERENCES identity.org (id),
  user_id    text        NOT NULL,
  group_id   text,
  key_id     text        CHECK (key_id ~ '^key_[0-9a-f]{32}$'),
  -- The group that decides; null where the org's admins do.
  decided_in text,
  reason     text        NOT NULL CHECK (char_length(reason) <= 500),
  status     text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'granted', 'refused', 'withdrawn', 'ended')),
  note       text        NOT NULL DEFAULT '' CHECK (char_length(note) <= 500),
  expires_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (org_id, user_id) REFERENCES identity.app_user (org_id, id),
  FOREIGN KEY (org_id, group_id) REFERENCES identity.app_group (org_id, id),
  FOREIGN KEY (org_id, decided_in) REFERENCES identity.app_group (org_id, id),
  CHECK ((group_id IS NULL) <> (key_id IS NULL)),
  CHECK ((status IN ('granted', 'ended')) = (expires_at IS NOT NULL))
);
CREATE INDEX access_request_of_org ON identity.access_request (org_id, id);
-- One question at a time.
CREATE UNIQUE INDEX access_request_pending ON identity.access_request (org_id, user_id, coalesce(group_id, key_id)) WHERE status = 'pending';

-- Who had which access when a review began, and what was decided about each.
CREATE TABLE identity.access_review (
  id            text        PRIMARY KEY CHECK (id ~ '^rev_[0-9a-f]{32}$'),
  org_id        text        NOT NULL REFERENCES identity.org (id),
  name          text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  status        text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
  started_by    text        NOT NULL,
  started_at    timestamptz NOT NULL DEFAULT now(),
  attested_by   text,
  attested_name text        CHECK (char_length(attested_name) BETWEEN 1 AND 200),
  attested_at   timestamptz,
  lines_hash    text        CHECK (lines_hash ~ '^[0-9a-f]{64}$'),
  UNIQUE (org_id, id),
  CHECK ((status = 'closed') = (attested_by IS NOT NULL AND attested_name IS NOT NULL AND attested_at IS NOT NULL AND lines_hash IS NOT NULL))
);
CREATE INDEX access_review_of_org ON identity.access_review (org_id, id);
CREATE TABLE identity.access_review_line (
  org_id       text        NOT NULL,
  review_id    text        NOT NULL,
  line         integer     NOT NULL CHECK (line > 0),
  kind         text        NOT NULL CHECK (kind IN ('role', 'membership', 'key', 'grant', 'token')),
  -- The user, the group or the org that has the access; of a token, whom it acts for.
  subject_id   text        NOT NULL,
  subject_name text        NOT NULL,
  -- What they have access to: the org, a group, a key, a token.
  object_id    text        NOT NULL,
  object_name  text        NOT NULL,
  detail       text        NOT NULL,
  people       text[]      NOT NULL DEFAULT '{}',
  decision     text        CHECK (decision IN ('keep', 'revoke')),
  note         text        NOT NULL DEFAULT '' CHECK (char_length(note) <= 500),
  decided_by   text,
  decided_at   timestamptz,
  PRIMARY KEY (org_id, review_id, line),
  FOREIGN KEY (org_id, review_id) REFERENCES identity.access_review (org_id, id),
  CHECK ((decision IS NULL) = (decided_by IS NULL AND decided_at IS NULL))
);

-- What was seen stays as it was seen; what was attested stays as it was attested; nothing is deleted.
CREATE FUNCTION identity.keep_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR OLD.status = 'closed' OR (OLD.id, OLD.org_id, OLD.name, OLD.started_by, OLD.started_at) IS DISTINCT FROM (NEW.id, NEW.org_id, NEW.name, NEW.started_by, NEW.started_at) THEN
    RAISE EXCEPTION 'an access review cannot be changed once it is closed, nor what it began with';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_is_kept BEFORE UPDATE OR DELETE ON identity.access_review FOR EACH ROW EXECUTE FUNCTION identity.keep_review();
CREATE FUNCTION identity.keep_review_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE review_status text;
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'lines of an access review cannot be removed'; END IF;
  -- A share of the review's row: it is not being closed meanwhile.
  SELECT status INTO review_status FROM identity.access_review WHERE org_id = NEW.org_id AND id = NEW.review_id FOR SHARE;
  IF review_status IS DISTINCT FROM 'open' THEN RAISE EXCEPTION 'this access review is closed'; END IF;
  IF TG_OP = 'UPDATE' AND (OLD.org_id, OLD.review_id, OLD.line, OLD.kind, OLD.subject_id, OLD.subject_name, OLD.object_id, OLD.object_name, OLD.detail, OLD.people)
     IS DISTINCT FROM (NEW.org_id, NEW.review_id, NEW.line, NEW.kind, NEW.subject_id, NEW.subject_name, NEW.object_id, NEW.object_name, NEW.detail, NEW.people) THEN
    RAISE EXCEPTION 'what an access review saw cannot be changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_line_is_kept BEFORE INSERT OR UPDATE OR DELETE ON identity.access_review_line FOR EACH ROW EXECUTE FUNCTION identity.keep_review_line();
CREATE TRIGGER reviews_are_not_emptied BEFORE TRUNCATE ON identity.access_review FOR EACH STATEMENT EXECUTE FUNCTION identity.keep_review();
CREATE TRIGGER review_lines_are_not_emptied BEFORE TRUNCATE ON identity.access_review_line FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();

GRANT SELECT, INSERT, UPDATE ON identity.access_request, identity.access_review, identity.access_review_line TO byok_admin;
