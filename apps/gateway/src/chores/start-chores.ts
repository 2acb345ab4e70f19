import { setTimeout as sleep } from 'node:timers/promises';
import { KeyChores, type KeyChoresDeps } from './key-chores.js';

/** Bounds how fast keys are tried: one is begun in that time at most. */
const EVERY_MS = 5_000;

/** Runs the chores that one gateway does for all, until it is stopped. */
export function startChores(deps: Omit<KeyChoresDeps, 'pause'>): { close(): Promise<void> } {
  const stopping = new AbortController();
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: stopping.signal });
  const chores = new KeyChores({ ...deps, pause });
  const ticking = setInterval(() => void chores.tick(), EVERY_MS);
  return {
    close: async () => {
      clearInterval(ticking);
      stopping.abort();
      await chores.close();
    },
  };
}
