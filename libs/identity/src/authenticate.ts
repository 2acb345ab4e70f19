import type { KeyObject } from 'node:crypto';
import { AppError } from '@byok/kernel';
import type { Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { principalOfSession, selectTokenPrincipal } from './principal-of.js';
import { principalOrThrow, tokenPrincipal } from './principal-row.js';
import type { TokenPrincipalRow } from './principal-row.js';
import { SESSION_ISSUER, verifySessionToken } from './session-token.js';
import { hashToken, parseToken, sameHash, TOKEN_PREFIX } from './token-text.js';
import { readJwt } from './service-jwt/read-jwt.js';
import type { ServiceJwts } from './service-jwt/service-jwts.js';
import type { Principal } from './types.js';

export interface AuthenticateDeps {
  db: Sql;
  clock: Clock;
  sessionVerifyKey: KeyObject;
  /** JWTs of issuers that orgs trust; without it only our own are taken. */
  serviceJwts?: ServiceJwts | undefined;
}

/** Who presents this credential: a token, a session's access token or a service's JWT? Throws AppError when nobody who may. */
export async function authenticate(deps: AuthenticateDeps, presented: string): Promise<Principal> {
  return presented.startsWith(TOKEN_PREFIX) ? authenticateToken(deps.db, presented, deps.clock) : authenticateJwt(deps, presented);
}

/** Who presents this JWT? Whose it says it is decides only who is asked; what it says is believed after its signature. */
export async function authenticateJwt(deps: AuthenticateDeps, jwt: string): Promise<Principal> {
  const isForeign = deps.serviceJwts !== undefined && (readJwt(jwt)?.issuer ?? SESSION_ISSUER) !== SESSION_ISSUER;
  return isForeign ? deps.serviceJwts!.authenticate(jwt) : authenticateSession(deps, jwt);
}

/**
 * Who presents this token? A malformed one costs no query.
 * @throws AppError token_invalid | token_revoked | token_expired | org_frozen | forbidden
 */
export async function authenticateToken(db: Sql, presented: string, clock: Clock): Promise<Principal> {
  const parsed = parseToken(presented);
  const [row] = parsed ? await db.query<SecretRow>(selectTokenPrincipal(SECRET_COLUMNS), [parsed.id]) : [];
  const endsAt = row && endOf(row, hashToken(presented), clock.now());
  // Whatever else is wrong with the token is said only to who holds its secret.
  if (!row || endsAt === undefined) throw new AppError('token_invalid', 'This token is not valid.');
  return principalOrThrow(tokenPrincipal({ ...row, expiresAt: endsAt }, clock.now()));
}

const SECRET_COLUMNS = 't.hash, t.previous_hash AS "previousHash", t.previous_until AS "previousUntil",';

interface SecretRow extends TokenPrincipalRow {
  hash: string;
  previousHash: string | null;
  previousUntil: Date | null;
}

/** When the secret of this hash ends, null for never; undefined for one that is not this token's, or not any more. */
function endOf({ hash, previousHash, previousUntil, expiresAt }: SecretRow, presented: string, now: number): Date | null | undefined {
  if (sameHash(hash, presented)) return expiresAt;
  if (previousHash === null || previousUntil === null || !sameHash(previousHash, presented) || previousUntil.getTime() <= now) return undefined;
  return expiresAt !== null && expiresAt < previousUntil ? expiresAt : previousUntil;
}

/** Who presents this access token? Its signature proves the session; the database says who that is now. */
export async function authenticateSession(deps: AuthenticateDeps, jwt: string): Promise<Principal> {
  const claims = await verifySessionToken(deps.sessionVerifyKey, jwt, deps.clock);
  const principal = principalOrThrow(await principalOfSession(deps.db, claims.sessionId, deps.clock));
  if (principal.userId !== claims.userId || principal.orgId !== claims.orgId) throw new AppError('unauthenticated', 'The session is not valid or has ended. Sign in again.');
  return principal;
}
