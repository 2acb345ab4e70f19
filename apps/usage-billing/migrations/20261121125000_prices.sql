-- Up Migration

-- Whose word a price is. An org's contract goes before the operator's override, that before what was imported.
ALTER TABLE billing.price
  ADD COLUMN layer  text NOT NULL DEFAULT 'imported' CHECK (layer IN ('contract', 'override', 'imported')),
  ADD COLUMN org_id text,
  ADD CHECK ((layer = 'contract') = (org_id IS NOT NULL));
ALTER TABLE billing.price ALTER COLUMN layer DROP DEFAULT;
CREATE INDEX price_agreed ON billing.price (layer, org_id, provider, model, import_sequence DESC) WHERE layer <> 'imported';

-- Who had a look at the prices before they counted; NULL: they came with the package, a reviewed change of a dependency.
ALTER TABLE billing.price_import ADD COLUMN reviewed_by text;
