import { redisServer, type RedisServer } from '@byok/testing';
import { Redis } from 'ioredis';
import { createLog } from '../log/create-log.js';
import { openQueue } from './open-queue.js';
import { refuseForgetfulRedis } from './refuse-forgetful-redis.js';

const log = createLog('test', 'fatal');
const server: RedisServer | undefined = await redisServer();

if (server) describe('a queue on Redis', () => suite(server));
else {
  process.stderr.write('\n*** NOT RUN: queues on Redis. Install redis-server, or start Docker. ***\n\n');
  it.skip('did NOT run: there is neither a redis-server nor Docker', () => undefined);
}

function suite({ url, close }: RedisServer): void {
  const redis = new Redis(url);
  afterAll(async () => {
    redis.disconnect();
    await close();
  });

  it('G08 tells each time it is back, and not when it is first reached', async () => {
    const queue = openQueue<{ n: number }>('test', { databaseUrl: 'unused', redisUrl: url }, log);
    let returns = 0;
    queue.onReturn!(() => (returns += 1));
    await queue.add({ n: 1 }, 'first');
    expect(returns).toBe(0);
    for (const expected of [1, 2]) {
      await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      for (let waited = 0; returns < expected && waited < 5_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(returns).toBe(expected);
    }
    await queue.close();
  });

  it('G09 is refused where memory that is full would make it forget, and taken where it would not or cannot be asked', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(refuseForgetfulRedis(url, log)).rejects.toThrow(/allkeys-lru.*noeviction/);
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await refuseForgetfulRedis(url, log);
    await refuseForgetfulRedis('redis://127.0.0.1:1', log);
  });
}
