import { USAGE_QUEUE } from '@byok/contracts';
import type { FakeUpstream } from '@byok/testing';
import { createPostgresBackend, Queue } from 'bullmq';
import { superuserUrl } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import type { Standalone } from '../support/start-standalone.js';

/** What is still on its way; all of it must become 0. */
export interface Unsettled {
  /** The installation's own word, 0 for well. */
  ill: number;
  openCalls: number;
  /** Requests that the provider saw and of which no event is there. */
  unmetered: number;
  queued: number;
  openHolds: number;
  untold: number;
}

const GONE: Unsettled = { ill: 1, openCalls: 0, unmetered: 0, queued: 0, openHolds: 0, untold: 0 };

/** Waits until nothing is on its way any more, and tells what was left when the patience ended. */
export async function settle(standalone: Standalone, upstream: FakeUpstream, limitMs: number): Promise<Unsettled> {
  return eventually(() => unsettled(standalone, upstream).catch(() => GONE), isSettled, limitMs);
}

export const isSettled = (state: Unsettled): boolean => Object.values(state).every((count) => count === 0);

async function unsettled(standalone: Standalone, upstream: FakeUpstream): Promise<Unsettled> {
  const health = (await fetch(`${standalone.adminUrl}/api/health`).then((answer) => answer.json())) as { status?: string };
  const [counts] = await standalone.sql<{ open_holds: number; untold: number }>(
    `SELECT (SELECT count(*)::int FROM billing.hold WHERE state = 'open') AS open_holds, (SELECT count(*)::int FROM billing.outbox WHERE status = 'pending') AS untold`,
  );
  return {
    ill: health.status === 'ok' ? 0 : 1,
    openCalls: upstream.openRequests(),
    unmetered: await unmetered(standalone, upstream),
    queued: await queued(standalone),
    openHolds: counts!.open_holds,
    untold: counts!.untold,
  };
}

async function unmetered(standalone: Standalone, upstream: FakeUpstream): Promise<number> {
  const rows = await standalone.sql<{ call: string; events: number }>(`SELECT tags ->> 'call' AS call, count(*)::int AS events FROM billing.usage_event WHERE tags ? 'call' GROUP BY 1`);
  const metered = new Map(rows.map(({ call, events }) => [call, events]));
  const seen = new Map<string, number>();
  for (const { caller } of upstream.witness()) if (caller) seen.set(callOf(caller), (seen.get(callOf(caller)) ?? 0) + 1);
  return [...seen].filter(([call, requests]) => (metered.get(call) ?? 0) < requests).length;
}

/** The body's `user` is "<name> <id of the call>". */
export const callOf = (caller: string): string => caller.split(' ')[1] ?? caller;

async function queued(standalone: Standalone): Promise<number> {
  const queue = new Queue(USAGE_QUEUE, { connection: { connectionString: await superuserUrl(standalone), schema: 'queue' } }, createPostgresBackend);
  try {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'failed');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  } finally {
    await queue.close();
  }
}
