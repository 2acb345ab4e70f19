import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@byok/kernel';
import type { RunningCalls } from './call.js';

const LOOK_EVERY_MS = 25;
/** After the cut: time for the last words to reach the clients. */
const LAST_WORDS_MS = 1_000;

/** Takes no new connections, lets running calls finish for so long, then cuts them with an error their clients can read. */
export async function drain(server: Server, running: RunningCalls, drainMs: number): Promise<void> {
  let isClosed = false;
  server.close(() => {
    isClosed = true;
  });
  // A connection is closed when it has nothing to do, so all are gone only when every answer has been taken.
  const allGone = (): boolean => {
    server.closeIdleConnections();
    return isClosed;
  };
  if (await holds(allGone, drainMs)) return;
  const reason = new AppError('draining', 'The gateway is being stopped and could not wait for this call any longer. Send it again.');
  for (const call of running) call.cutShort(reason);
  await holds(allGone, LAST_WORDS_MS);
  server.closeAllConnections();
}

async function holds(condition: () => boolean, limitMs: number): Promise<boolean> {
  for (let waitedMs = 0; !condition(); waitedMs += LOOK_EVERY_MS) {
    if (waitedMs >= limitMs) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}
