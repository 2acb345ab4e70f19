import { Redis } from 'ioredis';
import type { Log } from '../log/create-log.js';
import { StartRefused } from '../runtime/run-service.js';

const PATIENCE_MS = 2_000;

/**
 * A queue may lose nothing to make room. One that cannot be asked now is not judged: it may come later, and usage waits for it.
 * @throws StartRefused when this Redis throws away what it holds when its memory is full
 */
export async function refuseForgetfulRedis(url: string, log: Log): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, connectTimeout: PATIENCE_MS, retryStrategy: () => null });
  redis.on('error', () => undefined);
  const facts = await redis.connect().then(() => redis.info(), () => '');
  redis.disconnect();
  const policy = /^maxmemory_policy:(\S+)/m.exec(facts)?.[1];
  if (policy !== undefined && policy !== 'noeviction') throw new StartRefused(`The Redis at REDIS_URL drops entries when its memory is full (maxmemory-policy ${policy}). Usage waits in it: set maxmemory-policy noeviction.`);
  if (/^aof_enabled:0/m.test(facts)) log.warn({}, 'the Redis at REDIS_URL keeps no append-only file: usage that waits in it is lost if it restarts');
}
