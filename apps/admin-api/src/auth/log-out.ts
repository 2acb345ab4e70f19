import { revokeSession, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { recordChange } from '../access/record-change.js';

/** Ends the caller's session, everywhere it is used. A token is not a session: it is deleted, not logged out. */
export async function logOut(deps: { db: Database }, principal: Principal): Promise<void> {
  const { sessionId, orgId } = principal;
  if (!sessionId) return;
  await recordChange(deps.db, principal, { org: orgId, action: 'session.end', target: sessionId }, (tx) => revokeSession(tx, orgId, sessionId));
}
