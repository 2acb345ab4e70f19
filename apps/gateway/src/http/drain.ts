import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@byok/kernel';
import type { Call } from './call.js';

const LOOK_EVERY_MS = 25;
/** After the cut: time for the last words to reach the clients. */
const LAST_WORDS_MS = 1_000;

/** Takes no new connections, lets running calls finish for so long, then cuts them with an error their clients can read. */
export async function drain(server: Server, running: ReadonlySet<Call>, drainMs: number): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await emptied(running, drainMs);
  const reason = new AppError('draining', 'The gateway is being stopped and could not wait for this call any longer. Send it again.');
  for (const call of running) call.cutShort(reason);
  await emptied(running, LAST_WORDS_MS);
  server.closeAllConnections();
}

async function emptied(running: ReadonlySet<Call>, limitMs: number): Promise<void> {
  for (let waitedMs = 0; running.size > 0 && waitedMs < limitMs; waitedMs += LOOK_EVERY_MS) await pause(LOOK_EVERY_MS);
}
