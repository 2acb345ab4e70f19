import type { Sessions } from '@byok/contracts';
import { listSessions, revokeSession, type Principal } from '@byok/identity';
import { AppError, type Clock, type SessionId, type UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { recordChange } from '../access/record-change.js';

/** Where the caller is signed in. */
export async function listOwnSessions(deps: { db: Database; clock: Clock }, principal: Principal): Promise<Sessions> {
  const sessions = await listSessions(deps.db, principal.orgId, signedIn(principal), deps.clock);
  return { items: sessions.map(({ id, createdAt, expiresAt }) => ({ id, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString(), isCurrent: id === principal.sessionId })) };
}

/** Ends one of the caller's own; anybody else's is not there. */
export async function endOwnSession(deps: { db: Database; clock: Clock }, principal: Principal, id: string): Promise<void> {
  const { orgId } = principal;
  const own = await listSessions(deps.db, orgId, signedIn(principal), deps.clock);
  if (!own.some((session) => session.id === id)) throw new AppError('not_found', 'There is no such session.');
  await recordChange(deps.db, principal, { org: orgId, action: 'session.end', target: id }, (tx) => revokeSession(tx, orgId, id as SessionId));
}

/** The user of a session. A token is a part of its user's rights, and their sign-in is not among them. */
export function signedIn({ sessionId, userId }: Principal): UserId {
  if (!sessionId || !userId) throw new AppError('forbidden', 'Sign in to do this: a token is not enough.');
  return userId;
}
