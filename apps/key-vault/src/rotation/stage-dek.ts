import { AppError } from '@byok/kernel';
import { appendAudit } from '@byok/platform';
import type { Sql } from '@byok/platform';

import { makeSeed } from '../deks/make-seed.js';
import type { KeyOrg } from '../store/key-row.js';
import type { RotationDeps } from './rotation-deps.js';
import { countDrain, insertPending, listDeks, lockDeks } from './rotation.store.js';
import type { RotatingDek } from './rotation.store.js';

export interface Starter {
  /** In whose audit chain it stands. */
  orgId: string;
  actorId: string;
}

/**
 * Stages an org's next DEK. It protects nothing until it is promoted. Of two that ask at once one stages it, and the other finds it staged.
 * @throws AppError conflict while values are still under a DEK from before: a third one would be made before the second was in use
 */
export async function stageDek(deps: Pick<RotationDeps, 'db' | 'kms' | 'random' | 'deploymentId'>, orgId: KeyOrg, by: Starter): Promise<void> {
  const newest = await mayStage(deps.db, orgId);
  if (newest.state === 'pending') return;
  // Wrapped before the transaction: no lock is held while a KMS answers.
  const next = await makeSeed(deps, orgId, newest.version + 1);
  await deps.db.transaction(async (tx) => {
    await lockDeks(tx, orgId);
    const present = await mayStage(tx, orgId);
    if (present.dekId !== newest.dekId) return;
    await insertPending(tx, orgId, next);
    await appendAudit(tx, 'vault.audit', { ...by, action: 'dek.rotate', targetId: next.dekId, outcome: 'allowed', details: { scope: orgId, version: next.version } });
  });
}

/** The newest DEK of an org that may be given another. */
async function mayStage(db: Sql, orgId: KeyOrg): Promise<RotatingDek> {
  const deks = await listDeks(db, orgId);
  const active = deks.find((dek) => dek.state === 'active');
  if (!active) throw new AppError('conflict', 'There is nothing to rotate yet: the data key is made with the first key that is stored.');
  if (deks.some((dek) => dek.state === 'decrypt_only')) {
    const { left } = await countDrain(db, orgId, active.dekId);
    throw new AppError('conflict', `The last rotation is not finished: ${left} values are still to be sealed under the new data key. Try again when it is.`, { details: { left } });
  }
  return deks[0]!;
}
