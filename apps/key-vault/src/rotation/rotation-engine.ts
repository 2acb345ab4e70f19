import { driveRewrap } from './drive-rewrap.js';
import { driveRotations } from './drive-rotations.js';
import { loadPending } from './load-pending.js';
import { enterReplica, leaveReplica } from './replicas.store.js';
import { destroyOldDeks } from './retire-dek.js';
import type { RotationDeps } from './rotation-deps.js';
import { shredDeleted } from './shred-org.js';

const EVERY_MS = 1_000;
/** After a run in which something failed: a KMS that is away, or an org that is sealed, is not asked, and not logged, every second. */
const AFTER_FAILURE_MS = 5_000;

/** Runs what rotations need in the background, a second after the run before has ended. Returns how to stop it. */
export async function startRotationEngine(deps: RotationDeps): Promise<() => Promise<void>> {
  await enterReplica(deps.db, deps.replicaId);
  const stopping = new AbortController();
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds, stopping.signal);
  // Apart from each other: a long re-seal must not make this replica look dead.
  const loops = [
    every(deps, pause, stopping.signal, () => loadPending(deps)),
    every(deps, pause, stopping.signal, async () => {
      const isWell = [await driveRotations(deps, pause, stopping.signal), await driveRewrap(deps, pause, stopping.signal)].every(Boolean);
      await destroyOldDeks(deps);
      await shredDeleted(deps);
      return isWell;
    }),
  ];
  return async () => {
    stopping.abort();
    await Promise.all(loops);
    await leaveReplica(deps.db, deps.replicaId).catch(() => undefined); // who is not seen any more is not waited for either
  };
}

async function every(deps: Pick<RotationDeps, 'log'>, pause: (milliseconds: number) => Promise<void>, stopping: AbortSignal, run: () => Promise<boolean>): Promise<void> {
  while (!stopping.aborted) {
    const isWell = await run().catch((error: unknown) => (deps.log.warn({ error }, 'a step of rotation failed and will be tried again'), false));
    await pause(isWell ? EVERY_MS : AFTER_FAILURE_MS);
  }
}

function sleep(milliseconds: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    stopping.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
