import { redisServer } from '@byok/testing';
import { Redis } from 'ioredis';
import { meterFourUsers } from '../group-metering/meter-four-users.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';

// REDIS_URL names one that exists; else a private one is started where the binary is installed.
const given = process.env['REDIS_URL'];
const own = given ? undefined : await redisServer();
const redisUrl = given ?? own?.url;

if (redisUrl) {
  describe('with Redis', () => runWithRedis(redisUrl));
} else {
  process.stderr.write('\n*** NOT RUN: the Redis stories. Install redis-server, start Docker or set REDIS_URL. ***\n\n');
  // Counted as skipped in the last line of `npm test`, never as passed.
  it.skip('did NOT run: there is neither a redis-server, nor Docker, nor REDIS_URL', () => undefined);
}

function runWithRedis(url: string): void {
  const { upstream, standalone } = standaloneOfSuite(() => ({ redisUrl: url }));
  afterAll(() => own?.close());

  it('meters 200 calls of four users token for token, with the queue on Redis', async () => {
    const metering = await meterFourUsers(standalone, upstream);
    expect(metering.reported).toEqual(metering.witnessed);
    expect(metering.orgLine).toMatchObject({ requests: 200 });
    const redis = new Redis(url);
    expect(await redis.keys('*byok-usage*')).not.toEqual([]);
    await redis.quit();
  });
}
