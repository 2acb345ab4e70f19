import type { AuditCheck, AuditVerification, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { verifyAudit as verifyChain, type Checkpoints, type Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';

/** Walks both chains of an org from their first rows and holds them against their checkpoints; each service vouches for its own. */
export async function verifyAudit(deps: { db: Database; checkpoints?: Checkpoints | undefined; vault: Pick<VaultForAdmin, 'verifyAudit'> }, principal: Principal, orgId: string): Promise<AuditVerification> {
  const org = orgOf(principal, orgId);
  demand(principal, 'audit:read', { org });
  const identity: AuditCheck = await verifyChain(deps.db, 'identity.audit', org, deps.checkpoints);
  const vault = org === principal.orgId ? checkToWire(await deps.vault.verifyAudit({ actor: actorIds(principal) })) : null;
  return { ok: identity.ok && (vault?.ok ?? true), identity, vault };
}

function checkToWire({ ok, rows, firstBadSequence, reason, checkpointSequence, checkpointAt }: Awaited<ReturnType<VaultForAdmin['verifyAudit']>>): AuditCheck {
  return { ok, rows, firstBadSequence: firstBadSequence || null, reason: reason || null, checkpoint: checkpointSequence ? { sequence: checkpointSequence, at: checkpointAt } : null };
}
