-- Up Migration

-- Tenancy held twice: every statement names its org, and the database shows a session the rows of `byok.org_id` and no others, whatever
-- the statement says. Set for one transaction (SET LOCAL); '*' is every org; unset is none. Migrations run as the tables' owner, whom no
-- policy binds. The comparison is leakproof, so indexes serve as before; written like this it costs the look-up of a token next to nothing
-- (a sub-select in each of its tables cost a quarter of its time).
DO $$
DECLARE tenant_table regclass;
BEGIN
  FOR tenant_table IN
    SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'identity'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY of_org ON %s USING (current_setting(''byok.org_id'', true) = ANY (ARRAY[org_id, ''*'']))', tenant_table);
  END LOOP;
END $$;

ALTER TABLE identity.org ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_org ON identity.org USING (current_setting('byok.org_id', true) = ANY (ARRAY[id, '*']));

-- Addresses are stored in one spelling, and lower() may not be asked before the policy has been: the index for sign-in is on the address.
CREATE INDEX app_user_address ON identity.app_user (email) WHERE status <> 'deleted';
