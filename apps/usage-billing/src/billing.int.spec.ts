import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { USAGE_QUEUE } from '@byok/contracts';
import { createLog, grpcClient, EVERY_ORG, openDatabase, openQueue, type Certificates, type Database, type GrpcClient, type QueueProducer } from '@byok/platform';
import { freePort, startServiceProcess, testAuthority, testDatabase, type ServiceProcess, type TestDatabase } from '@byok/testing';
import { anEvent } from './spec/an-event.js';

interface Methods {
  getUsage(request: unknown): Promise<{ items: { by: Record<string, string>; requests: number; costUsd: string; unpricedRequests: number }[]; next: string }>;
}

const log = createLog('test', 'fatal');
const folder = mkdtempSync(join(tmpdir(), 'byok-billing-spec-'));
const PERIOD = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
let test: TestDatabase;
let db: Database;
let queue: QueueProducer<unknown>;
let billing: ServiceProcess;
let certificatesOf: (service: string) => Promise<Certificates>;
let port: number;
let admin: GrpcClient<Methods>;

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, scope: EVERY_ORG });
  queue = openQueue(USAGE_QUEUE, { databaseUrl: test.url('gateway') }, log);
  certificatesOf = await testAuthority();
  port = await freePort();
  billing = await start();
  admin = clientWith(await certificatesOf('admin-api'));
});
afterAll(async () => {
  admin.close();
  await billing.kill('SIGTERM');
  await queue.close();
  await db.close();
  await test.close();
  rmSync(folder, { recursive: true });
});

async function start(variables: Record<string, string> = {}): Promise<ServiceProcess> {
  return startServiceProcess({
    entry: join(import.meta.dirname, 'main.ts'),
    folder,
    certificates: await certificatesOf('usage-billing'),
    variables: { DATABASE_URL: test.url('billing'), GRPC_PORT: String(port), ...variables },
  });
}

function clientWith(certificates: Certificates): GrpcClient<Methods> {
  return grpcClient<Methods>({ protocol: 'usage_billing', service: 'UsageBilling', address: `127.0.0.1:${port}`, serverName: 'usage-billing', certificates, deadlineMs: 5_000 });
}

const send = (orgId: string, jobId: string) => queue.add({ gatewayId: 'gw', events: [anEvent({ orgId }), anEvent({ orgId, model: 'nobody-knows' })].map((event) => JSON.stringify(event)).join('\n') }, jobId);

async function requestsOf(orgId: string, expected: number): Promise<number> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(50)) {
    const answer = await admin.getUsage({ orgId, ...PERIOD, groupBy: [], filters: {} }).catch(() => undefined);
    if (answer?.items[0]!.requests === expected) return expected;
  }
  throw new Error('The usage did not arrive in time.');
}

describe('usage-billing', () => {
  it('reports over gRPC what came through the queue', async () => {
    await send('org_a', 'a-1');
    await requestsOf('org_a', 2);
    const { items } = await admin.getUsage({ orgId: 'org_a', ...PERIOD, groupBy: ['model'], filters: { owner: 'group' } });
    expect(items).toMatchObject([
      { by: { model: 'gpt-4o' }, requests: 1, costUsd: '0.0035', unpricedRequests: 0 },
      { by: { model: 'nobody-knows' }, requests: 1, costUsd: '', unpricedRequests: 1 },
    ]);
  });

  it.each(['gateway', 'key-vault', 'usage-billing', 'somebody'])('does not answer %s', async (caller) => {
    const client = clientWith(await certificatesOf(caller));
    await expect(client.getUsage({ orgId: 'org_a', ...PERIOD })).rejects.toMatchObject({ code: 'caller_not_allowed' });
    client.close();
  });

  it('does not talk to a certificate of another authority', async () => {
    const stranger = await (await testAuthority())('admin-api');
    const client = clientWith({ ...stranger, ca: (await certificatesOf('admin-api')).ca });
    await expect(client.getUsage({ orgId: 'org_a', ...PERIOD })).rejects.toMatchObject({ code: 'service_unavailable' });
    client.close();
  });

  it('says what is not valid in a question', async () => {
    await expect(admin.getUsage({ orgId: 'org_a', ...PERIOD, groupBy: ['password'] })).rejects.toMatchObject({ code: 'invalid_request', details: { fields: ['groupBy.0'] } });
  });

  it('loses and doubles nothing when it is killed while it works', async () => {
    const sending = Promise.all(Array.from({ length: 40 }, (_, index) => send('org_b', `b-${index}`)));
    await pause(30);
    await billing.kill('SIGKILL');
    await sending;
    billing = await start();
    // What the dead one was working on is given out again when its lock has run out.
    for (const deadline = Date.now() + 80_000; Date.now() < deadline; await pause(200)) {
      const [row] = await db.query<{ count: string }>(`SELECT count(*) FROM billing.usage_event WHERE org_id = 'org_b'`);
      if (row!.count === '80') break;
    }
    expect(await requestsOf('org_b', 80)).toBe(80);
  }, 120_000);

  it('stops on SIGTERM with exit code 0 and starts again with the prices it has', async () => {
    expect(await billing.kill('SIGTERM')).toBe(0);
    billing = await start();
    await send('org_c', 'c-1');
    await requestsOf('org_c', 2);
    expect(await db.query('SELECT count(*) FROM billing.price_import')).toEqual([{ count: '1' }]);
  });

  it('does not start on a port that is taken, and says so in one line', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port: number } = taken.address() as { port: number };
    await expect(start({ GRPC_PORT: String(number) })).rejects.toMatchObject({ exitCode: 78, output: expect.stringMatching(/^usage-billing: Port \d+ \(GRPC_PORT\) is taken[^\n]*\n$/) as string });
    taken.close();
  });

  it('names a variable that is bad and never prints its value', async () => {
    const failure = await start({ REDIS_URL: 'http://user:hunter2@127.0.0.1' }).catch((error: { output: string }) => error);
    expect(failure).toMatchObject({ exitCode: 78, output: expect.stringContaining('REDIS_URL') as string });
    expect((failure as { output: string }).output).not.toContain('hunter2');
  });
});
