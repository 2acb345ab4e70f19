import type { AuditVerdictMessage } from '@byok/contracts';
import { may } from '@byok/identity';
import { verifyAudit as verifyChain } from '@byok/platform';

import { deny } from '../acl/deny.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import { findBrokenHistory } from '../audit/key-history.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { ActorRequest } from '../wire/requests.js';
import { auditForbidden } from './list-audit.js';

/** Walks the org's chain and holds it against the checkpoints outside the database, then holds every key that it mentions against the key's row and version log. */
export async function verifyAudit(deps: Pick<VaultDeps, 'db' | 'clock' | 'checkpoints'>, message: unknown): Promise<AuditVerdictMessage> {
  const request = parse(ActorRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  if (!may(principal, 'audit:read', { org: principal.orgId })) return deny(deps, principal, 'audit:read', principal.orgId, auditForbidden());
  const chain = await verifyChain(deps.db, 'vault.audit', principal.orgId, deps.checkpoints);
  const said = { rows: chain.rows, checkpointSequence: chain.checkpoint?.sequence ?? 0, checkpointAt: chain.checkpoint?.at ?? '' };
  if (!chain.ok) return { ...said, ok: false, firstBadSequence: chain.firstBadSequence ?? 0, reason: chain.reason ?? '' };
  const broken = await findBrokenHistory(deps.db, principal.orgId);
  if (broken) return { ...said, ok: false, firstBadSequence: broken.sequence, reason: `the chain is whole, but the key ${broken.keyId} is not what it says: its row or version log was rolled back, changed or removed` };
  return { ...said, ok: true, firstBadSequence: 0, reason: '' };
}
