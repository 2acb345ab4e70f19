import { setTimeout as sleep } from 'node:timers/promises';
import { STREAM_CHUNKS } from '../answers.js';
import { smallBody } from '../load/requests.js';
import { StreamClient } from '../load/stream-client.js';
import { percentile } from '../median.js';
import { cpuUs } from '../processes.js';
import type { Subject } from '../subjects/subject.js';

export interface FirstByte {
  streams: number;
  p50Us: number;
  p99Us: number;
}

export interface PacedStreams extends FirstByte {
  cpuUsPerChunk: number;
}

const GAP_MS = 2;
const STREAM_MS = 650;

/** Time to the first event, one stream after the other. */
export async function measureFirstByte(subject: Subject, seconds: number): Promise<FirstByte> {
  const client = new StreamClient(subject.streamUrl, subject.headers, smallBody({ stream: true }));
  const times: number[] = [];
  for (const until = Date.now() + seconds * 1_000; Date.now() < until; await sleep(GAP_MS)) times.push(checked(await client.read()).firstByteUs);
  client.close();
  return { streams: times.length, p50Us: percentile(times, 50), p99Us: percentile(times, 99) };
}

/** Many streams at once with a chunk every 20 ms in each; they begin spread over one stream's length. */
export async function measurePacedStreams(subject: Subject, streams: number, seconds: number): Promise<PacedStreams> {
  const times: number[] = [];
  let events = 0;
  const cpuBefore = cpuUs(subject.pids);
  const until = Date.now() + seconds * 1_000;
  const loop = async (index: number): Promise<void> => {
    await sleep((index / streams) * STREAM_MS);
    const client = new StreamClient(subject.streamUrl, subject.headers, smallBody({ stream: true }, 'bench-paced'));
    // The first stream of a connection pays for connecting on both sides; it is read but not counted.
    for (let isFirst = true; isFirst || Date.now() < until; isFirst = false) {
      const outcome = checked(await client.read());
      events += outcome.events;
      if (!isFirst) times.push(outcome.firstByteUs);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: streams }, (_, index) => loop(index)));
  const cpu = cpuUs(subject.pids) - cpuBefore;
  return { streams: times.length, p50Us: percentile(times, 50), p99Us: percentile(times, 99), cpuUsPerChunk: subject.pids.length === 0 ? NaN : cpu / events };
}

/** A proxy that loses events must not look fast. The usage event may be missing: this caller did not ask for it. */
function checked(outcome: { firstByteUs: number; events: number }): { firstByteUs: number; events: number } {
  if (outcome.events < STREAM_CHUNKS + 1) throw new Error(`A stream arrived with ${outcome.events} events.`);
  return outcome;
}
