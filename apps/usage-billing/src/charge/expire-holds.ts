import type { Database, Log } from '@byok/platform';
import { lockExpiredHolds } from '../store/holds.store.js';
import { freeHolds } from './free-holds.js';

const AT_ONCE = 500;

/**
 * Frees what calls have reserved of which nobody has told anything within their lease: a gateway died, or its report is late. The
 * holds stay listed as unreconciled, and a report that comes after all settles them then. Answers how many there were.
 */
export async function expireHolds({ db, log }: { db: Database; log: Log }): Promise<number> {
  let expired = 0;
  for (;;) {
    const some = await db.transaction(async (tx) => {
      const holds = [...(await lockExpiredHolds(tx, AT_ONCE)).values()];
      await freeHolds(tx, holds, 'expired');
      return holds.length;
    });
    expired += some;
    if (some < AT_ONCE) break;
  }
  if (expired > 0) log.warn({ expired }, 'holds expired: nobody told what their calls consumed');
  return expired;
}
