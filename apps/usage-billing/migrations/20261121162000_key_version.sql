-- Up Migration

-- Which secret of the key an attempt was made with. NULL: an event of before this was told.
ALTER TABLE billing.usage_event ADD COLUMN key_version integer;
