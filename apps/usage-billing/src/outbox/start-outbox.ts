import { setTimeout as pause } from 'node:timers/promises';
import { watchSpending } from '../alerts/watch-spending.js';
import { deliverDue, type DeliverDeps } from './deliver-due.js';

const IDLE_MS = 1_000;
const WATCH_EVERY_MS = 60_000;

/** Delivers what the outbox holds for as long as the service runs, and looks once a minute at what no single event shows. Any number may run. */
export function startOutbox(deps: DeliverDeps): { close(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = Promise.all([
    repeat(signal, async () => ((await deliverDue(deps)) > 0 ? 0 : IDLE_MS), deps),
    repeat(signal, async () => (await watchSpending(deps), WATCH_EVERY_MS), deps),
  ]);
  return {
    close: async () => {
      stopping.abort();
      await running;
      deps.mailer?.close();
    },
  };
}

async function repeat(signal: AbortSignal, round: () => Promise<number>, { log }: DeliverDeps): Promise<void> {
  while (!signal.aborted) {
    const waitMs = await round().catch((error: unknown) => {
      log.warn({ error }, 'alerts wait: a round of them failed');
      return IDLE_MS * 5;
    });
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
