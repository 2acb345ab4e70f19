import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AppError, isId } from '@byok/kernel';
import type { Clock, OrgId, SessionId, UserId } from '@byok/kernel';
import { jwtVerify, SignJWT } from 'jose';

export const SESSION_TOKEN_LIFETIME_S = 15 * 60;

const ALGORITHM = 'EdDSA';
/** No address, so no org can register it as its own. */
export const SESSION_ISSUER = 'byok';
const AUDIENCE = 'byok';
// Only an access token says so; nothing else that is ever signed with this key can be passed off as one.
const TYPE = 'at+jwt';
const CLOCK_TOLERANCE_S = 60;

/** What a session's access token says. Who that is and what they may do is asked of the database, not of the token. */
export interface SessionClaims {
  userId: UserId;
  sessionId: SessionId;
  orgId: OrgId;
}

/** Reads the Ed25519 private key of admin-api from PEM. Never shows what it could not read. */
export function sessionSigningKey(pem: string): KeyObject {
  return ed25519(pem, createPrivateKey, 'private');
}

/** Reads the Ed25519 public key with which sessions are verified; a private key's PEM gives its public half. */
export function sessionVerifyKey(pem: string): KeyObject {
  return ed25519(pem, createPublicKey, 'public');
}

/** Signs an access token for 15 minutes. */
export async function issueSessionToken(privateKey: KeyObject, claims: SessionClaims, clock: Clock): Promise<string> {
  const now = Math.floor(clock.now() / 1_000);
  return new SignJWT({ sid: claims.sessionId, org: claims.orgId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setSubject(claims.userId)
    .setIssuer(SESSION_ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + SESSION_TOKEN_LIFETIME_S)
    .sign(privateKey);
}

/**
 * The claims of a good access token. Algorithm, type, issuer and audience are pinned and keys named in the header are never looked at.
 * @throws AppError unauthenticated, the same for every reason
 */
export async function verifySessionToken(publicKey: KeyObject, jwt: string, clock: Clock): Promise<SessionClaims> {
  const payload = await verified(publicKey, jwt, clock);
  const { sub, sid, org } = payload ?? {};
  if (!isId('user', sub) || !isId('session', sid) || !isId('org', org)) throw new AppError('unauthenticated', 'The session is not valid or has ended. Sign in again.');
  return { userId: sub, sessionId: sid, orgId: org };
}

async function verified(publicKey: KeyObject, jwt: string, clock: Clock): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await jwtVerify(jwt, publicKey, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: SESSION_ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'sid', 'org', 'exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(clock.now()),
    });
    return payload;
  } catch {
    // jose's reasons help only somebody who is trying tokens out.
    return undefined;
  }
}

function ed25519(pem: string, read: (pem: string) => KeyObject, half: string): KeyObject {
  const key = readOrNothing(pem, read);
  if (key?.asymmetricKeyType !== 'ed25519') throw new Error(`The session ${half} key is not an Ed25519 key in PEM.`);
  return key;
}

function readOrNothing(pem: string, read: (pem: string) => KeyObject): KeyObject | undefined {
  try {
    return read(pem);
  } catch {
    return undefined;
  }
}
