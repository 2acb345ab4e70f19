import { newId } from '@byok/kernel';
import type { Clock, OrgId, SessionId, UserId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import { hashToken, newRefreshToken, parseRefreshToken, sameHash } from '../token-text.js';
import type { Session, Tx } from '../types.js';
import { found } from './refusals.js';

/** A session ends this long after sign-in, however often it was refreshed. */
export const SESSION_LIFETIME_MS = 7 * 24 * 3_600_000;

// Two tabs that wake up together both send the token they know; that is not a theft.
const REFRESH_OVERLAP_MS = 10_000;

interface StoredSession extends Session {
  refreshHash: string;
  previousRefreshHash: string | null;
  refreshedAt: Date | null;
}

const SESSION = `id, org_id AS "orgId", user_id AS "userId", expires_at AS "expiresAt", revoked_at AS "revokedAt", created_at AS "createdAt"`;
const STORED = `${SESSION}, refresh_hash AS "refreshHash", previous_refresh_hash AS "previousRefreshHash", refreshed_at AS "refreshedAt"`;

/** Begins a session. `refreshToken` is shown to its browser only and stored as a hash. */
export async function createSession(tx: Tx, orgId: OrgId, userId: UserId, clock: Clock): Promise<{ session: Session; refreshToken: string }> {
  const id = newId('session');
  const refresh = newRefreshToken(id);
  const [session] = await tx.query<Session>(`INSERT INTO identity.session (id, org_id, user_id, refresh_hash, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING ${SESSION}`, [
    id,
    orgId,
    userId,
    refresh.hash,
    new Date(clock.now() + SESSION_LIFETIME_MS),
  ]);
  return { session: session!, refreshToken: refresh.text };
}

/**
 * Trades a refresh token for the next one; each works once. One that was traded before ends the session: somebody kept a copy.
 * Answers undefined for a refresh token that is no good, instead of throwing, because the ending of the session must be committed.
 * Says nothing about the user or the org: ask `principalOfSession`.
 */
export async function refreshSession(tx: Tx, refreshToken: string, clock: Clock): Promise<{ session: Session; refreshToken: string } | undefined> {
  const id = parseRefreshToken(refreshToken)?.id;
  const [stored] = id ? await tx.query<StoredSession>(`SELECT ${STORED} FROM identity.session WHERE id = $1 FOR UPDATE`, [id]) : [];
  if (!stored || stored.revokedAt !== null || stored.expiresAt.getTime() <= clock.now()) return undefined;
  const presented = hashToken(refreshToken);
  if (!sameHash(stored.refreshHash, presented)) {
    if (isStolen(stored, presented, clock)) await revokeSession(tx, stored.orgId, stored.id);
    return undefined;
  }
  const next = newRefreshToken(stored.id);
  const [session] = await tx.query<Session>(
    `UPDATE identity.session SET previous_refresh_hash = refresh_hash, refresh_hash = $3, refreshed_at = $4 WHERE org_id = $1 AND id = $2 RETURNING ${SESSION}`,
    [stored.orgId, stored.id, next.hash, new Date(clock.now())],
  );
  return { session: session!, refreshToken: next.text };
}

/** Open sessions of a user. */
export async function listSessions(db: Sql, orgId: OrgId, userId: UserId, clock: Clock): Promise<Session[]> {
  return db.query<Session>(`SELECT ${SESSION} FROM identity.session WHERE org_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3 ORDER BY id`, [
    orgId,
    userId,
    new Date(clock.now()),
  ]);
}

export async function revokeSession(tx: Tx, orgId: OrgId, sessionId: SessionId): Promise<void> {
  const [session] = await tx.query('UPDATE identity.session SET revoked_at = coalesce(revoked_at, now()) WHERE org_id = $1 AND id = $2 RETURNING id', [orgId, sessionId]);
  found(session, 'session');
  await notifyChange(tx, { org: orgId, kind: 'session', id: sessionId });
}

export async function revokeSessionsOfUser(tx: Tx, orgId: OrgId, userId: UserId): Promise<void> {
  const ended = await tx.query<{ id: SessionId }>('UPDATE identity.session SET revoked_at = now() WHERE org_id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id', [orgId, userId]);
  for (const session of ended) await notifyChange(tx, { org: orgId, kind: 'session', id: session.id });
}

/** Removes sessions that ended a while ago, of every org. For the janitor of admin-api. */
export async function deleteEndedSessions(tx: Tx, endedBefore: Date): Promise<void> {
  await tx.query('DELETE FROM identity.session WHERE expires_at < $1 OR revoked_at < $1', [endedBefore]);
}

function isStolen(stored: StoredSession, presented: string, clock: Clock): boolean {
  const isPrevious = stored.previousRefreshHash !== null && sameHash(stored.previousRefreshHash, presented);
  return isPrevious && clock.now() - (stored.refreshedAt?.getTime() ?? 0) > REFRESH_OVERLAP_MS;
}
