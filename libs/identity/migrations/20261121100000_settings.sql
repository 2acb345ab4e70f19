-- Up Migration

-- What was set for each of them, as @byok/contracts' Settings; the nearer to the caller may only narrow what stands further away.
ALTER TABLE identity.org       ADD COLUMN settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object');
ALTER TABLE identity.app_group ADD COLUMN settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object');
ALTER TABLE identity.app_user  ADD COLUMN settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object');
ALTER TABLE identity.token     ADD COLUMN settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object');

-- Which hard budgets there are, so that a gateway knows without asking whether a call has to reserve money. The budgets themselves
-- are usage-billing's: a row here without one costs a question, a budget without a row would not be kept.
CREATE TABLE identity.hard_budget (
  budget_id         text    PRIMARY KEY CHECK (budget_id ~ '^bud_[0-9a-f]{32}$'),
  org_id            text    NOT NULL REFERENCES identity.org (id),
  scope             text    NOT NULL CHECK (scope IN ('org', 'group', 'user', 'token', 'key', 'provider', 'model', 'tag')),
  -- The id of the group, user, token or key; the provider; the model; `name=value` of a tag; the org's own id.
  scope_id          text    NOT NULL CHECK (char_length(scope_id) BETWEEN 1 AND 300),
  includes_own_keys boolean NOT NULL
);
CREATE INDEX hard_budget_of_org ON identity.hard_budget (org_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON identity.hard_budget TO byok_admin;
GRANT SELECT ON identity.hard_budget TO byok_gateway, byok_vault;
-- Columns of tables of which the gateway and the vault see some only.
GRANT SELECT (settings) ON identity.app_user, identity.token TO byok_gateway, byok_vault;
