import { AppError } from '@byok/kernel';
import type { GroupId, OrgId, TokenId, UserId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Permission } from '../permissions.js';
import { newToken } from '../token-text.js';
import type { Page, PageRequest, Token, Tx } from '../types.js';
import { lockOrg } from './orgs.store.js';
import { pageOf, pageParameters } from './page.js';
import { explainRefusal, found } from './refusals.js';

export interface TokenInput {
  name: string;
  /** Acts as this user; without one the token is a service. */
  userId?: UserId | null | undefined;
  /** Works inside this group only. */
  groupId?: GroupId | null | undefined;
  allowedModels?: readonly string[] | undefined;
  managementScopes?: readonly Permission[] | undefined;
  expiresAt?: Date | null | undefined;
  createdBy: string | null;
}

export interface TokenFilter {
  userId?: UserId | undefined;
  groupId?: GroupId | undefined;
}

const TOKEN = `id, org_id AS "orgId", user_id AS "userId", group_id AS "groupId", name, allowed_models AS "allowedModels", management_scopes AS "managementScopes",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", created_by AS "createdBy", created_at AS "createdAt"`;

/** Makes a token. `text` is the only time that its secret is seen: show it once and keep it nowhere. */
export async function createToken(tx: Tx, orgId: OrgId, input: TokenInput): Promise<{ token: Token; text: string }> {
  await lockOrg(tx, orgId);
  await refuseDeadOwner(tx, orgId, input);
  const { id, text, hash } = newToken();
  const insert = tx.query<Token>(
    `INSERT INTO identity.token (id, org_id, user_id, group_id, name, hash, allowed_models, management_scopes, expires_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${TOKEN}`,
    [id, orgId, input.userId ?? null, input.groupId ?? null, input.name, hash, input.allowedModels ?? [], input.managementScopes ?? [], input.expiresAt ?? null, input.createdBy],
  );
  const [token] = await explainRefusal(insert, { missing: 'There is no such user or group.' });
  return { token: token!, text };
}

/** Tokens of the org, revoked ones too. */
export async function listTokens(db: Sql, orgId: OrgId, filter: TokenFilter = {}, page: PageRequest = {}): Promise<Page<Token>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<Token>(
    `SELECT ${TOKEN} FROM identity.token
      WHERE org_id = $1 AND ($2::text IS NULL OR user_id = $2) AND ($3::text IS NULL OR group_id = $3) AND id > $4 ORDER BY id LIMIT $5`,
    [orgId, filter.userId ?? null, filter.groupId ?? null, after, limit],
  );
  return pageOf(rows, page, (token) => token.id);
}

export async function getToken(db: Sql, orgId: OrgId, tokenId: TokenId): Promise<Token> {
  const [token] = await db.query<Token>(`SELECT ${TOKEN} FROM identity.token WHERE org_id = $1 AND id = $2`, [orgId, tokenId]);
  return found(token, 'token');
}

/** A new secret for the same token; the old one stops at once. */
export async function rotateToken(tx: Tx, orgId: OrgId, tokenId: TokenId): Promise<{ token: Token; text: string }> {
  const { text, hash } = newToken(tokenId);
  const [token] = await tx.query<Token>(`UPDATE identity.token SET hash = $3 WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING ${TOKEN}`, [orgId, tokenId, hash]);
  await notifyChange(tx, { org: orgId, kind: 'token', id: tokenId });
  return { token: found(token, 'token'), text };
}

/** Ends the token; ending it twice is fine. The row stays so that old reports can name it. */
export async function revokeToken(tx: Tx, orgId: OrgId, tokenId: TokenId): Promise<Token> {
  const [token] = await tx.query<Token>(`UPDATE identity.token SET revoked_at = coalesce(revoked_at, now()) WHERE org_id = $1 AND id = $2 RETURNING ${TOKEN}`, [orgId, tokenId]);
  await notifyChange(tx, { org: orgId, kind: 'token', id: tokenId });
  return found(token, 'token');
}

/** A foreign key is content with a row that is kept only for the books; a new token is not, nor with a user outside the group. */
async function refuseDeadOwner(tx: Tx, orgId: OrgId, { userId, groupId }: TokenInput): Promise<void> {
  if (userId) {
    const [user] = await tx.query<{ status: string }>(`SELECT status FROM identity.app_user WHERE org_id = $1 AND id = $2 AND status <> 'deleted' FOR SHARE`, [orgId, userId]);
    if (found(user, 'user').status !== 'active') throw new AppError('conflict', 'This user is disabled.');
  }
  if (groupId) {
    const [group] = await tx.query(`SELECT 1 AS one FROM identity.app_group WHERE org_id = $1 AND id = $2 AND status = 'active' FOR SHARE`, [orgId, groupId]);
    found(group, 'group');
  }
  if (userId && groupId) {
    const [member] = await tx.query('SELECT 1 AS one FROM identity.membership WHERE org_id = $1 AND group_id = $2 AND user_id = $3', [orgId, groupId, userId]);
    if (!member) throw new AppError('conflict', 'This user is not a member of the group.');
  }
}
