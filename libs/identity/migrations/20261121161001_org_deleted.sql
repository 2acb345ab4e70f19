-- Up Migration

-- When and by whom an org was deleted: the vault makes its keys unreadable a while after, and says who asked for it.
ALTER TABLE identity.org ADD COLUMN deleted_at timestamptz, ADD COLUMN deleted_by text NOT NULL DEFAULT '';
UPDATE identity.org SET deleted_at = now() WHERE status = 'deleted';
ALTER TABLE identity.org ADD CHECK ((status = 'deleted') = (deleted_at IS NOT NULL));
