import { startFakeUpstream, type FakeUpstream } from '@byok/testing';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { scanFolder } from '../support/scan.js';
import { exited, launch, newFolder, startStandalone, type Standalone, type StandaloneOptions } from '../support/start-standalone.js';
import { newWorldWithKey } from '../support/world.js';
import { survivors } from './processes.js';

const ORPHAN_LIMIT_MS = 5_000;

let upstream: FakeUpstream;
const folders: string[] = [];

beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterAll(async () => {
  await upstream.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })));
});

async function pidsOf(standalone: Standalone): Promise<number[]> {
  const { supervisor, processes } = await standalone.runFile();
  return [supervisor, ...Object.values(processes)];
}

describe('one installation', () => {
  let standalone: Standalone;
  let setting: Awaited<ReturnType<typeof newWorldWithKey>>;
  let folder: string;

  beforeAll(async () => {
    standalone = await startStandalone({ upstream });
    folder = standalone.folder;
    folders.push(folder);
    setting = await newWorldWithKey(standalone, 'Lifecycle');
    expect((await chat(standalone.gatewayUrl, setting.person.token)).status).toBe(200);
    await setting.world.usage('org', 1);
  });
  afterAll(() => standalone?.stop());

  async function expectEverythingThere(calls: number): Promise<void> {
    expect((await chat(standalone.gatewayUrl, setting.person.token)).status).toBe(200);
    const operator = await standalone.operator();
    expect(await operator.get(`/api/orgs/${setting.world.orgId}`)).toMatchObject({ id: setting.world.orgId });
    const usage = await eventually(async () => (await operator.get(`/api/usage?org=${setting.world.orgId}&groupBy=org`))['items'], (items) => items[0]?.requests >= calls);
    expect(usage[0].requests).toBe(calls);
  }

  it('runs the four services and PostgreSQL, and prints how to reach it', async () => {
    const { processes } = await standalone.runFile();
    expect(Object.keys(processes).sort()).toEqual(['admin-api', 'gateway', 'key-vault', 'postgres', 'usage-billing']);
    for (const text of [standalone.adminUrl, standalone.gatewayUrl, 'admin@byok.local', 'curl ']) expect(standalone.output()).toContain(text);
  });

  it('leaves no process behind on SIGTERM, and exits with 0', async () => {
    const pids = await pidsOf(standalone);
    expect(await standalone.stop({ isKept: true })).toBe(0);
    expect(await survivors(folder, pids)).toEqual([]);
  });

  it('ends when npm alone is told to end: npm hands SIGTERM to its shell, which has become the supervisor', async () => {
    const started = await startStandalone({ upstream, folder, isByNpm: true });
    const pids = await pidsOf(started);
    expect(pids[0]).toBe(started.child.pid);
    expect(await started.stop({ isKept: true })).toBe(0);
    expect(await survivors(folder, pids)).toEqual([]);
  });

  it('keeps all data over a second start', async () => {
    standalone = await startStandalone({ upstream, folder });
    await expectEverythingThere(2);
  });

  it('refuses a second start on the same folder while it runs', async () => {
    const second = await launch({ upstream, folder });
    expect(await exited(second.child)).not.toBe(0);
    expect(second.output().trim().split('\n')).toEqual([expect.stringMatching(/already runs/)]);
  });

  it('leaves nothing running 5 s after kill -9 of the supervisor, and recovers at the next start', async () => {
    const pids = await pidsOf(standalone);
    standalone.child.kill('SIGKILL');
    expect(await eventually(() => survivors(folder, pids), (alive) => alive.length === 0, ORPHAN_LIMIT_MS)).toEqual([]);
    standalone = await startStandalone({ upstream, folder });
    await expectEverythingThere(3);
  });

  it('recovers when everything at once was killed, PostgreSQL too', async () => {
    const pids = await survivors(folder, await pidsOf(standalone));
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await eventually(() => survivors(folder, pids), (alive) => alive.length === 0, ORPHAN_LIMIT_MS);
    standalone = await startStandalone({ upstream, folder });
    await expectEverythingThere(4);
  });

  it('refuses data that a newer version wrote', async () => {
    await standalone.sql(`INSERT INTO public.schema_migration (name, run_on) VALUES ('29990101000000_from_the_future', now())`);
    // As Ctrl-C does.
    standalone.child.kill('SIGINT');
    expect(await exited(standalone.child)).toBe(0);
    await expectOneClearLine({ folder }, /newer version.*29990101000000_from_the_future/);
  });
});

describe('the first start of all', () => {
  it('makes a password, prints it once with a curl that works as pasted, and keeps it nowhere', async () => {
    const first = await startStandalone({ upstream, environment: { BYOK_ADMIN_PASSWORD: '' } });
    folders.push(first.folder);
    const password = /password: (\S+)/.exec(first.output())?.[1] ?? 'none was printed';
    const [, url, header, body] = /curl -s (\S+) -H '([^']+)' -d '([^']+)'/.exec(first.output()) ?? [];
    const [name, value] = header!.split(': ');
    const answer = await fetch(url!, { method: 'POST', headers: { [name!]: value! }, body: body! });
    expect(await answer.json()).toMatchObject({ accessToken: expect.any(String), user: { isOperator: true } });
    await first.stop({ isKept: true });

    expect(await scanFolder(first.dataDirectory, [`${'_'.repeat(12)}${password}${'_'.repeat(6)}`])).toEqual([]);
    const second = await startStandalone({ upstream, folder: first.folder, environment: { BYOK_ADMIN_PASSWORD: '' } });
    expect(second.output()).not.toContain('password:');
    await second.stop();
  });
});

/** The start fails with exit code ≠ 0, one line that says why, and nothing left running. */
async function expectOneClearLine(options: StandaloneOptions & { folder?: string }, saying: RegExp, never?: string): Promise<void> {
  const folder = options.folder ?? (await newFolder());
  folders.push(folder);
  const { child, output } = await launch({ ...options, folder });
  const code = await exited(child);
  expect({ code: code !== 0 && code !== null, lines: output().trim().split('\n') }).toEqual({ code: true, lines: [expect.stringMatching(saying)] });
  if (never) expect(output()).not.toContain(never);
  expect(await eventually(() => survivors(folder, []), (alive) => alive.length === 0, ORPHAN_LIMIT_MS)).toEqual([]);
}

describe('a start that cannot succeed says so in one line', () => {
  it.each(['adminPort', 'gatewayPort'] as const)('%s is taken', async (which) => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
    await expectOneClearLine({ [which]: port }, new RegExp(`Port ${port} is taken`));
    await new Promise((resolve) => server.close(resolve));
  });

  it('a bad variable: named, its value not repeated', async () => {
    await expectOneClearLine({ environment: { PORT: 'sesame-street' } }, /PORT/, 'sesame-street');
    await expectOneClearLine({ environment: { BYOK_PROVIDER_BASE_URLS: 'sesame-street' } }, /BYOK_PROVIDER_BASE_URLS/, 'sesame-street');
  });

  it("another PostgreSQL version's data", async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'data', 'postgres'), { recursive: true });
    await writeFile(join(folder, 'data', 'postgres', 'PG_VERSION'), '99\n');
    await expectOneClearLine({ folder }, /PostgreSQL 99/);
  });
});
