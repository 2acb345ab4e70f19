-- Up Migration

ALTER TABLE billing.alert
  DROP CONSTRAINT alert_kind_check,
  ADD CONSTRAINT alert_kind_check CHECK (kind IN ('budget_threshold', 'budget_would_refuse', 'budget_forecast', 'spending_spike', 'low_balance', 'key_failing', 'credits_started',
    'key_expiring', 'key_rotation_due', 'low_quota')),
  -- Somebody who is told by e-mail of their own: the owner of the key it is about, or who asked for it.
  ADD COLUMN user_id text;
-- Instead of the org's addresses: this user's, as it is when the mail is sent.
ALTER TABLE billing.outbox ADD COLUMN user_id text;
