import type { Page, Token, TokenQuery } from '@byok/contracts';
import { getGroup, getToken as findToken, getUser, listTokens as findTokens, may, type Principal, type TokenFilter } from '@byok/identity';
import type { GroupId, OrgId, TokenId, UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { resourceOf, tokenToWire } from './token-to-wire.js';

/** All tokens of the org for who may see them all, those of a user or group on request, otherwise the caller's own. */
export async function listTokens(deps: { db: Database }, principal: Principal, query: TokenQuery): Promise<Page<Token>> {
  const org = orgOf(principal, query.org);
  const filter = await filterOf(deps.db, principal, org, query);
  const { items, next } = await findTokens(deps.db, org, filter, { after: query.after, limit: query.limit });
  return { items: items.map(tokenToWire), next };
}

export async function getToken(deps: { db: Database }, principal: Principal, path: { token: string }, orgId?: string): Promise<Token> {
  const token = await findToken(deps.db, orgOf(principal, orgId), path.token as TokenId);
  demand(principal, 'token:read', resourceOf(token));
  return tokenToWire(token);
}

async function filterOf(db: Database, principal: Principal, org: OrgId, query: TokenQuery): Promise<TokenFilter> {
  const user = query.user === undefined ? undefined : await getUser(db, org, query.user as UserId);
  const group = query.group === undefined ? undefined : await getGroup(db, org, query.group as GroupId);
  const filter = { userId: user?.id, groupId: group?.id, isService: query.service !== undefined };
  if (may(principal, 'token:read', { org, owner: 'org' })) return filter;
  if (!user && !group && principal.userId) return { userId: principal.userId };
  demand(principal, 'token:read', resourceOf({ orgId: org, userId: user?.id ?? null, groupId: group?.id ?? null }));
  return filter;
}
