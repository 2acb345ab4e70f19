import type { KeyObject } from 'node:crypto';
import { AppError } from '@byok/kernel';
import type { Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { principalOfSession, selectTokenPrincipal } from './principal-of.js';
import { principalOrThrow, tokenPrincipal } from './principal-row.js';
import type { TokenPrincipalRow } from './principal-row.js';
import { verifySessionToken } from './session-token.js';
import { hashToken, parseToken, sameHash, TOKEN_PREFIX } from './token-text.js';
import type { Principal } from './types.js';

export interface AuthenticateDeps {
  db: Sql;
  clock: Clock;
  sessionVerifyKey: KeyObject;
}

/** Who presents this credential, a token or a session's access token? Throws AppError when nobody who may. */
export async function authenticate(deps: AuthenticateDeps, presented: string): Promise<Principal> {
  return presented.startsWith(TOKEN_PREFIX) ? authenticateToken(deps.db, presented, deps.clock) : authenticateSession(deps, presented);
}

/**
 * Who presents this token? A malformed one costs no query.
 * @throws AppError token_invalid | token_revoked | token_expired | org_frozen | forbidden
 */
export async function authenticateToken(db: Sql, presented: string, clock: Clock): Promise<Principal> {
  const parsed = parseToken(presented);
  const [row] = parsed ? await db.query<TokenPrincipalRow & { hash: string }>(selectTokenPrincipal('t.hash,'), [parsed.id]) : [];
  // Whatever else is wrong with the token is said only to who holds its secret.
  if (!row || !sameHash(row.hash, hashToken(presented))) throw new AppError('token_invalid', 'This token is not valid.');
  return principalOrThrow(tokenPrincipal(row, clock.now()));
}

/** Who presents this access token? Its signature proves the session; the database says who that is now. */
export async function authenticateSession(deps: AuthenticateDeps, jwt: string): Promise<Principal> {
  const claims = await verifySessionToken(deps.sessionVerifyKey, jwt, deps.clock);
  const principal = principalOrThrow(await principalOfSession(deps.db, claims.sessionId, deps.clock));
  if (principal.userId !== claims.userId || principal.orgId !== claims.orgId) throw new AppError('unauthenticated', 'The session is not valid or has ended. Sign in again.');
  return principal;
}
