import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyMessage, StoreKeyMessage } from '@byok/contracts';
import { createLog, EVERY_ORG, openDatabase, systemClock, type Database } from '@byok/platform';
import { countInMemory, freePort, startServiceProcess, testAuthority, testDatabase, type ServiceProcess, type TestDatabase } from '@byok/testing';
import { grpcStandIn, type StandIn } from '../spec/grpc-stand-in.js';
import { BillingStandIn, ProbeStandIn } from '../spec/neighbours.js';
import { OPERATOR, PASSWORD } from '../spec/test-api.js';
import { VaultStandIn } from '../spec/vault-stand-in.js';

/** The collector's last resort gives pages back: what a busy machine let grow old is else freed, but stays until it is written over. */
const COLLECTOR = 'data:text/javascript,process.on("message",async()=>{for(let i=0;i<4;i+=1){globalThis.gc({type:"major",execution:"sync",flavor:"last-resort"});await new Promise(r=>setTimeout(r,50))}process.send("collected")})';
const folder = mkdtempSync(join(tmpdir(), 'byok-memory-spec-'));
/** `/proc` is Linux's. */
const onLinux = process.platform === 'linux' ? it : it.skip;

/** A vault that can be made to take its time. */
class SlowVault extends VaultStandIn {
  gate: Promise<void> = Promise.resolve();
  reached: () => void = () => undefined;

  override async storeKey(request: StoreKeyMessage): Promise<KeyMessage> {
    this.reached();
    await this.gate;
    return super.storeKey(request);
  }
}

let database: TestDatabase;
let db: Database;
let vault: SlowVault;
let servers: StandIn[];
let admin: ServiceProcess;
let url: string;
let token: string;

beforeAll(async () => {
  database = await testDatabase();
  db = await openDatabase({ url: database.url('admin'), applicationName: 'spec', log: createLog('spec', 'fatal'), scope: EVERY_ORG });
  const sign = await testAuthority();
  vault = new SlowVault({ db, clock: systemClock });
  servers = [
    await grpcStandIn('key_vault', ['byok', 'vault', 'KeyVault'], vault, await sign('key-vault')),
    await grpcStandIn('gateway_probe', ['byok', 'probe', 'GatewayProbe'], new ProbeStandIn(), await sign('gateway')),
    await grpcStandIn('usage_billing', ['byok', 'billing', 'UsageBilling'], new BillingStandIn(), await sign('usage-billing')),
  ];
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const [VAULT_ADDRESS, PROBE_ADDRESS, BILLING_ADDRESS] = servers.map((server) => server.address) as [string, string, string];
  const SESSION_SIGNING_KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  admin = await startServiceProcess({
    ...{ entry: join(import.meta.dirname, '..', 'main.ts'), folder, certificates: await sign('admin-api'), nodeArguments: ['--expose-gc', '--import', COLLECTOR] },
    variables: { MALLOC_PERTURB_: '165', GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0', PORT: String(port), DATABASE_URL: database.url('admin'), VAULT_ADDRESS, PROBE_ADDRESS, BILLING_ADDRESS, SESSION_SIGNING_KEY, BYOK_ADMIN_EMAIL: OPERATOR, BYOK_ADMIN_PASSWORD: PASSWORD },
  });
  token = ((await ask('POST', '/api/auth/login', { email: OPERATOR, password: PASSWORD })) as { accessToken: string }).accessToken;
}, 60_000);
afterAll(async () => {
  await admin.kill('SIGKILL');
  servers.forEach((server) => server.close());
  await db.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(url + path, { method, headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const aSecret = (): string => `sk-${randomBytes(24).toString('hex')}`;
const store = (apiKey: string) => ask('POST', '/api/keys', { owner: { type: 'platform' }, provider: 'openai', apiKey, label: 'a key' });
/** The end of it: what memory that was given back begins with has been written over. */
const needleOf = (secret: string): Buffer => Buffer.from(secret.slice(-24));

onLinux('D06 admin-api holds a provider key while it is stored, and no copy of it afterwards', async () => {
  const secrets = Array.from({ length: 20 }, aSecret);
  for (const secret of secrets) await store(secret);

  const slow = aSecret();
  let open = (): void => undefined;
  vault.gate = new Promise((resume) => (open = resume));
  const arrived = new Promise<void>((resume) => (vault.reached = resume));
  const underway = store(slow);
  await arrived;
  const [during] = countInMemory(admin.pid, [needleOf(slow)]);
  open();
  await underway;
  expect(during).toBeGreaterThan(0);

  // A busy machine may need more than one round until the collector has come to all of it.
  let copies: number[] = [1];
  for (let rounds = 0; rounds < 20 && copies.some((count) => count > 0); rounds += 1) {
    for (let times = 0; times < 100; times += 1) await ask('GET', '/api/keys');
    await admin.ask('collect');
    copies = countInMemory(admin.pid, [slow, ...secrets].map(needleOf));
  }
  expect(copies).toEqual([slow, ...secrets].map(() => 0));
}, 120_000);
