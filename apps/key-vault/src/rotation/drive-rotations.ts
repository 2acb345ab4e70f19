import type { KeyOrg } from '../store/key-row.js';
import { promoteDek } from './promote-dek.js';
import { resealBatch } from './reseal-batch.js';
import { retireDek } from './retire-dek.js';
import type { RotationDeps } from './rotation-deps.js';
import { orgsInRotation } from './rotation.store.js';

export type Pause = (milliseconds: number) => Promise<void>;

/**
 * Takes every rotation that is underway as far as it will go. All it knows is in the database, so any replica can go on where another was
 * killed, and two may run it at once. False when one of them could not go on.
 */
export async function driveRotations(deps: RotationDeps, pause: Pause, stopping?: AbortSignal): Promise<boolean> {
  let isWell = true;
  for (const orgId of await orgsInRotation(deps.db)) {
    try {
      await driveRotation(deps, orgId, pause, stopping);
    } catch (error) {
      // One org's KMS that is away must not hold up the others.
      deps.log.warn({ error, orgId }, 'a rotation cannot go on and will be tried again');
      isWell = false;
    }
  }
  return isWell;
}

export async function driveRotation(deps: RotationDeps, orgId: KeyOrg, pause: Pause, stopping?: AbortSignal): Promise<void> {
  await promoteDek(deps, orgId);
  for (let done = await resealBatch(deps, orgId); done > 0; done = await resealBatch(deps, orgId)) {
    await pause((done / deps.rules.resealsPerSecond) * 1000);
    if (stopping?.aborted) return;
  }
  await retireDek(deps, orgId);
}
