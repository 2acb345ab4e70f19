import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KeyMessage, OpenedKeyMessage } from '@byok/contracts';
import { newId } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';
import { grpcClient } from '@byok/platform';
import type { Certificates, GrpcClient } from '@byok/platform';
import { freePort, startServiceProcess, startTransit, testAuthority, testDatabase } from '@byok/testing';
import type { ServiceProcess, TestDatabase } from '@byok/testing';

import { aStoreRequest, anOpenRequest, random, vaultWorld } from './spec/vault-world.js';
import type { VaultWorld, WireActor } from './spec/vault-world.js';

type Methods = Record<'storeKey' | 'listKeys' | 'getKey' | 'updateKey' | 'rotateKey' | 'setKeyStatus' | 'revokeKey' | 'reportHealth', (request: unknown) => Promise<KeyMessage>> &
  Record<'listAudit' | 'verifyAudit' | 'usableKeys', (request: unknown) => Promise<{ items: unknown[]; ok: boolean; rows: number; next: string }>> &
  Record<'openKey', (request: unknown) => Promise<OpenedKeyMessage>> &
  Record<'noteHealth' | 'noteRunning' | 'sealKey' | 'unsealKey' | 'transferKey' | 'grantKey' | 'endKeyGrant' | 'keyUses', (request: unknown) => Promise<object>>;
const METHODS_OF_ADMIN = ['storeKey', 'listKeys', 'getKey', 'updateKey', 'rotateKey', 'setKeyStatus', 'revokeKey', 'reportHealth', 'listAudit', 'verifyAudit', 'sealKey', 'unsealKey', 'transferKey', 'grantKey', 'endKeyGrant', 'keyUses'] as const;
const METHODS_OF_GATEWAY = ['usableKeys', 'openKey', 'noteHealth', 'noteRunning'] as const;

const folder = mkdtempSync(join(tmpdir(), 'byok-vault-spec-'));
const kek = random.bytes(32).toString('hex');
let database: TestDatabase;
let world: VaultWorld;
let vault: ServiceProcess;
let certificatesOf: (service: string) => Promise<Certificates>;
let port: number;
let admin: GrpcClient<Methods>;
let gateway: GrpcClient<Methods>;
let orgId: OrgId;
let ann: { id: string; actor: WireActor };

