import type { Clock, OrgId, SessionId, TokenId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

export type CredentialId = { tokenId: TokenId } | { sessionId: SessionId };

/**
 * A live credential that stands for a user as a whole, by id: an own token that is narrowed to nothing, else a session, else any of
 * their tokens. Undefined for who has none, and so can make no call.
 */
export async function findCredentialOf(db: Sql, orgId: OrgId, userId: UserId, clock: Clock): Promise<CredentialId | undefined> {
  const now = new Date(clock.now());
  const [row] = await db.query<{ tokenId: TokenId | null; sessionId: SessionId | null }>(
    `SELECT "tokenId", "sessionId" FROM (
       SELECT id AS "tokenId", NULL AS "sessionId", id, 
              CASE WHEN group_id IS NULL AND allowed_models || allowed_providers || allowed_groups || allowed_networks = '{}' THEN 0 ELSE 2 END AS rank
         FROM identity.token WHERE org_id = $1 AND user_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
       UNION ALL
       SELECT NULL, id, id, 1 FROM identity.session WHERE org_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3
     ) AS live ORDER BY rank, id DESC LIMIT 1`,
    [orgId, userId, now],
  );
  if (!row) return undefined;
  return row.tokenId ? { tokenId: row.tokenId } : { sessionId: row.sessionId! };
}
