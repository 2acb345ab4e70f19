import type { Principal } from '@byok/identity';
import { appendAudit, notifyChange } from '@byok/platform';
import type { AuditEntry, Sql } from '@byok/platform';

import { actorIdOf } from '../acl/principal-of-actor.js';
import type { KeyRow } from '../store/key-row.js';

/** Announces a change of a key and writes its audit row, in the transaction of the change. Last statements: the chain's lock stays short. */
export async function recordChange(tx: Sql, principal: Principal, action: string, key: KeyRow, details: NonNullable<AuditEntry['details']> = {}): Promise<void> {
  await notifyChange(tx, { org: key.orgId, kind: 'key', id: key.id });
  await appendAudit(tx, 'vault.audit', {
    orgId: principal.orgId,
    action,
    actorId: actorIdOf(principal),
    targetId: key.id,
    outcome: 'allowed',
    details: { ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider, version: key.version, status: key.status, tokenId: principal.tokenId, sessionId: principal.sessionId, ...details },
  });
}
