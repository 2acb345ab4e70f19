-- Up Migration

-- As in identity: a session sees the rows of `byok.org_id` and no others; '*' is every org, unset is none. The platform's own keys are of
-- no tenant and offered to many: every org's session sees them, and what may be done with them is the code's to say.
DO $$
DECLARE tenant_table regclass;
BEGIN
  FOR tenant_table IN
    SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'vault'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY of_org ON %s USING ((SELECT current_setting(''byok.org_id'', true)) IN (org_id, ''*''))', tenant_table);
    EXECUTE format('CREATE POLICY of_platform ON %s USING (org_id = ''platform'' AND (SELECT current_setting(''byok.org_id'', true)) <> '''')', tenant_table);
  END LOOP;
END $$;
