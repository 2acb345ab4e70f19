import type { RotateToken, TokenShownOnce } from '@byok/contracts';
import { getSettings, getToken, getUser, mayGrantScopes, mayManageUser, rotateToken as replaceSecret, type Principal, type Token } from '@byok/identity';
import type { Clock, TokenId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, forbidden, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { refuseWider } from './refuse-wider.js';
import { resourceOf, tokenToWire } from './token-to-wire.js';

/**
 * The same token with a new secret; the old one stops at once, or works on for as long as the caller wants. Who rotates it holds it, so
 * the rules of making one apply.
 */
export async function rotateToken(deps: { db: Database; clock: Clock }, principal: Principal, path: { token: string }, { overlapSeconds }: RotateToken, orgId?: string): Promise<TokenShownOnce> {
  const org = orgOf(principal, orgId);
  const token = await getToken(deps.db, org, path.token as TokenId);
  demand(principal, 'token:rotate', resourceOf(token));
  await refuseTakeover(deps.db, principal, token);
  const oldUntil = overlapSeconds > 0 ? new Date(deps.clock.now() + overlapSeconds * 1000) : null;
  const rotated = await recordChange(deps.db, principal, { org, action: 'token.rotate', target: token.id, details: { overlapSeconds } }, (tx) => replaceSecret(tx, org, token.id, oldUntil));
  return { ...tokenToWire(rotated.token), token: rotated.text };
}

async function refuseTakeover(db: Database, principal: Principal, token: Token): Promise<void> {
  if (token.id === principal.tokenId) return;
  refuseWider(principal, { ...token, limits: token.revokedAt ? undefined : (await getSettings(db, token.orgId, { token: token.id })).limits });
  const user = token.userId && token.userId !== principal.userId ? await getUser(db, token.orgId, token.userId) : undefined;
  if (user && !mayManageUser(principal, user, 'token:rotate')) throw forbidden('token:rotate for this user');
  if (!mayGrantScopes(principal, token.managementScopes)) throw forbidden('token:rotate of a token with more managementScopes');
}
