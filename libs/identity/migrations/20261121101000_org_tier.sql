-- Up Migration

-- Which tier an org had since when: what it is charged for a call is decided by the tier at that moment, however late the bill comes.
CREATE TABLE identity.org_tier (
  org_id         text        NOT NULL REFERENCES identity.org (id),
  effective_from timestamptz NOT NULL,
  tier           text        NOT NULL CHECK (tier IN ('trial', 'starter', 'professional', 'enterprise')),
  PRIMARY KEY (org_id, effective_from)
);

-- As the owner: nobody writes this history but the change itself.
CREATE FUNCTION identity.keep_tier() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  INSERT INTO identity.org_tier (org_id, effective_from, tier) VALUES (NEW.id, clock_timestamp(), NEW.tier);
  RETURN NULL;
END $$;
CREATE TRIGGER org_tier_of_new_org AFTER INSERT ON identity.org FOR EACH ROW EXECUTE FUNCTION identity.keep_tier();
CREATE TRIGGER org_tier_of_change AFTER UPDATE OF tier ON identity.org FOR EACH ROW WHEN (OLD.tier <> NEW.tier) EXECUTE FUNCTION identity.keep_tier();

INSERT INTO identity.org_tier (org_id, effective_from, tier) SELECT id, created_at, tier FROM identity.org;

-- Billing learns nothing of identity but this.
GRANT USAGE ON SCHEMA identity TO byok_billing;
GRANT SELECT (id, tier, status) ON identity.org TO byok_billing;
GRANT SELECT ON identity.org_tier TO byok_billing;
