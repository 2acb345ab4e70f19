import type { Database } from '@byok/platform';
import { z } from 'zod';
import { lockHolds } from '../store/holds.store.js';
import { parse } from '../wire/parse.js';
import { freeHolds } from './free-holds.js';

const Request = z.object({ eventId: z.string().min(1).max(64) });

/** The attempt was never sent: its money is free at once. A hold that is closed already, or never was, stays as it is. */
export async function releaseHold({ db }: { db: Database }, message: unknown): Promise<object> {
  const { eventId } = parse(Request, message);
  await db.transaction(async (tx) => {
    const holds = await lockHolds(tx, [eventId]);
    await freeHolds(tx, [...holds.values()].filter((hold) => hold.state === 'open'), 'released');
  });
  return {};
}
