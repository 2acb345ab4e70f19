import { principalOfSession, principalOrThrow, refreshSession } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { loginAnswer, type SessionDeps, type SignedIn } from './log-in.js';

/** Trades the cookie's refresh token for the next one and a new access token. */
export async function refresh(deps: SessionDeps, refreshToken: string | undefined): Promise<SignedIn> {
  const next = refreshToken ? await deps.db.transaction((tx) => refreshSession(tx as never, refreshToken, deps.clock)) : undefined;
  if (!next) throw new AppError('unauthenticated', 'The session is not valid or has ended. Sign in again.');
  principalOrThrow(await principalOfSession(deps.db, next.session.id, deps.clock));
  return { answer: await loginAnswer(deps, next.session), refreshToken: next.refreshToken };
}
