import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Log } from '@byok/platform';
import { expireCredits } from '../credits/expire-credits.js';
import { expireHolds } from './expire-holds.js';

/** Frees holds past their lease and takes expired credits out of wallets, for as long as the service runs. Any number may run. */
export function startReaper(deps: { db: Database; log: Log; everyMs: number }): { close(): Promise<void> } {
  const stopping = new AbortController();
  const running = repeat(stopping.signal, deps);
  return {
    close: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function repeat(signal: AbortSignal, deps: { db: Database; log: Log; everyMs: number }): Promise<void> {
  while (!signal.aborted) {
    try {
      await expireHolds(deps);
      await expireCredits(deps);
    } catch (error) {
      deps.log.warn({ error }, 'holds and credits could not be looked through; the next round follows');
    }
    await pause(deps.everyMs, undefined, { signal }).catch(() => undefined);
  }
}
