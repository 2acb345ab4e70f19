import { load, type LoadResult } from '../load/load.js';
import { PATH } from '../load/requests.js';
import { cpuUs } from '../processes.js';
import type { Subject } from '../subjects/subject.js';

export interface Throughput extends LoadResult {
  perSecond: number;
  /** CPU time of the proxy's own processes per request; NaN where there is no proxy. */
  cpuUsPerRequest: number;
}

export async function measureThroughput(subject: Subject, options: { body: string; connections: number; seconds: number; folder: string }): Promise<Throughput> {
  const before = cpuUs(subject.pids);
  const result = await load({ ...options, url: `${subject.url}${PATH}`, headers: subject.headers });
  const cpu = cpuUs(subject.pids) - before;
  return { ...result, perSecond: result.requests / result.seconds, cpuUsPerRequest: subject.pids.length === 0 ? NaN : cpu / result.requests };
}
