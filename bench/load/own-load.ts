import { Pool, type Dispatcher } from 'undici';
import type { LoadOptions, LoadResult } from './load.js';
import { percentile } from '../median.js';

/** Where wrk is missing: the same closed loop over undici, in this process. */
export async function ownLoad({ url, headers, body, connections, seconds }: LoadOptions): Promise<LoadResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const options: Dispatcher.DispatchOptions = { method: 'POST', path: pathname, headers: { 'content-type': 'application/json', ...headers }, body };
  const latenciesUs: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  const loop = async (): Promise<void> => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      const status = await send(pool, options);
      latenciesUs.push((performance.now() - sentAt) * 1_000);
      if (status < 200 || status > 299) failures += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  const took = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return { requests: latenciesUs.length, seconds: took, p50Us: percentile(latenciesUs, 50), p99Us: percentile(latenciesUs, 99), failures };
}

function send(pool: Pool, options: Dispatcher.DispatchOptions): Promise<number> {
  return new Promise((resolve) => {
    let status = 0;
    pool.dispatch(options, {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => void (status = code),
      onResponseData: () => undefined,
      onResponseEnd: () => resolve(status),
      onResponseError: () => resolve(0),
    });
  });
}
