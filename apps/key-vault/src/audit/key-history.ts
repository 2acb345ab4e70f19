import type { OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { OF_VERSION_IN_USE } from '../store/version-log.store.js';

/**
 * The first key whose row or version log is behind what the audit chain says was done to it. The chain is the third
 * witness: rolling back a key unseen would take its row, its version log and the chain's tail with its head.
 */
export async function findBrokenHistory(db: Sql, orgId: OrgId): Promise<{ keyId: string; sequence: number } | undefined> {
  const [broken] = await db.query<{ keyId: string; sequence: string }>(
    `WITH told AS (
       SELECT target_id AS key_id, max((details::jsonb ->> 'version')::int) AS version, bool_or(action = 'key.revoke') AS is_revoked, max(sequence) AS sequence
         FROM vault.audit WHERE org_id = $1 AND action IN ('key.store', 'key.rotate', 'key.promote', 'key.transfer-in', 'key.revoke') GROUP BY target_id
     )
     SELECT told.key_id AS "keyId", told.sequence
       FROM told
       LEFT JOIN vault.credential c ON c.id = told.key_id AND c.org_id IN ($1, 'platform')
       LEFT JOIN LATERAL (SELECT l.version, l.event, l.blob_hash FROM vault.credential_version_log l WHERE l.key_id = told.key_id AND l.${OF_VERSION_IN_USE} ORDER BY l.sequence DESC LIMIT 1) last ON true
      WHERE c.id IS NULL OR last.version IS NULL OR last.version < told.version OR last.version <> c.key_version
         OR (told.is_revoked AND c.status <> 'revoked') OR (last.event = 'revoked') <> (c.status = 'revoked')
         OR last.blob_hash <> sha256(coalesce(c.blob, ''::bytea))
      ORDER BY told.key_id LIMIT 1`,
    [orgId],
  );
  return broken && { keyId: broken.keyId, sequence: Number(broken.sequence) };
}
