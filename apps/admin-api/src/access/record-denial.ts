import type { Principal } from '@byok/identity';
import type { AppError } from '@byok/kernel';
import { appendAudit, type Database, type Log } from '@byok/platform';
import { actorOf } from './record-change.js';

const DENIED = new Set(['not_found', 'forbidden']);

export interface DeniedRequest {
  method: string;
  route: string;
  path: Readonly<Record<string, string>>;
  requestId: string;
}

/**
 * Writes who asked for something that is not theirs into their own org's chain; the other tenant's shows nothing.
 * A denial stands whether or not it could be written down.
 */
export async function recordDenial(deps: { db: Database; log: Log }, principal: Principal, request: DeniedRequest, error: AppError): Promise<void> {
  if (!DENIED.has(error.code)) return;
  const { method, route, path, requestId } = request;
  const details = { method, route, code: error.code, requestId, ...(principal.tokenId ? { tokenId: principal.tokenId } : {}) };
  const entry = { orgId: principal.orgId, action: 'authz.denied', actorId: actorOf(principal), targetId: Object.values(path).join('/').slice(0, 200), outcome: 'denied' as const, details };
  try {
    await deps.db.forOrg(principal.orgId).transaction((tx) => appendAudit(tx, 'identity.audit', entry));
  } catch (cause) {
    deps.log.error({ error: cause, requestId, actor: entry.actorId }, 'a denied request could not be audited');
  }
}
