-- Up Migration
-- How much of input_uncached and output was images; NULL where the provider does not count them apart.
ALTER TABLE billing.usage_event
  ADD COLUMN image_in  bigint CHECK (image_in >= 0),
  ADD COLUMN image_out bigint CHECK (image_out >= 0);
