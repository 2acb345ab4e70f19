import type { Subject, Surroundings } from './subject.js';

/** No proxy at all: what the load generator and the upstream can do, and the latency that is not the proxies' own. */
export async function startDirect({ upstreamPort }: Surroundings): Promise<Subject> {
  const url = `http://127.0.0.1:${upstreamPort}`;
  return { name: 'direct', about: 'the fake upstream itself', url, streamUrl: url, headers: { authorization: 'Bearer byok-bench' }, pids: [], helpers: () => [], stop: async () => undefined };
}
