import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KekStateMessage, KeyMessage, OpenedKeyMessage, RotationMessage } from '@byok/contracts';
import { grpcClient } from '@byok/platform';
import type { Certificates, GrpcClient } from '@byok/platform';
import { freePort, startServiceProcess, startTransit, testAuthority, testDatabase } from '@byok/testing';
import type { KmsServer, ServiceProcess, TestDatabase } from '@byok/testing';

import { aStoreRequest, random, vaultWorld } from '../spec/vault-world.js';
import type { VaultWorld, WireActor } from '../spec/vault-world.js';
import { startProber } from './prober.js';
import { expectInvariant } from './rotation-world.js';
import type { KeptKey } from './rotation-world.js';

interface Methods {
  storeKey(request: unknown): Promise<KeyMessage>;
  openKey(request: unknown): Promise<OpenedKeyMessage>;
  startRotation(request: unknown): Promise<RotationMessage>;
  rotationStatus(request: unknown): Promise<RotationMessage>;
  startRewrap(request: unknown): Promise<KekStateMessage>;
  rewrapStatus(request: unknown): Promise<KekStateMessage>;
}

/** Three batches: whoever is killed while they run was in the middle of it. */
const KEYS = 401;
const folder = mkdtempSync(join(tmpdir(), 'byok-prober-spec-'));
const keyring = join(folder, 'keyring.json');
writeFileSync(keyring, JSON.stringify({ active: 'first', keys: { first: random.bytes(32).toString('hex') } }), { mode: 0o600 });

let database: TestDatabase;
let world: VaultWorld;
let transit: KmsServer;
let certificatesOf: (service: string) => Promise<Certificates>;
let ports: [number, number];
let vaults: [ServiceProcess, ServiceProcess];
let admin: GrpcClient<Methods>;
let gateway: GrpcClient<Methods>;
let operator: WireActor;

beforeAll(async () => {
  database = await testDatabase();
  world = await vaultWorld({ vault: database.url('vault'), admin: database.url('admin'), owner: database.ownerUrl });
  certificatesOf = await testAuthority();
  transit = await startTransit({ token: () => 'spec-token', certificates: await certificatesOf('localhost') });
  ports = [await freePort(), await freePort()];
  vaults = await Promise.all([start(0), start(1)]);
  [admin, gateway] = [await clientAs('admin-api'), await clientAs('gateway')];
}, 120_000);
afterAll(async () => {
  admin.close();
  gateway.close();
  await Promise.all(vaults.map((vault) => vault.kill('SIGTERM')));
  await transit.close();
  await world.close();
  await database.close();
  rmSync(folder, { recursive: true });
}, 60_000);

async function start(which: 0 | 1, kek: Record<string, string> = { BYOK_KEK: `local:${keyring}` }): Promise<ServiceProcess> {
  const usual = { BYOK_DEPLOYMENT_ID: 'spec', DATABASE_URL: database.url('vault'), GRPC_PORT: String(ports[which]), BYOK_RESEALS_PER_SECOND: '200' };
  const own = join(folder, String(ports[which]));
  mkdirSync(own, { recursive: true });
  return startServiceProcess({ entry: join(import.meta.dirname, '..', 'main.ts'), folder: own, certificates: await certificatesOf('key-vault'), variables: { ...usual, ...kek } });
}

/** The client of the services themselves, over both replicas, as a name that resolves to two addresses gives it. */
async function clientAs(service: string): Promise<GrpcClient<Methods>> {
  const address = `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
  return grpcClient<Methods>({ protocol: 'key_vault', service: 'KeyVault', address, serverName: 'key-vault', certificates: await certificatesOf(service), deadlineMs: 10_000 });
}

async function transitKek(): Promise<Record<string, string>> {
  const { ca, certificate, key } = await certificatesOf('localhost');
  return { BYOK_KEK: `vault-transit:${transit.address}/transit/byok`, BYOK_TRANSIT_TOKEN: 'spec-token', BYOK_TRANSIT_CA: ca.toString(), BYOK_TRANSIT_CERT: certificate.toString(), BYOK_TRANSIT_KEY: key.toString() };
}

/** Asks again while a connection is lost, as whoever administers this does. */
async function patiently<R>(act: () => Promise<R>, isEnough: (answer: R) => boolean = () => true): Promise<R> {
  for (;;) {
    const answer = await act().catch((error: { code?: string }) => (error.code === 'service_unavailable' ? undefined : Promise.reject(error as Error)));
    if (answer !== undefined && isEnough(answer)) return answer;
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

/** A few at a time: they queue for the org's audit chain. */
async function storeMany(orgId: string, actor: WireActor): Promise<KeptKey[]> {
  const kept: KeptKey[] = [];
  const store = async (): Promise<void> => {
    while (kept.length < KEYS) {
      const asked = aStoreRequest(actor, { type: 'org', id: orgId });
      kept.push({ key: await admin.storeKey(asked), secret: asked.secret });
    }
  };
  await Promise.all(Array.from({ length: 4 }, store));
  return kept;
}

it('E11 E16 ten opens a second see no failure while the data key rotates, vaults are killed and restarted, and the KEK moves from a keyring to Transit', async () => {
  const orgId = await world.org('A');
  const { actor } = await world.user(orgId, 'owner');
  operator = (await world.user(await world.org('O'), 'owner', true)).actor;
  const kept = await storeMany(orgId, actor);
  const rotation = (): Promise<RotationMessage> => admin.rotationStatus({ actor, scope: 'org' });
  const keks = (): Promise<KekStateMessage> => admin.rewrapStatus({ actor: operator });
  const prober = startProber(gateway, actor, kept);

  await admin.startRotation({ actor, scope: 'org' });
  await patiently(rotation, ({ phase, left }) => phase === 'resealing' && left > 0 && left < kept.length);
  await vaults[0].kill('SIGKILL');
  vaults[0] = await start(0, { ...(await transitKek()), BYOK_KEK_OLD: `local:${keyring}` });
  await patiently(rotation, ({ phase, version }) => phase === 'idle' && version === 2);

  await vaults[1].kill('SIGTERM');
  vaults[1] = await start(1, { ...(await transitKek()), BYOK_KEK_OLD: `local:${keyring}` });
  expect((await patiently(keks)).keks.find((kek) => kek.kekUri === 'local:')).toMatchObject({ rows: 2, safeToDisable: false });
  await patiently(() => admin.startRewrap({ actor: operator }));
  const done = await patiently(keks, ({ running }) => !running);
  expect(done).toMatchObject({ percent: 100, lastError: '' });
  expect(done.keks.find((kek) => kek.kekUri === 'local:')).toMatchObject({ rows: 0, safeToDisable: true });

  await vaults[0].kill('SIGKILL');
  vaults[0] = await start(0, await transitKek());
  await vaults[1].kill('SIGTERM');
  const alone = await Promise.all(kept.slice(0, 20).map(({ key }) => patiently(() => gateway.openKey({ actor, keyId: key.id, version: 1, requestId: 'req_spec', purpose: 'call' }))));
  expect(alone.map(({ secret }) => secret)).toEqual(kept.slice(0, 20).map(({ secret }) => secret));

  const { opens, failures } = await prober.stop();
  expect(failures).toEqual([]);
  expect(opens).toBeGreaterThan(50);
  await expectInvariant(world, orgId);
}, 180_000);
