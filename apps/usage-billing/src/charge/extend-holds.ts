import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { extendLeases } from '../store/holds.store.js';
import { parse } from '../wire/parse.js';

const Request = z.object({ eventIds: z.array(z.string().max(64)).max(100_000).default([]) });

/** The calls still run: their holds are not taken for orphans. */
export async function extendHolds({ db, leaseMs }: { db: Sql; leaseMs: number }, message: unknown): Promise<object> {
  const { eventIds } = parse(Request, message);
  if (eventIds.length > 0) await extendLeases(db, eventIds, leaseMs);
  return {};
}
