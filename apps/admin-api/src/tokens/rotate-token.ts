import type { TokenShownOnce } from '@byok/contracts';
import { getToken, getUser, mayGrantScopes, mayManageUser, rotateToken as replaceSecret, type Principal, type Token } from '@byok/identity';
import type { TokenId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, forbidden, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { refuseWider } from './refuse-wider.js';
import { resourceOf, tokenToWire } from './token-to-wire.js';

/** The same token with a new secret; the old one stops at once. Who rotates it holds it, so the rules of making one apply. */
export async function rotateToken(deps: { db: Database }, principal: Principal, path: { token: string }, orgId?: string): Promise<TokenShownOnce> {
  const org = orgOf(principal, orgId);
  const token = await getToken(deps.db, org, path.token as TokenId);
  demand(principal, 'token:rotate', resourceOf(token));
  await refuseTakeover(deps.db, principal, token);
  const rotated = await recordChange(deps.db, principal, { org, action: 'token.rotate', target: token.id }, (tx) => replaceSecret(tx, org, token.id));
  return { ...tokenToWire(rotated.token), token: rotated.text };
}

async function refuseTakeover(db: Database, principal: Principal, token: Token): Promise<void> {
  if (token.id === principal.tokenId) return;
  refuseWider(principal, token);
  const user = token.userId && token.userId !== principal.userId ? await getUser(db, token.orgId, token.userId) : undefined;
  if (user && !mayManageUser(principal, user, 'token:rotate')) throw forbidden('token:rotate for this user');
  if (!mayGrantScopes(principal, token.managementScopes)) throw forbidden('token:rotate of a token with more managementScopes');
}
