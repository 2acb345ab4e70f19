import type { Clock, OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { hashToken } from '../token-text.js';
import type { Tx } from '../types.js';

/** So long may somebody take at their provider. */
export const SIGN_IN_LIFETIME_MS = 10 * 60_000;

/** Remembers that a sign-in has begun. The state itself is not stored: who reads the table can complete nothing. */
export async function beginSignIn(tx: Tx, orgId: OrgId, { state, returnTo }: { state: string; returnTo: string }, clock: Clock): Promise<void> {
  await tx.query('INSERT INTO identity.sign_in_attempt (state_hash, org_id, return_to, expires_at) VALUES ($1, $2, $3, $4)', [hashToken(state), orgId, returnTo, new Date(clock.now() + SIGN_IN_LIFETIME_MS)]);
}

/** The sign-in of this state, once: whoever comes second finds none. */
export async function takeSignIn(db: Sql, state: string, clock: Clock): Promise<{ orgId: OrgId; returnTo: string } | undefined> {
  const [row] = await db.query<{ orgId: OrgId; returnTo: string; expiresAt: Date }>(
    'DELETE FROM identity.sign_in_attempt WHERE state_hash = $1 RETURNING org_id AS "orgId", return_to AS "returnTo", expires_at AS "expiresAt"',
    [hashToken(state)],
  );
  return row && row.expiresAt.getTime() > clock.now() ? row : undefined;
}

/** Those that nobody came back from, of every org. For the janitor. */
export async function deleteOldSignIns(tx: Tx, endedBefore: Date): Promise<void> {
  await tx.query('DELETE FROM identity.sign_in_attempt WHERE expires_at < $1', [endedBefore]);
}
