-- Up Migration

-- As in identity: a session sees the rows of `byok.org_id` and no others; '*' is every org, unset is none.
ALTER TABLE gateway.upstream_state ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_org ON gateway.upstream_state USING (current_setting('byok.org_id', true) = ANY (ARRAY[org_id, '*']));
