import { checkCanary } from '../deks/dek-canary.js';
import { keepAlive, pendingNotLoaded, sayLoaded } from './replicas.store.js';
import type { RotationDeps } from './rotation-deps.js';

/** This replica's heartbeat: it lives, and it can open what will be sealed under each DEK that is staged. False when it could not open one. */
export async function loadPending(deps: Pick<RotationDeps, 'db' | 'deks' | 'log' | 'deploymentId' | 'replicaId'>): Promise<boolean> {
  let isWell = true;
  await keepAlive(deps.db, deps.replicaId);
  for (const pending of await pendingNotLoaded(deps.db, deps.replicaId)) {
    try {
      checkCanary(deps, pending.orgId, await deps.deks.load(pending.orgId, pending), pending.canary);
      await sayLoaded(deps.db, deps.replicaId, pending.dekId);
    } catch (error) {
      deps.log.warn({ error, orgId: pending.orgId, dekId: pending.dekId }, 'a staged data key cannot be loaded here; it is not promoted until it can');
      isWell = false;
    }
  }
  return isWell;
}
