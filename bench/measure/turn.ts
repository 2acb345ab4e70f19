import { largeBody, smallBody } from '../load/requests.js';
import type { Plan } from '../options.js';
import type { Subject } from '../subjects/subject.js';
import { helpersSettled } from './helpers.js';
import { measureFirstByte, measurePacedStreams, type FirstByte, type PacedStreams } from './streams.js';
import { measureThroughput, type Throughput } from './throughput.js';

export const PACED_STREAMS = 100;
export const MIDDLE_BODY = largeBody(16 * 1024);
export const LARGE_BODY = largeBody(1024 * 1024);

/** What one proxy did in one round. */
export interface Turn {
  c32: Throughput;
  c256: Throughput;
  c1: Throughput;
  body16Kb: Throughput;
  body1Mb: Throughput;
  firstByte: FirstByte;
  paced: PacedStreams;
}

/** Each measurement begins when what works elsewhere for this proxy has caught up with the one before: it shares a core with the load generator. */
export async function measureTurn(subject: Subject, plan: Plan, folder: string): Promise<Turn> {
  const body = smallBody();
  const at = async (connections: number, seconds: number, content = body): Promise<Throughput> => {
    await helpersSettled(subject, plan.helperSettleMs);
    return measureThroughput(subject, { body: content, connections, seconds, folder });
  };
  if (plan.turnWarmSeconds > 0) await at(32, plan.turnWarmSeconds);
  const plain = {
    c32: await at(32, plan.seconds),
    c256: await at(256, plan.seconds),
    c1: await at(1, plan.shortSeconds),
    body16Kb: await at(64, plan.shortSeconds, MIDDLE_BODY),
    body1Mb: await at(4, plan.shortSeconds, LARGE_BODY),
  };
  await helpersSettled(subject, plan.helperSettleMs);
  return { ...plain, firstByte: await measureFirstByte(subject, plan.shortSeconds), paced: await measurePacedStreams(subject, PACED_STREAMS, plan.shortSeconds) };
}

/** Every path a proxy will be measured on, until its code is compiled and its connections stand. */
export async function warm(subject: Subject, plan: Plan, folder: string): Promise<void> {
  await measureThroughput(subject, { body: smallBody(), connections: 32, seconds: plan.warmSeconds, folder });
  await measureThroughput(subject, { body: smallBody(), connections: 256, seconds: Math.ceil(plan.warmSeconds / 3), folder });
  // A stream is a call, too: thousands of them, as fast as they go, until that path is compiled as well.
  await measureThroughput(subject, { body: smallBody({ stream: true }), connections: 32, seconds: Math.ceil(plan.warmSeconds / 3), folder });
  await measurePacedStreams(subject, PACED_STREAMS, Math.min(3, plan.warmSeconds / 3));
}
