import { setTimeout as sleep } from 'node:timers/promises';
import { smallBody } from '../load/requests.js';
import { StreamClient } from '../load/stream-client.js';
import { residentKb } from '../processes.js';
import type { Subject } from '../subjects/subject.js';

export interface IdleStreams {
  streams: number;
  beforeKb: number;
  openKb: number;
  kbPerStream: number;
}

const AT_ONCE = 50;

/** Resident memory of the proxy with streams open that have sent one event and then fell silent. */
export async function measureIdleStreams(subject: Subject, streams: number, settleMs: number): Promise<IdleStreams> {
  await sleep(settleMs);
  const beforeKb = residentKb(subject.pids);
  const clients = Array.from({ length: streams }, () => new StreamClient(subject.streamUrl, subject.headers, smallBody({ stream: true }, 'bench-idle')));
  for (let index = 0; index < streams; index += AT_ONCE) await Promise.all(clients.slice(index, index + AT_ONCE).map((client) => client.begin()));
  await sleep(settleMs);
  const openKb = residentKb(subject.pids);
  for (const client of clients) client.close();
  await sleep(settleMs);
  return { streams, beforeKb, openKb, kbPerStream: (openKb - beforeKb) / streams };
}
