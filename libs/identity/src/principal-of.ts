import type { Clock, SessionId, TokenId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { PRINCIPAL_COLUMNS, refuse, sessionPrincipal, tokenPrincipal } from './principal-row.js';
import type { SessionPrincipalRow, TokenPrincipalRow } from './principal-row.js';
import type { Principal, Refusal } from './types.js';

/** SELECT of a TokenPrincipalRow by token id in $1; only the gateway and admin-api may read further columns such as the hash. */
export const selectTokenPrincipal = (furtherColumns = ''): string => `
  SELECT t.id AS "tokenId", t.group_id AS "groupId", t.allowed_models AS "allowedModels", t.management_scopes AS "managementScopes",
         t.allowed_providers AS "allowedProviders", t.allowed_groups AS "allowedGroups", t.allowed_networks AS "allowedNetworks",
         t.expires_at AS "expiresAt", t.revoked_at AS "revokedAt", t.settings AS "tokenSettings", tg.settings AS "groupSettings",
         coalesce(tg.status = 'active', false) AS "groupIsActive",
         ${furtherColumns} ${PRINCIPAL_COLUMNS}
    FROM identity.token t
    JOIN identity.org o ON o.id = t.org_id
    LEFT JOIN identity.app_user u ON u.org_id = t.org_id AND u.id = t.user_id
    LEFT JOIN identity.app_group tg ON tg.org_id = t.org_id AND tg.id = t.group_id
   WHERE t.id = $1`;

const SELECT_SESSION_PRINCIPAL = `
  SELECT s.id AS "sessionId", s.expires_at AS "expiresAt", s.revoked_at AS "revokedAt", ${PRINCIPAL_COLUMNS}
    FROM identity.session s
    JOIN identity.org o ON o.id = s.org_id
    JOIN identity.app_user u ON u.org_id = s.org_id AND u.id = s.user_id
   WHERE s.id = $1`;

/** Who a token stands for right now, given only its id: for a service that was told the id by one that saw the token itself. */
export async function principalOfToken(db: Sql, tokenId: TokenId, clock: Clock): Promise<Principal | Refusal> {
  const [row] = await db.query<TokenPrincipalRow>(selectTokenPrincipal(), [tokenId]);
  return row ? tokenPrincipal(row, clock.now()) : refuse('token_invalid', 'This token is not known.');
}

/** Who a session stands for right now. */
export async function principalOfSession(db: Sql, sessionId: SessionId, clock: Clock): Promise<Principal | Refusal> {
  const [row] = await db.query<SessionPrincipalRow>(SELECT_SESSION_PRINCIPAL, [sessionId]);
  return row ? sessionPrincipal(row, clock.now()) : refuse('unauthenticated', 'The session is not valid or has ended. Sign in again.');
}