beforeAll(async () => {
  database = await testDatabase();
  world = await vaultWorld({ vault: database.url('vault'), admin: database.url('admin'), owner: database.ownerUrl });
  certificatesOf = await testAuthority();
  port = await freePort();
  vault = await start();
  admin = await clientAs('admin-api');
  gateway = await clientAs('gateway');
  orgId = await world.org('A');
  ann = await world.user(orgId, 'owner');
});
afterAll(async () => {
  admin.close();
  gateway.close();
  await vault.kill('SIGTERM');
  await world.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

async function start(variables: Record<string, string> = {}): Promise<ServiceProcess> {
  const usual = { BYOK_KEK: 'env:', BYOK_DEPLOYMENT_ID: 'spec', DATABASE_URL: database.url('vault'), GRPC_PORT: String(port), BYOK_ENCRYPTION_KEY: kek };
  return startServiceProcess({ entry: join(import.meta.dirname, 'main.ts'), folder, certificates: await certificatesOf('key-vault'), variables: { ...usual, ...variables } });
}

async function clientAs(service: string, authority = certificatesOf): Promise<GrpcClient<Methods>> {
  return clientWith(await authority(service));
}

function clientWith(certificates: Certificates, at = port): GrpcClient<Methods> {
  return grpcClient<Methods>({ protocol: 'key_vault', service: 'KeyVault', address: `127.0.0.1:${at}`, serverName: 'key-vault', certificates, deadlineMs: 5_000 });
}

const store = (over: Record<string, unknown> = {}) => admin.storeKey(aStoreRequest(ann.actor, { type: 'org', id: orgId }, over));

describe('the service on the wire', () => {
  it('stores for admin-api and opens for the gateway', async () => {
    const asked = aStoreRequest(ann.actor, { type: 'org', id: orgId }, { config: { organization: 'o' }, priority: -2 });
    const key = await admin.storeKey(asked);
    expect(key).toMatchObject({ status: 'active', version: 1, priority: -2, config: { organization: 'o' }, owner: { type: 'org', id: orgId } });
    expect((await gateway.usableKeys({ actor: ann.actor })).items).toContainEqual(expect.objectContaining({ id: key.id, version: 1, priority: -2 }));
    expect(await gateway.openKey(anOpenRequest(ann.actor, key))).toEqual({ secret: asked.secret, config: { organization: 'o' }, version: 1, provider: 'openai', keepMs: 0 });
  });

  it('tells an absent field from an empty one', async () => {
    const key = await store({ label: 'a', description: 'b', allowedModels: ['m'], priority: 4 });
    expect(await admin.updateKey({ actor: ann.actor, keyId: key.id, description: '' })).toMatchObject({ label: 'a', description: '', allowedModels: ['m'], priority: 4 });
    expect(await admin.updateKey({ actor: ann.actor, keyId: key.id, priority: 0, allowedModels: { values: [] } })).toMatchObject({ label: 'a', allowedModels: [], priority: 0 });
  });

  it('takes requests in which everything optional is left out', async () => {
    const key = await admin.storeKey({ actor: { sessionId: ann.actor.sessionId }, owner: { type: 'org', id: orgId }, provider: 'openai', secret: 'sk-bare' });
    expect(await admin.rotateKey({ actor: ann.actor, keyId: key.id, secret: 'sk-bare-2' })).toMatchObject({ version: 2 });
    expect(await admin.reportHealth({ actor: ann.actor, keyId: key.id, outcome: 'valid' })).toMatchObject({ lastTestOutcome: 'valid' });
    expect(await admin.setKeyStatus({ actor: ann.actor, keyId: key.id, status: 'disabled' })).toMatchObject({ status: 'disabled' });
    expect(await admin.revokeKey({ actor: ann.actor, keyId: key.id })).toMatchObject({ status: 'revoked' });
    expect((await admin.listAudit({ actor: ann.actor })).items[0]).toMatchObject({ action: 'key.revoke', targetId: key.id });
    expect(await admin.verifyAudit({ actor: ann.actor })).toMatchObject({ ok: true, reason: '' });
    expect((await admin.listKeys({ actor: ann.actor, limit: 1 })) as unknown).toMatchObject({ items: [{ owner: { type: 'org' } }] });
  });

  it('carries our errors and their details over the wire', async () => {
    const asked = aStoreRequest(ann.actor, { type: 'org', id: orgId });
    const key = await admin.storeKey(asked);
    await expect(admin.storeKey(asked)).rejects.toMatchObject({ code: 'key_duplicate', details: { keyId: key.id } });
    await expect(admin.getKey({ actor: ann.actor, keyId: newId('key') })).rejects.toMatchObject({ code: 'not_found' });
    await expect(admin.getKey({ keyId: key.id })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(store({ secret: 'sk-canary\r\nX-Evil: 1' })).rejects.toMatchObject({ code: 'key_malformed' });
    await expect(gateway.openKey(anOpenRequest({ tokenId: newId('token'), sessionId: '' }, key))).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('F22 lets no service call what is not on its list: the gateway cannot store, admin-api cannot open, billing can do nothing', async () => {
    const key = await store();
    for (const method of METHODS_OF_ADMIN) await expect(gateway[method]({ actor: ann.actor, keyId: key.id })).rejects.toMatchObject({ code: 'caller_not_allowed' });
    for (const method of METHODS_OF_GATEWAY) await expect(admin[method](anOpenRequest(ann.actor, key))).rejects.toMatchObject({ code: 'caller_not_allowed' });
    for (const name of ['usage-billing', 'key-vault', 'stranger']) {
      const other = await clientAs(name);
      for (const method of [...METHODS_OF_ADMIN, ...METHODS_OF_GATEWAY]) await expect(other[method](anOpenRequest(ann.actor, key))).rejects.toMatchObject({ code: 'caller_not_allowed' });
      other.close();
    }
  });

  it('F22 does not talk to a client whose certificate another CA signed', async () => {
    const foreign = await (await testAuthority())('gateway');
    const { ca } = await certificatesOf('gateway');
    const stranger = clientWith({ ...foreign, ca });
    await expect(stranger.usableKeys({ actor: ann.actor })).rejects.toMatchObject({ code: 'service_unavailable' });
    stranger.close();
  });

  it('INV-S1 writes no secret to its log, whatever it is sent', async () => {
    const asked = aStoreRequest(ann.actor, { type: 'org', id: orgId });
    const key = await admin.storeKey(asked);
    await gateway.openKey(anOpenRequest(ann.actor, key));
    await store({ secret: 'sk-canary-bad\n' }).catch(() => undefined);
    await world.attacker.query(`UPDATE vault.credential SET blob = set_byte(blob, 40, get_byte(blob, 40) # 1) WHERE id = $1`, [key.id]);
    await expect(gateway.openKey(anOpenRequest(ann.actor, key))).rejects.toMatchObject({ code: 'integrity_failed' });
    await vault.says('failed its integrity check'); // the log is being read at all
    expect(vault.output()).not.toContain('sk-canary');
    expect(vault.output()).not.toContain(kek);
  });
});

describe('the start', () => {
  it('keeps every key over a restart', async () => {
    const key = await store({ secret: 'sk-before-the-restart' });
    expect(await vault.kill('SIGTERM')).toBe(0);
    vault = await start();
    expect((await retried(() => gateway.openKey(anOpenRequest(ann.actor, key)))).secret).toBe('sk-before-the-restart');
  });

  it('E16 starts with its KEK at a Transit by configuration alone, and opens what the KEK before had wrapped', async () => {
    const key = await store();
    const seen = await certificatesOf('localhost');
    const transit = await startTransit({ token: () => 'spec-token', certificates: seen });
    const tokenFile = join(folder, 'transit-token');
    writeFileSync(tokenFile, 'spec-token\n');
    const otherPort = await freePort();
    const tls = { BYOK_TRANSIT_CA: seen.ca.toString(), BYOK_TRANSIT_CERT: seen.certificate.toString(), BYOK_TRANSIT_KEY: seen.key.toString() };
    const other = await start({ GRPC_PORT: String(otherPort), BYOK_KEK: `vault-transit:${transit.address}/transit/byok`, BYOK_KEK_OLD: 'env:', BYOK_TRANSIT_TOKEN_PATH: tokenFile, BYOK_KMS_TIMEOUT_MS: '10000', ...tls });
    const client = clientWith(await certificatesOf('gateway'), otherPort);
    expect((await client.openKey(anOpenRequest(ann.actor, key))).secret).toMatch(/^sk-canary/);
    expect(other.output()).not.toContain('spec-token');
    expect(await world.deps.db.query(`SELECT kek_version AS version FROM vault.kek_canary WHERE kek_uri LIKE 'vault-transit:%'`)).toEqual([{ version: 'vault:v1' }]);
    client.close();
    await other.kill('SIGTERM');
    await transit.close();
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['E19 under another well-formed KEK', () => ({ BYOK_ENCRYPTION_KEY: random.bytes(32).toString('hex') }), /BYOK_KEK/],
    ['E19 under another deployment id', () => ({ BYOK_DEPLOYMENT_ID: 'other' }), /BYOK_DEPLOYMENT_ID/],
    ['E18 without a KEK', () => ({ BYOK_ENCRYPTION_KEY: '' }), /BYOK_ENCRYPTION_KEY/],
    ['E18 with a world-readable keyring', () => ({ BYOK_ENCRYPTION_KEY: '', BYOK_KEK: `local:${worldReadable()}` }), /BYOK_KEK.*0400/],
    ['E24 while its KMS does not answer', () => ({ BYOK_KEK: 'vault-transit:http://127.0.0.1:1/transit/byok', BYOK_KEK_OLD: 'env:', BYOK_TRANSIT_TOKEN: 'spec-token' }), /vault-transit:.*cannot be used.*ECONNREFUSED/],
    ['on a port that is taken', () => ({ GRPC_PORT: String(port) }), /^key-vault: Port \d+ \(GRPC_PORT\) is taken/],
    ['without a database', () => ({ DATABASE_URL: '' }), /DATABASE_URL is missing/],
  ])('is refused %s, in one line that names the variable, and nothing is written', async (_what, variables, line) => {
    const before = await stateOf();
    const failure = await start({ GRPC_PORT: String(await freePort()), ...variables() }).then(() => undefined, (error: { exitCode: number; output: string }) => error);
    expect(failure?.exitCode).toBe(78);
    expect(failure?.output.trim().split('\n')).toHaveLength(1);
    expect(failure?.output).toMatch(line);
    expect(failure?.output).not.toContain(variables()['BYOK_ENCRYPTION_KEY'] || kek);
    expect(await stateOf()).toEqual(before);
  });
});

function worldReadable(): string {
  const path = join(folder, 'keyring.json');
  writeFileSync(path, JSON.stringify({ active: 'a', keys: { a: kek } }), { mode: 0o644 });
  return path;
}

/** What a start could have written. */
async function stateOf(): Promise<unknown> {
  return world.attacker.query(`SELECT (SELECT count(*) FROM vault.kek_canary) AS canaries, (SELECT count(*) FROM vault.org_dek) AS deks, (SELECT count(*) FROM vault.audit) AS audit`);
}

/** The client reconnects in its own time after a restart. */
async function retried<R>(act: () => Promise<R>): Promise<R> {
  for (let left = 50; ; left -= 1) {
    try {
      return await act();
    } catch (error) {
      if (left === 0 || (error as { code?: string }).code !== 'service_unavailable') throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
