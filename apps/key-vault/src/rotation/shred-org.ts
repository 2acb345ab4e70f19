import { appendAudit } from '@byok/platform';

import type { RotationDeps } from './rotation-deps.js';
import { dekIdsOf, findDue, insertTombstone, isReadable, listTombstones, overwriteSeeds } from './shred.store.js';
import type { Tombstone } from './shred.store.js';
import { readTombstones, writeTombstones } from './tombstone-file.js';

type Deps = Pick<RotationDeps, 'db' | 'deks' | 'clock' | 'log' | 'rules'>;

/** Makes the keys of deleted orgs unreadable for good, each when its grace is over. */
export async function shredDeleted(deps: Deps): Promise<void> {
  for (const { orgId, actor } of await findDue(deps.db, deps.rules.shredGraceDays)) {
    const tombstone = { orgId, dekIds: await dekIdsOf(deps.db, orgId), at: new Date(deps.clock.now()), actor };
    // The file first: if we are killed in between, the next start does the rest.
    await writeTombstones(deps.rules.tombstoneFile, [tombstone]);
    await bury(deps, tombstone);
  }
}

/**
 * Before anything is served: what the file or the table says is shredded, is. An older backup that was restored brings seeds back, and this
 * takes them away again. Then file and table say the same.
 */
export async function applyTombstones(deps: Deps): Promise<void> {
  const [onFile, inTable] = [await readTombstones(deps.rules.tombstoneFile), await listTombstones(deps.db)];
  const missing = (from: readonly Tombstone[], those: readonly Tombstone[]): Tombstone[] => those.filter(({ orgId }) => !from.some((known) => known.orgId === orgId));
  await writeTombstones(deps.rules.tombstoneFile, missing(onFile, inTable));
  const unknown = new Set(missing(inTable, onFile));
  for (const tombstone of [...inTable, ...unknown]) {
    if (unknown.has(tombstone) || (await isReadable(deps.db, tombstone.orgId))) await bury(deps, tombstone);
  }
}

async function bury(deps: Deps, tombstone: Tombstone): Promise<void> {
  const { orgId } = tombstone;
  const gone = await deps.db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [`dek/${orgId}`]);
    const counts = await overwriteSeeds(tx, orgId);
    await insertTombstone(tx, tombstone);
    await appendAudit(tx, 'vault.audit', { orgId, action: 'org.shred', actorId: tombstone.actor || 'unknown', targetId: orgId, outcome: 'allowed', details: { ...counts, at: tombstone.at.toISOString() } });
    return counts;
  });
  deps.deks.drop(orgId);
  deps.log.info({ orgId, ...gone }, 'the keys of a deleted org cannot be read any more');
}
