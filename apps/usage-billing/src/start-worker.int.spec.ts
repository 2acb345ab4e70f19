import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { USAGE_QUEUE, type UsageBatch, type UsageEvent } from '@byok/contracts';
import { createLog, EVERY_ORG, openDatabase, openQueue, type Database, type QueueConsumer, type QueuePlace, type QueueProducer } from '@byok/platform';
import { redisServer, testDatabase, type RedisServer, type TestDatabase } from '@byok/testing';
import { anEvent } from './spec/an-event.js';
import { startWorker } from './start-worker.js';

const log = createLog('test', 'fatal');

async function until(condition: () => Promise<boolean>, withinMs = 15_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await pause(50)) if (await condition().catch(() => false)) return;
  throw new Error('It did not come true in time.');
}

/** The same guarantees on either queue. */
function suite(backend: 'PostgreSQL' | 'Redis', redisUrl: () => string | undefined): void {
  let test: TestDatabase;
  let db: Database;
  let owner: Database;
  let queue: QueueProducer<UsageBatch>;
  let consumers: QueueConsumer[];
  let run: string;
  const place = (role: 'gateway' | 'billing'): QueuePlace => ({ databaseUrl: test.url(role), redisUrl: redisUrl() });
  const work = () => consumers.push(startWorker({ db, log, queue: place('billing') }));

  beforeEach(async () => {
    test = await testDatabase();
    db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, scope: EVERY_ORG });
    owner = await openDatabase({ url: test.superuserUrl, applicationName: 'test-owner', log });
    queue = openQueue<UsageBatch>(USAGE_QUEUE, place('gateway'), log);
    consumers = [];
    run = randomUUID();
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await queue.close();
    await Promise.all([db.close(), owner.close()]);
    await test.close();
  });

  const kept = async () => Number((await db.query<{ count: string }>('SELECT count(*) FROM billing.usage_event'))[0]!.count);
  // A gateway never uses a job id twice; the same Redis serves all tests here.
  const send = (jobId: string, ...events: UsageEvent[]) => queue.add({ gatewayId: 'gw', events: events.map((event) => JSON.stringify(event)).join('\n') }, `${run}-${jobId}`);

  it('takes a batch from the queue, priced', async () => {
    work();
    await send('job-1', anEvent(), anEvent(), anEvent());
    await until(async () => (await kept()) === 3);
    expect(await db.query('SELECT DISTINCT cost_nano_usd FROM billing.usage_event')).toEqual([{ cost_nano_usd: '3500000' }]);
  });

  it('takes what was sent while nobody listened', async () => {
    await send('job-1', anEvent());
    work();
    await until(async () => (await kept()) === 1);
  });

  it('G01 keeps one row however often and under how many job ids an event comes, with three workers', async () => {
    work(), work(), work();
    const events = Array.from({ length: 20 }, () => anEvent());
    await Promise.all(Array.from({ length: 100 }, (_, index) => send(`job-${index}`, ...events)));
    const last = anEvent();
    await send('job-last', last);
    await until(async () => (await kept()) === 21);
    await pause(300);
    expect(await kept()).toBe(21);
  });

  it('G10 G12 finishes a batch whose database went away in the middle, once', async () => {
    work();
    await send('job-1', anEvent());
    await until(async () => (await kept()) === 1);
    const [event, other] = [anEvent(), anEvent()];
    await owner.transaction(async (tx) => {
      await tx.query('LOCK TABLE billing.usage_event IN ACCESS EXCLUSIVE MODE');
      await send('job-2', event, other);
      await pause(500);
      await tx.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'test'`);
    });
    await until(async () => (await kept()) === 3);
  });

  it('goes on after every connection to the database was cut, listening ones too (bullmq#4729)', async () => {
    work();
    await send('job-1', anEvent());
    await until(async () => (await kept()) === 1);
    await owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename IN ('byok_billing', 'byok_gateway')`);
    await pause(200);
    await until(async () => {
      await send('job-2', anEvent());
      return true;
    });
    const sent = Date.now();
    await until(async () => (await kept()) === 2);
    await pause(1_000);
    // Heard of at once again, and not by polling.
    await send('job-3', anEvent());
    await until(async () => (await kept()) === 3, 4_000);
    process.stderr.write(`${backend}: back after ${Date.now() - sent - 1_000} ms\n`);
  });
}

describe('usage through a queue on PostgreSQL', () => suite('PostgreSQL', () => undefined));

const redis: RedisServer | undefined = process.env['REDIS_URL'] ? { url: process.env['REDIS_URL'], close: async () => undefined } : await redisServer();

if (redis) {
  describe('usage through a queue on Redis', () => {
    suite('Redis', () => redis.url);
    afterAll(() => redis.close());
  });
} else {
  process.stderr.write('\n*** NOT RUN: usage through a queue on Redis. Install redis-server, start Docker or set REDIS_URL. ***\n\n');
  describe.skip('usage through a queue on Redis', () => it('did NOT run', () => undefined));
}
