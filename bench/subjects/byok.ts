import { freePort } from '@byok/testing';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdminClient, logIn } from '../../e2e/support/admin-client.js';
import { hookArgument } from '../loop-control.js';
import { calmHelpers, CORES, pin, treeOf } from '../processes.js';
import { answering, launchNode, stopChild } from './node-process.js';
import type { Subject, Surroundings } from './subject.js';

const ADMIN = { email: 'admin@byok.local', password: 'correct horse battery staple' };
const MEMBER_PASSWORD = 'a long enough password';
interface RunFile {
  supervisor: number;
  processes: Record<string, number>;
}

/** Our gateway as `npm start` runs it, built: users, tokens, keys in the vault, metering and the spool, all on. */
export async function startByok({ upstreamPort, folder }: Surroundings): Promise<Subject> {
  const home = await mkdtemp(join(folder, 'byok-'));
  await chmod(folder, 0o711);
  await chmod(home, 0o711);
  const [adminPort, gatewayPort] = [await freePort(), await freePort()];
  const data = join(home, 'data');
  const launched = launchNode({
    name: 'byok',
    folder,
    core: CORES.helpers,
    // The services inherit these arguments from their supervisor, and with them the hook.
    nodeArguments: [hookArgument(folder), 'apps/standalone/dist/main.js'],
    environment: {
      PATH: process.env['PATH'] ?? '',
      BYOK_DATA_DIR: data,
      PORT: String(adminPort),
      GATEWAY_PORT: String(gatewayPort),
      BYOK_ADMIN_EMAIL: ADMIN.email,
      BYOK_ADMIN_PASSWORD: ADMIN.password,
      BYOK_PROVIDER_BASE_URLS: JSON.stringify({ openai: `http://127.0.0.1:${upstreamPort}/v1` }),
    },
  });
  const url = `http://127.0.0.1:${gatewayPort}`;
  try {
    await answering(`http://127.0.0.1:${adminPort}/api/health`, 'The admin API', launched.child);
    await answering(`${url}/healthz`, 'The gateway', launched.child);
    const token = await tokenOfNewMember(`http://127.0.0.1:${adminPort}`);
    const { processes, supervisor } = JSON.parse(await readFile(join(data, 'run.json'), 'utf8')) as RunFile;
    const gateway = processes['gateway']!;
    const helpers = (): number[] => treeOf(supervisor).filter((pid) => pid !== gateway);
    pin(helpers(), CORES.helpers);
    calmHelpers(helpers());
    pin([gateway], CORES.proxy);
    const about = `standalone: token, group key, metering, spool on PostgreSQL; Node ${process.versions.node}`;
    return { name: 'byok', about, url, streamUrl: url, headers: { authorization: `Bearer ${token}` }, pids: [gateway], helpers, hookFolder: folder, stop: launched.stop };
  } catch (error) {
    await stopChild(launched.child);
    const said = await readFile(join(folder, 'byok.log'), 'utf8').catch(() => '');
    throw new Error(`byok cannot be measured: ${(error as Error).message}\n${said.slice(-2_000)}`);
  }
}

/** An org, a group with an OpenAI key, a member of it and that member's token: the least with which a call goes through. */
async function tokenOfNewMember(adminUrl: string): Promise<string> {
  const suffix = randomBytes(4).toString('hex');
  const operator = await logIn(adminUrl, ADMIN.email, ADMIN.password);
  const org = await idOf(operator, '/api/orgs', { name: `Bench ${suffix}`, tier: 'enterprise' });
  await idOf(operator, `/api/orgs/${org}/users`, { email: `owner.${suffix}@example.com`, name: 'owner', role: 'owner', password: MEMBER_PASSWORD });
  const owner = await logIn(adminUrl, `owner.${suffix}@example.com`, MEMBER_PASSWORD);
  const member = await idOf(owner, `/api/orgs/${org}/users`, { email: `member.${suffix}@example.com`, name: 'member', role: 'member', password: MEMBER_PASSWORD });
  const group = await idOf(owner, `/api/orgs/${org}/groups`, { name: 'bench' });
  await owner.put(`/api/orgs/${org}/groups/${group}/members/${member}`, { role: 'member' });
  await owner.post('/api/keys', { owner: { type: 'group', id: group }, provider: 'openai', apiKey: `sk-proj-bench${randomBytes(24).toString('hex')}`, skipTest: true });
  return (await owner.post<{ token: string }>('/api/tokens', { name: 'bench', user: member })).token;
}

async function idOf(client: AdminClient, path: string, body: object): Promise<string> {
  return (await client.post<{ id: string }>(path, body)).id;
}
