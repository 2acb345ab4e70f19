import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KeyMessage, OpenedKeyMessage, RotationMessage } from '@byok/contracts';
import { deriveDek } from '@byok/envelope';
import type { OrgId } from '@byok/kernel';
import { grpcClient } from '@byok/platform';
import type { GrpcClient } from '@byok/platform';
import { countInMemory, freePort, startServiceProcess, testAuthority, testDatabase } from '@byok/testing';
import type { ServiceProcess, TestDatabase } from '@byok/testing';

import { nameOf } from '../deks/make-seed.js';
import { envKms } from '../kms/env-kms.js';
import { anOpenRequest, aStoreRequest, random, vaultWorld } from '../spec/vault-world.js';
import type { VaultWorld, WireActor } from '../spec/vault-world.js';
import { listDeks } from './rotation.store.js';

interface Methods {
  storeKey(request: unknown): Promise<KeyMessage>;
  openKey(request: unknown): Promise<OpenedKeyMessage>;
  startRotation(request: unknown): Promise<RotationMessage>;
  rotationStatus(request: unknown): Promise<RotationMessage>;
}

const OPENS = 1_000;
const KEYS = 10;
const COLLECTOR = 'data:text/javascript,process.on("message",async()=>{for(let i=0;i<4;i+=1){globalThis.gc();await new Promise(r=>setTimeout(r,50))}process.send("collected")})';
const folder = mkdtempSync(join(tmpdir(), 'byok-memory-spec-'));
const kek = random.bytes(32).toString('hex');
/** `/proc` is Linux's. */
const onLinux = process.platform === 'linux' ? it : it.skip;

let database: TestDatabase;
let world: VaultWorld;
let vault: ServiceProcess;
let admin: GrpcClient<Methods>;
let gateway: GrpcClient<Methods>;
let orgId: OrgId;
let actor: WireActor;

beforeAll(async () => {
  database = await testDatabase();
  world = await vaultWorld({ vault: database.url('vault'), admin: database.url('admin'), owner: database.ownerUrl });
  const certificatesOf = await testAuthority();
  const port = await freePort();
  vault = await startServiceProcess({
    entry: join(import.meta.dirname, '..', 'main.ts'),
    ...{ folder, certificates: await certificatesOf('key-vault'), nodeArguments: ['--expose-gc', '--import', COLLECTOR] },
    variables: { BYOK_KEK: 'env:', BYOK_DEPLOYMENT_ID: 'spec', DATABASE_URL: database.url('vault'), GRPC_PORT: String(port), BYOK_ENCRYPTION_KEY: kek },
  });
  const clientAs = async (service: string) =>
    grpcClient<Methods>({ protocol: 'key_vault', service: 'KeyVault', address: `127.0.0.1:${port}`, serverName: 'key-vault', certificates: await certificatesOf(service), deadlineMs: 20_000 });
  [admin, gateway] = [await clientAs('admin-api'), await clientAs('gateway')];
  orgId = await world.org('A');
  actor = (await world.user(orgId, 'owner')).actor;
}, 60_000);
afterAll(async () => {
  admin.close();
  gateway.close();
  await vault.kill('SIGKILL');
  await world.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

/** Every seed that the org ever had, and the DEK from each. */
async function seedsOf(): Promise<{ seed: Buffer; dek: Buffer }[]> {
  const kms = envKms({ BYOK_ENCRYPTION_KEY: kek }, random);
  return Promise.all(
    (await listDeks(world.deps.db, orgId)).map(async (row) => {
      const name = nameOf('spec', orgId, row);
      const seed = await kms.unwrap({ bytes: row.wrappedSeed, kekVersion: row.kekVersion }, name);
      return { seed: Buffer.from(seed), dek: deriveDek(seed, name).seal.export() };
    }),
  );
}

onLinux('D06 after a thousand opens, a rotation and a collection the vault holds its DEKs and no copy of a seed', async () => {
  const keys: KeyMessage[] = [];
  for (let count = 0; count < KEYS; count += 1) keys.push(await admin.storeKey(aStoreRequest(actor, { type: 'org', id: orgId })));
  const open = (key: KeyMessage) => gateway.openKey(anOpenRequest(actor, key));
  for (let done = 0; done < OPENS; done += KEYS) await Promise.all(keys.map(open));
  await admin.startRotation({ actor, scope: 'org' });
  while ((await admin.rotationStatus({ actor, scope: 'org' })).phase !== 'idle') await new Promise((resume) => setTimeout(resume, 50));
  await Promise.all(keys.map(open));
  await vault.ask('collect');

  const known = await seedsOf();
  expect(known).toHaveLength(2);
  // Their second halves: memory that was given back without being wiped has been written over at its beginning.
  const forms = known.map(({ seed }) => seed.subarray(16)).flatMap((half) => [half, Buffer.from(half.toString('hex')), Buffer.from(half.subarray(2, 14).toString('base64'))]);
  const [inUse, ...copies] = countInMemory(vault.pid, [known[0]!.dek, random.bytes(32), ...forms]);
  // The scan finds what is there: the DEK in use, by its very bytes.
  expect(inUse).toBeGreaterThan(0);
  expect(copies).toEqual(copies.map(() => 0));
}, 120_000);
