import type { Principal } from '@byok/identity';
import { appendAudit, notifyChange } from '@byok/platform';

import { actorIdOf } from '../acl/principal-of-actor.js';
import { addCounts, dropOthers } from '../store/candidates.store.js';
import type { Counts } from '../store/candidates.store.js';
import type { KeyRow } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';

export interface VersionCounts {
  /** Of the candidate. */
  version: number;
  counts: Counts;
  currentCounts: Counts;
  /** What the provider said last when it refused the candidate. */
  reason: string;
}

/** Adds what calls with both versions of a key came to, and takes the candidate back once its provider has refused it often enough. */
export async function countVersions({ db }: Pick<VaultDeps, 'db'>, principal: Principal, key: KeyRow, { version, counts, currentCounts, reason }: VersionCounts): Promise<void> {
  await db.transaction(async (tx) => {
    const candidate = await addCounts(tx, key.orgId, key.id, version, counts, currentCounts);
    if (!candidate || candidate.counts.refused < candidate.rollbackAfter) return;
    await dropOthers(tx, key.orgId, key.id, ['candidate']);
    await notifyChange(tx, { org: key.orgId, kind: 'key', id: key.id });
    await appendAudit(tx, 'vault.audit', {
      orgId: key.orgId,
      action: 'key.rollback',
      actorId: actorIdOf(principal),
      targetId: key.id,
      outcome: 'allowed',
      details: {
        ...{ ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider, version: key.version, candidateVersion: version, reason, by: 'gateway' },
        ...candidate.counts,
      },
    });
  });
}
