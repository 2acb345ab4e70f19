import type { Database, Log } from '@byok/platform';
import { findDrift } from './find-drift.js';

const EVERY_MS = 6 * 60 * 60_000;

/**
 * Looks through the books at the start and every six hours and says in the log how many sums have drifted (`drifted`, to be watched for
 * more than 0) and which. Nothing is corrected: a drift is a fault, and its trace is what it can be found by.
 */
export function watchDrift(deps: { db: Database; log: Log }): { close(): Promise<void> } {
  let looking: Promise<void> = Promise.resolve();
  const look = (): void => void (looking = lookThrough(deps));
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

async function lookThrough({ db, log }: { db: Database; log: Log }): Promise<void> {
  try {
    const found = await findDrift({ db });
    for (const drift of found) log.error({ drift }, 'a kept sum and what it sums up have drifted apart');
    log.info({ drifted: found.length }, 'looked through the books');
  } catch (error) {
    log.warn({ error }, 'the books could not be looked through; it is tried again later');
  }
}
