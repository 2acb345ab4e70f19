-- Up Migration

-- How calls with a key fare, as tests and gateways told. Beside the sealed value and no part of it: whoever writes here opens nothing.
ALTER TABLE vault.credential
  ADD COLUMN health        text NOT NULL DEFAULT 'unknown' CHECK (health IN ('unknown', 'ok', 'failing')),
  ADD COLUMN health_reason text NOT NULL DEFAULT '' CHECK (char_length(health_reason) <= 200),
  ADD COLUMN health_at     timestamptz;
