import type { KeyObject } from 'node:crypto';
import type { Login, LoginAnswer } from '@byok/contracts';
import { createSession, getUser, isPasswordRefused, issueSessionToken, SESSION_TOKEN_LIFETIME_S, verifyLogin, type Session } from '@byok/identity';
import { AppError, type Clock, type OrgId } from '@byok/kernel';
import { appendAudit, type Database, type Sql } from '@byok/platform';
import { userToWire } from '../users/user-to-wire.js';
import type { Limiter } from './limiters.js';

export interface SessionDeps {
  db: Database;
  clock: Clock;
  sessionSigningKey: KeyObject;
}

/** What the browser gets: the answer's body, and the refresh token for its cookie. */
export interface SignedIn {
  answer: LoginAnswer;
  refreshToken: string;
}

export type LogInDeps = SessionDeps & { loginLimiter: Limiter; placeLimiter: Limiter };

/** E-mail and password against a new session. Attempts are counted before the password is looked at: hashing is dear, and guessing many addresses is guessing too. */
export async function logIn(deps: LogInDeps, login: Login, ip: string): Promise<SignedIn> {
  const subject = `${ip} ${login.email.trim().toLowerCase()}`;
  await deps.placeLimiter.take(ip);
  await deps.loginLimiter.take(subject);
  const { orgId, userId } = await verifyLogin(deps.db, login.email, login.password);
  if (await isPasswordRefused(deps.db, orgId, userId)) throw new AppError('forbidden', `Your organisation signs in at its identity provider: /api/auth/oidc/${orgId}/start`);
  await deps.loginLimiter.giveBack(subject);
  await deps.placeLimiter.giveBack(ip);
  const { session, refreshToken } = await deps.db.transaction(async (tx) => {
    const created = await createSession(tx as Sql & { transaction?: never }, orgId, userId, deps.clock);
    await appendAudit(tx, 'identity.audit', { orgId, action: 'session.create', actorId: userId, targetId: created.session.id, outcome: 'allowed' });
    return created;
  });
  return { answer: await loginAnswer(deps, session), refreshToken };
}

/** A fresh access token of this session. */
export async function loginAnswer(deps: SessionDeps, session: Pick<Session, 'id' | 'orgId' | 'userId'>): Promise<LoginAnswer> {
  const { id: sessionId, orgId, userId } = session;
  const accessToken = await issueSessionToken(deps.sessionSigningKey, { userId, sessionId, orgId }, deps.clock);
  const user = await getUser(deps.db, orgId as OrgId, userId);
  return { accessToken, tokenType: 'Bearer', expiresIn: SESSION_TOKEN_LIFETIME_S, user: userToWire(user) };
}
