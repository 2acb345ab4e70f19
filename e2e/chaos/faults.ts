import { USAGE_QUEUE, type UsageBatch } from '@byok/contracts';
import { createLog, openQueue, type QueueProducer } from '@byok/platform';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { superuserUrl } from '../support/database.js';
import { grantCredits } from '../support/credits.js';
import { pidOf } from '../support/processes.js';
import type { Standalone } from '../support/start-standalone.js';
import { weighted, type Dice } from './dice.js';
import type { Scene } from './scene.js';

/** usage-billing holds the reservations and the worker of the queue; PostgreSQL is the database and the queue itself. */
const VICTIMS = { gateway: 4, 'usage-billing': 4, postgresql: 2, 'key-vault': 1 } as const;

export interface FaultCounts {
  kills: Record<string, number>;
  /** Events that were put into the queue once more. */
  duplicates: number;
  topUps: number;
}

export interface FaultOptions {
  dice: Dice;
  signal: AbortSignal;
  /** Between two kills, on average. */
  killEveryMs: number;
  counts: FaultCounts;
}

/** Kills what it can reach, delivers events again, and tops up credits until the grant is known to be made; until the signal. */
export async function causeTrouble(standalone: Standalone, scene: Scene, options: FaultOptions): Promise<void> {
  await Promise.all([killProcesses(standalone, options, options.dice.fork()), repeatEvents(standalone, options, options.dice.fork()), topUp(scene, options)]);
}

async function killProcesses(standalone: Standalone, { signal, killEveryMs, counts }: FaultOptions, dice: Dice): Promise<void> {
  while (!signal.aborted) {
    await pause(killEveryMs / 2 + dice.below(killEveryMs), signal);
    const victim = weighted(dice, VICTIMS);
    const pid = signal.aborted ? undefined : await pidOf(standalone, victim).catch(() => undefined);
    if (pid === undefined || !kill(pid)) continue;
    counts.kills[victim] = (counts.kills[victim] ?? 0) + 1;
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

const REPEAT_EVERY_MS = 700;
const AT_ONCE = 60;

/** What a gateway would send that lost the queue's answer: events of its spool again, each up to three times in one batch. */
async function repeatEvents(standalone: Standalone, { signal, counts }: FaultOptions, dice: Dice): Promise<void> {
  const queue: QueueProducer<UsageBatch> = openQueue(USAGE_QUEUE, { databaseUrl: await superuserUrl(standalone) }, createLog('chaos', 'fatal'));
  while (!signal.aborted) {
    await pause(REPEAT_EVERY_MS, signal);
    const events = await eventsInSpool(standalone);
    if (events.length === 0) continue;
    const again = Array.from({ length: 1 + dice.below(AT_ONCE) }, () => dice.pick(events)).flatMap((event) => Array.from({ length: 1 + dice.below(3) }, () => event));
    const isTaken = await queue.add({ gatewayId: 'again', events: again.join('\n') }, randomUUID()).then(() => true, () => false);
    if (isTaken) counts.duplicates += again.length;
  }
  await queue.close().catch(() => undefined);
}

const OUTCOME = '{"t":"outcome","event":';

/** Whole lines alone: the last one may still be being written. */
async function eventsInSpool({ dataDirectory }: Standalone): Promise<string[]> {
  const folder = join(dataDirectory, 'spool');
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')));
  const lines = texts.flatMap((text) => text.split('\n').slice(0, -1));
  return lines.filter((line) => line.startsWith(OUTCOME)).map((line) => line.slice(OUTCOME.length, -1));
}

const TOP_UP_EVERY_MS = 1_500;

/** A grant whose answer was lost is asked for again under the same key: it must not become two. */
async function topUp(scene: Scene, { signal, counts }: FaultOptions): Promise<void> {
  while (!signal.aborted) {
    await pause(TOP_UP_EVERY_MS, signal);
    const key = `chaos-${counts.topUps}`;
    for (let tries = 0; tries < 200; tries++) {
      const isMade = await grantCredits(scene.operator, scene.toppedUp, scene.topUpUsd, key).then(() => true, () => false);
      if (isMade) {
        counts.topUps += 1;
        break;
      }
      await sleep(150);
    }
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<unknown> => sleep(milliseconds, undefined, { signal }).catch(() => undefined);
