-- Up Migration

-- usage-billing sends mail to people: to whom, and who asked to be told when a key runs low.
GRANT SELECT (id, org_id, email, status, role, settings) ON identity.app_user TO byok_billing;
GRANT SELECT (settings) ON identity.org TO byok_billing;
