import { AppError } from '@byok/kernel';
import type { Clock, GroupId, OrgId, TokenId, UserId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Permission } from '../permissions.js';
import { hashToken, newToken, parseToken } from '../token-text.js';
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
  description?: string | null | undefined;
  allowedModels?: readonly string[] | undefined;
  allowedProviders?: readonly string[] | undefined;
  allowedGroups?: readonly string[] | undefined;
  allowedNetworks?: readonly string[] | undefined;
  managementScopes?: readonly Permission[] | undefined;
  expiresAt?: Date | null | undefined;
  createdBy: string | null;
}

export interface TokenFilter {
  userId?: UserId | undefined;
  groupId?: GroupId | undefined;
  /** Those of no user. */
  isService?: boolean | undefined;
}

const TOKEN = `id, org_id AS "orgId", user_id AS "userId", group_id AS "groupId", name, description, allowed_models AS "allowedModels", management_scopes AS "managementScopes",
  allowed_providers AS "allowedProviders", allowed_groups AS "allowedGroups", allowed_networks AS "allowedNetworks",
  expires_at AS "expiresAt", CASE WHEN previous_until > now() THEN previous_until END AS "previousUntil", revoked_at AS "revokedAt", created_by AS "createdBy", created_at AS "createdAt"`;

/** Makes a token. `text` is the only time that its secret is seen: show it once and keep it nowhere. */
export async function createToken(tx: Tx, orgId: OrgId, input: TokenInput): Promise<{ token: Token; text: string }> {
  await lockOrg(tx, orgId);
  await refuseDeadOwner(tx, orgId, input);
  const { id, text, hash } = newToken();
  const insert = tx.query<Token>(
    `INSERT INTO identity.token (id, org_id, user_id, group_id, name, hash, allowed_models, management_scopes, expires_at, created_by, description, allowed_providers, allowed_groups, allowed_networks)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING ${TOKEN}`,
    [id, orgId, input.userId ?? null, input.groupId ?? null, input.name, hash, input.allowedModels ?? [], input.managementScopes ?? [], input.expiresAt ?? null, input.createdBy,
      input.description ?? null, input.allowedProviders ?? [], input.allowedGroups ?? [], input.allowedNetworks ?? []],
  );
  const [token] = await explainRefusal(insert, { missing: 'There is no such user or group.' });
  return { token: token!, text };
}

/** Tokens of the org, revoked ones too. */
export async function listTokens(db: Sql, orgId: OrgId, filter: TokenFilter = {}, page: PageRequest = {}): Promise<Page<Token>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<Token>(
    `SELECT ${TOKEN} FROM identity.token
      WHERE org_id = $1 AND ($2::text IS NULL OR user_id = $2) AND ($3::text IS NULL OR group_id = $3) AND (NOT $6 OR user_id IS NULL) AND id > $4 ORDER BY id LIMIT $5`,
    [orgId, filter.userId ?? null, filter.groupId ?? null, after, limit, filter.isService ?? false],
  );
  return pageOf(rows, page, (token) => token.id);
}

export async function getToken(db: Sql, orgId: OrgId, tokenId: TokenId): Promise<Token> {
  const [token] = await db.query<Token>(`SELECT ${TOKEN} FROM identity.token WHERE org_id = $1 AND id = $2`, [orgId, tokenId]);
  return found(token, 'token');
}

/** A new secret for the same token. The old one stops at once, or at `oldUntil`; one before that stops in any case. */
export async function rotateToken(tx: Tx, orgId: OrgId, tokenId: TokenId, oldUntil: Date | null = null): Promise<{ token: Token; text: string }> {
  const { text, hash } = newToken(tokenId);
  const [token] = await tx.query<Token>(
    `UPDATE identity.token SET hash = $3, previous_hash = CASE WHEN $4::timestamptz IS NOT NULL THEN hash END, previous_until = $4
      WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL AND issuer_id IS NULL RETURNING ${TOKEN}`,
    [orgId, tokenId, hash, oldUntil],
  );
  await notifyChange(tx, { org: orgId, kind: 'token', id: tokenId });
  return { token: found(token, 'token'), text };
}

/** The token whose text this is, of whatever org and ended or not: its present secret, or one whose overlap still runs. For who found a text, not for who presents it. */
export async function findTokenByText(db: Sql, text: string, clock: Clock): Promise<{ token: Token; isPrevious: boolean } | undefined> {
  const id = parseToken(text)?.id;
  const [row] = id
    ? await db.query<Token & { isPrevious: boolean }>(
        `SELECT ${TOKEN}, hash <> $2 AS "isPrevious" FROM identity.token
          WHERE id = $1 AND (hash = $2 OR (previous_hash = $2 AND previous_until > $3))`,
        [id, hashToken(text), new Date(clock.now())],
      )
    : [];
  if (!row) return undefined;
  const { isPrevious, ...token } = row;
  return { token, isPrevious };
}

/** The secret before the present one stops now. */
export async function endOverlap(tx: Tx, orgId: OrgId, tokenId: TokenId): Promise<void> {
  await tx.query('UPDATE identity.token SET previous_hash = NULL, previous_until = NULL WHERE org_id = $1 AND id = $2', [orgId, tokenId]);
  await notifyChange(tx, { org: orgId, kind: 'token', id: tokenId });
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
    const [member] = await tx.query('SELECT 1 AS one FROM identity.membership WHERE org_id = $1 AND group_id = $2 AND user_id = $3 AND (expires_at IS NULL OR expires_at > now())', [orgId, groupId, userId]);
    if (!member) throw new AppError('conflict', 'This user is not a member of the group.');
  }
}
