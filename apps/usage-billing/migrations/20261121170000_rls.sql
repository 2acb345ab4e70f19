-- Up Migration

-- As in identity: a session sees the rows of `byok.org_id` and no others; '*' is every org, unset is none.
-- The setting is read once a statement (as a sub-select), since reports read many rows.
-- Not `price`: all prices, also those agreed with one org, are read at once into the shelf from which the events of all orgs are priced.
DO $$
DECLARE tenant_table regclass;
BEGIN
  FOR tenant_table IN
    SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'billing'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND NOT a.attisdropped AND c.relname <> 'price'
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY of_org ON %s USING ((SELECT current_setting(''byok.org_id'', true)) IN (org_id, ''*''))', tenant_table);
  END LOOP;
END $$;

-- Rows that belong to one of a table with an org: who sees that one sees them.
ALTER TABLE billing.budget_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing.hold_budget ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing.lot_use ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing.invoice_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing.invoice_journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing.invoice_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_org ON billing.budget_counter USING ((SELECT current_setting('byok.org_id', true)) = '*' OR EXISTS (SELECT FROM billing.budget WHERE id = budget_id));
CREATE POLICY of_org ON billing.hold_budget USING ((SELECT current_setting('byok.org_id', true)) = '*' OR EXISTS (SELECT FROM billing.hold WHERE id = hold_id));
CREATE POLICY of_org ON billing.lot_use USING ((SELECT current_setting('byok.org_id', true)) = '*' OR EXISTS (SELECT FROM billing.credit_lot WHERE id = lot_id));
CREATE POLICY of_org ON billing.invoice_line USING ((SELECT current_setting('byok.org_id', true)) = '*' OR EXISTS (SELECT FROM billing.invoice WHERE id = invoice_id));
CREATE POLICY of_org ON billing.invoice_journal USING ((SELECT current_setting('byok.org_id', true)) = '*' OR EXISTS (SELECT FROM billing.journal WHERE id = journal_id));
CREATE POLICY of_org ON billing.invoice_file USING ((SELECT current_setting('byok.org_id', true)) = '*' OR EXISTS (SELECT FROM billing.invoice WHERE id = invoice_id));
