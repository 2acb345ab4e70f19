import type { KeyId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { KeyOrg } from './key-row.js';

/** Columns of a credential row: who may use it for a while beside its allow-list (what is over is not there), and whether it is sealed. */
export const GOVERNANCE_COLUMNS = `(SELECT coalesce(json_agg(json_build_object('userId', g.user_id, 'until', g.expires_at) ORDER BY g.user_id), '[]')
    FROM vault.key_grant g WHERE g.key_id = id AND g.expires_at > clock_timestamp()) AS grants,
  EXISTS (SELECT 1 FROM vault.key_seal s WHERE s.key_id = id) AS "isSealed"`;

/** The new grant takes the place of an earlier one. */
export async function putGrant(tx: Sql, orgId: KeyOrg, keyId: KeyId, grant: { userId: UserId; expiresAt: Date; grantedBy: string }): Promise<void> {
  await tx.query(
    `INSERT INTO vault.key_grant (org_id, key_id, user_id, expires_at, granted_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (key_id, user_id) DO UPDATE SET expires_at = EXCLUDED.expires_at, granted_by = EXCLUDED.granted_by, granted_at = now()`,
    [orgId, keyId, grant.userId, grant.expiresAt, grant.grantedBy],
  );
}

/** True when there was one that was not over. */
export async function removeGrant(tx: Sql, orgId: KeyOrg, keyId: KeyId, userId: UserId): Promise<boolean> {
  const [removed] = await tx.query<{ wasLive: boolean }>('DELETE FROM vault.key_grant WHERE org_id = $1 AND key_id = $2 AND user_id = $3 RETURNING expires_at > clock_timestamp() AS "wasLive"', [orgId, keyId, userId]);
  return removed?.wasLive ?? false;
}

export async function removeGrantsOf(tx: Sql, orgId: KeyOrg, keyId: KeyId): Promise<void> {
  await tx.query('DELETE FROM vault.key_grant WHERE org_id = $1 AND key_id = $2', [orgId, keyId]);
}
