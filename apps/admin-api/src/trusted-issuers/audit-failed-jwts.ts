import { takeFailedJwts, type Tx } from '@byok/identity';
import { appendAudit, type Database } from '@byok/platform';

/** Brings the JWTs that gateway and admin-api refused into the chains of the orgs that they were meant for: one row per issuer, place and reason. */
export async function auditFailedJwts(db: Database): Promise<void> {
  await db.acrossOrgs().transaction(async (tx) => {
    const taken = await takeFailedJwts(tx as Tx);
    // In one order, whoever else does the same: chains are locked one after the other.
    for (const { orgId, issuerId, place, reason, count, firstAt } of taken.sort((one, other) => (one.orgId < other.orgId ? -1 : 1))) {
      await appendAudit(tx, 'identity.audit', { orgId, action: 'auth.failed', actorId: issuerId, targetId: issuerId, outcome: 'failed', details: { by: 'jwt', place, reason, count, since: firstAt.toISOString() } });
    }
  });
}
