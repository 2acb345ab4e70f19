import { may } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { listAudit as readAudit } from '@byok/platform';

import { deny } from '../acl/deny.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import type { VaultDeps } from '../vault-deps.js';
import type { AuditPageMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { ListAuditRequest } from '../wire/requests.js';

/** The org's audit rows about keys, newest first. */
export async function listAudit(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<AuditPageMessage> {
  const request = parse(ListAuditRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  if (!may(principal, 'audit:read', { org: principal.orgId })) return deny(deps, principal, 'audit:read', principal.orgId, auditForbidden());
  const limit = Math.min(request.limit || 50, 200);
  const items = await readAudit(deps.db, 'vault.audit', principal.orgId, request.after ? Number(request.after) : undefined, limit);
  return { items, next: items.length === limit ? String(items.at(-1)!.sequence) : '' };
}

export function auditForbidden(): AppError {
  return new AppError('forbidden', 'You may not read the audit log.');
}
