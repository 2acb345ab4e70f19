import OpenAI from 'openai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

type Setting = Awaited<ReturnType<typeof newWorldWithKey>>;

const REQUEST = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Still there?' }] };

const { upstream, standalone } = standaloneOfSuite();
let setting: Setting;
let openai: OpenAI;

beforeAll(async () => {
  setting = await newWorldWithKey(standalone, 'Killed');
  openai = new OpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: setting.person.token, maxRetries: 0 });
  await openai.chat.completions.create(REQUEST);
});

const healthNow = async () => (await fetch(`${standalone.adminUrl}/api/health`).then((answer) => answer.json(), () => undefined)) as { status?: string } | undefined;
/** Health may be a second old, and so from before the kill; reading the bill asks database and billing anew. */
const isWell = async () => (await healthNow())?.status === 'ok' && (await setting.world.owner.call('GET', '/api/usage?groupBy=org&limit=1').then((answer) => answer.status === 200, () => false));
const pidOf = (name: string) => async () => (await standalone.runFile()).processes[name];
const serverPid = async () => Number((await readFile(join(standalone.dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]) || undefined;

/** Kills it, makes ten calls while it is away, waits until all is well, and compares the bill with the provider's own log. */
async function killAndCall(pidNow: () => Promise<number | undefined>): Promise<{ answered: number }> {
  const killed = (await pidNow())!;
  process.kill(killed, 'SIGKILL');
  const calls = await Promise.allSettled(Array.from({ length: 10 }, () => openai.chat.completions.create(REQUEST)));
  expect(await eventually(pidNow, (pid) => pid !== undefined && pid !== killed, 30_000)).not.toBe(killed);
  expect(await eventually(isWell, (well) => well, 30_000)).toBe(true);
  await openai.chat.completions.create(REQUEST);
  const seen = upstream.witness().length;
  const [line] = await setting.world.usage('org', seen);
  expect(line?.requests).toBe(seen);
  return { answered: calls.filter((call) => call.status === 'fulfilled').length };
}

describe('a process that is killed', () => {
  it.each(['key-vault', 'usage-billing', 'admin-api'])('%s comes back by itself; calls with a known key go on meanwhile and every one is billed once', async (name) => {
    expect(await killAndCall(pidOf(name))).toEqual({ answered: 10 });
  });

  it('H01 PostgreSQL comes back by itself; calls with a known key go on meanwhile and every one is billed once', async () => {
    expect(await killAndCall(serverPid)).toEqual({ answered: 10 });
  });

  it('the keeper of PostgreSQL comes back by itself, takes over from its orphaned server, and nothing is lost', async () => {
    expect(await killAndCall(pidOf('postgres'))).toEqual({ answered: 10 });
  });
});
