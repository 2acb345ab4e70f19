import type { Principal } from '@byok/identity';
import type { OrgId } from '@byok/kernel';
import { appendAudit, type AuditEntry, type Database, type Sql } from '@byok/platform';

export interface Change {
  org: OrgId;
  action: string;
  /** The id of what is changed; what `work` answers, by its id, when left out. */
  target?: string;
  details?: AuditEntry['details'];
}

/** Runs a write and its audit row in one transaction: neither exists without the other. */
export function recordChange<R>(db: Database, principal: Principal, change: Change, work: (tx: Sql & { transaction?: never }) => Promise<R>): Promise<R> {
  return db.transaction(async (tx) => {
    const result = await work(tx as Sql & { transaction?: never });
    await appendAudit(tx, 'identity.audit', {
      orgId: change.org,
      action: change.action,
      actorId: actorOf(principal),
      targetId: change.target ?? idOf(result),
      outcome: 'allowed',
      details: { ...change.details, ...(principal.tokenId ? { tokenId: principal.tokenId } : {}) },
    });
    return result;
  });
}

/** The user, or the service's token. */
export function actorOf(principal: Principal): string {
  return principal.userId ?? principal.tokenId ?? principal.orgId;
}

function idOf(result: unknown): string {
  const { id } = (result ?? {}) as { id?: unknown };
  if (typeof id !== 'string') throw new Error('A recorded change needs a target.');
  return id;
}
