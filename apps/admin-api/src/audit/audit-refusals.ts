import { takeDeniedCalls, takeFailedJwts, type Tx } from '@byok/identity';
import { appendAudit, type AuditEntry, type Database } from '@byok/platform';

/**
 * Brings what gateway and admin-api refused and counted into the chains of the orgs that it was meant for: a row per issuer, place and
 * reason of JWTs, and per token and reason of calls.
 */
export async function auditRefusals(db: Database): Promise<void> {
  await db.acrossOrgs().transaction(async (tx) => {
    const jwts = (await takeFailedJwts(tx as Tx)).map(({ orgId, issuerId, place, reason, count, firstAt }): AuditEntry => ({
      ...{ orgId, action: 'auth.failed', actorId: issuerId, targetId: issuerId, outcome: 'failed' },
      details: { by: 'jwt', place, reason, count, since: firstAt.toISOString() },
    }));
    const calls = (await takeDeniedCalls(tx as Tx)).map(({ orgId, tokenId, code, count, firstAt }): AuditEntry => ({
      ...{ orgId, action: 'call.denied', actorId: tokenId, targetId: tokenId, outcome: 'denied' },
      details: { reason: code, count, since: firstAt.toISOString() },
    }));
    // In one order, whoever else does the same: chains are locked one after the other.
    for (const entry of [...jwts, ...calls].sort((one, other) => (one.orgId < other.orgId ? -1 : 1))) await appendAudit(tx, 'identity.audit', entry);
  });
}
