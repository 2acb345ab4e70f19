import { may } from '@byok/identity';
import { verifyAudit as verifyChain } from '@byok/platform';

import { deny } from '../acl/deny.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import { findBrokenHistory } from '../audit/key-history.js';
import type { VaultDeps } from '../vault-deps.js';
import type { AuditVerdictMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { ActorRequest } from '../wire/requests.js';
import { auditForbidden } from './list-audit.js';

/** Walks the org's chain, then holds every key that it mentions against the key's row and version log. */
export async function verifyAudit(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<AuditVerdictMessage> {
  const request = parse(ActorRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  if (!may(principal, 'audit:read', { org: principal.orgId })) return deny(deps, principal, 'audit:read', principal.orgId, auditForbidden());
  const chain = await verifyChain(deps.db, 'vault.audit', principal.orgId);
  if (!chain.ok) return { ok: false, rows: chain.rows, firstBadSequence: chain.firstBadSequence ?? 0, reason: chain.reason ?? '' };
  const broken = await findBrokenHistory(deps.db, principal.orgId);
  if (broken) return { ok: false, rows: chain.rows, firstBadSequence: broken.sequence, reason: `the chain is whole, but the key ${broken.keyId} is not what it says: its row or version log was rolled back, changed or removed` };
  return { ok: true, rows: chain.rows, firstBadSequence: 0, reason: '' };
}
