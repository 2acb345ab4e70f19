import type { Dek, Kms } from '@byok/envelope';
import type { OrgId } from '@byok/kernel';
import { createLog } from '@byok/platform';
import { HeldKey, startTransit } from '@byok/testing';
import type { KmsServer } from '@byok/testing';

import { openDekRing } from '../deks/dek-ring.js';
import { customerKeks } from '../kms/customer-keks.js';
import { envKms } from '../kms/env-kms.js';
import { kmsSet } from '../kms/kms-set.js';
import { aStoreRequest, anOpenRequest, random, vaultOfSuite } from '../spec/vault-world.js';
import type { VaultWorld, WireActor } from '../spec/vault-world.js';
import { getKey } from '../verbs/get-key.js';
import { listKeys } from '../verbs/list-keys.js';
import { openKey } from '../verbs/open-key.js';
import { storeKey } from '../verbs/store-key.js';
import { usableKeys } from '../verbs/usable-keys.js';
import { orgEncryption } from './describe-encryption.js';
import { sealOrg, unsealOrg } from './seal-org.js';
import { setOrgKek } from './set-org-kek.js';
import { watchSealed } from './watch-sealed.js';

const SECONDS = 1_000;
const world = vaultOfSuite();
let transit: KmsServer;
let held: Record<string, HeldKey>;
let orgId: OrgId;
let owner: WireActor;
let admin: WireActor;
let member: WireActor;
let now: number;
let unwraps: number;

beforeEach(async () => {
  now = Date.now();
  unwraps = 0;
  orgId = await world.org('A');
  [{ actor: owner }, { actor: admin }, { actor: member }] = [await world.user(orgId, 'owner'), await world.user(orgId, 'admin'), await world.user(orgId, 'member')];
  held = { [orgId]: new HeldKey(), byok: new HeldKey() };
  transit = await startTransit({ token: () => 'spec', keys: held });
});
afterEach(() => transit.close());

/** One vault of several over the same database, with a clock that this spec moves. */
function aVault(): VaultWorld['deps'] {
  const clock = { now: () => now };
  const counted = (kms: Kms): Kms => ({ ...kms, unwrap: (...given) => ((unwraps += 1), kms.unwrap(...given)) });
  const customers = customerKeks(`vault-transit:${transit.address}/transit/{org}`, { clock: { now: () => Date.now() }, timeoutMs: 5_000, transit: { token: { value: 'spec' }, namespace: undefined, tls: {} } });
  const ownKekUri = async (id: OrgId) => (await world.deps.db.query<{ uri: string | null }>('SELECT kek_uri AS uri FROM vault.org_kek WHERE org_id = $1', [id]))[0]?.uri ?? undefined;
  const kms = kmsSet({ active: counted(envKms({ BYOK_ENCRYPTION_KEY: world.kekHex }, random)), customers, ownKekUri });
  return { ...world.deps, clock, kms, deks: openDekRing({ ...world.deps, clock, kms }) };
}
const ownKek = (): string => `vault-transit:${transit.address}/transit/${orgId}`;
const as = (actor: WireActor, more: object = {}) => ({ actor, ...more });
const store = (vault: VaultWorld['deps'], over: Record<string, unknown> = {}) => storeKey(vault, aStoreRequest(owner, { type: 'org', id: orgId }, over));
const wrapping = () => world.deps.db.query<{ uri: string; version: string }>('SELECT kek_uri AS uri, kek_version AS version FROM vault.org_dek WHERE org_id = $1', [orgId]);

describe('a KEK that an org brings', () => {
  it('protects what the org had and what comes, and its name is shown; the operator’s is not', async () => {
    const vault = aVault();
    const before = await store(vault);
    expect(await orgEncryption(vault, as(owner))).toMatchObject({ isOwn: false, kekUri: '', kekVersion: '', state: 'ok', dataKeys: 1, dataKeysElsewhere: 0, stopsWithinSeconds: 0 });
    expect(await setOrgKek(vault, as(owner, { kekUri: ownKek() }))).toMatchObject({ isOwn: true, kekUri: ownKek(), kekVersion: 'vault:v1', state: 'ok', dataKeys: 1, dataKeysElsewhere: 0, stopsWithinSeconds: 60 });
    expect(await wrapping()).toEqual([{ uri: ownKek(), version: 'vault:v1' }]);
    for (const key of [before, await store(vault)]) expect((await openKey(aVault(), anOpenRequest(member, key))).secret).toMatch(/^sk-canary/);
    expect(await world.auditOf(orgId, 'org.kek')).toMatchObject([{ targetId: orgId, details: { kek: ownKek() } }]);
    expect(await setOrgKek(vault, as(owner, { kekUri: '' }))).toMatchObject({ isOwn: false, dataKeysElsewhere: 0 });
    expect(await wrapping()).toEqual([{ uri: 'env:', version: expect.stringMatching(/^env:/) }]);
    expect((await openKey(aVault(), anOpenRequest(member, before))).secret).toMatch(/^sk-canary/);
  });

  it('is the owner’s to set, is one the operator allows, and is no other org’s', async () => {
    const vault = aVault();
    for (const actor of [admin, member]) await expect(setOrgKek(vault, as(actor, { kekUri: ownKek() }))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(orgEncryption(vault, as(member))).rejects.toMatchObject({ code: 'forbidden' });
    const other = await world.org('B');
    held[other] = new HeldKey();
    for (const kekUri of [`vault-transit:${transit.address}/transit/${other}`, `vault-transit:${transit.address}/transit/byok`, 'awskms:alias/x', 'env:', 'vault-transit:https://evil.example/transit/x']) {
      await expect(setOrgKek(vault, as(owner, { kekUri }))).rejects.toMatchObject({ code: 'kek_refused' });
    }
    expect(await orgEncryption(vault, as(owner))).toMatchObject({ isOwn: false });
  });

  it('E23 is not accepted unless it unwraps what it wrapped; nothing is changed then', async () => {
    const vault = aVault();
    const key = await store(vault);
    for (const fault of ['wrong-plaintext', 'broken', 'corrupt-answer'] as const) {
      held[orgId]!.fault = fault;
      transit.fault = fault;
      await expect(setOrgKek(vault, as(owner, { kekUri: ownKek() }))).rejects.toMatchObject({ code: 'kek_refused' });
    }
    expect(await wrapping()).toEqual([{ uri: 'env:', version: expect.anything() }]);
    expect((await openKey(aVault(), anOpenRequest(owner, key))).secret).toMatch(/^sk-canary/);
  });

  it('E17 stops the org within a minute after the customer disabled it, also at the gateway, and brings it back', async () => {
    const vault = aVault();
    await setOrgKek(vault, as(owner, { kekUri: ownKek() }));
    const key = await store(vault);
    now += 20 * SECONDS;
    const opened = await openKey(vault, anOpenRequest(owner, key));
    // What the gateway may keep ends when the data key here does, so the two times do not add up.
    expect(opened.keepMs).toBe(40 * SECONDS);
    held[orgId]!.setEnabled(1, false);
    now += 40 * SECONDS;
    await expect(openKey(vault, anOpenRequest(owner, key))).rejects.toMatchObject({ code: 'key_unavailable' });
    await expect(store(vault)).rejects.toMatchObject({ code: 'key_unavailable' });
    expect(await orgEncryption(vault, as(owner))).toMatchObject({ isOwn: true });
    expect((await getKey(vault, { actor: owner, keyId: key.id })).status).toBe('active');
    held[orgId]!.setEnabled(1, true);
    now += 1 * SECONDS;
    expect((await openKey(vault, anOpenRequest(owner, key))).secret).toMatch(/^sk-canary/);
  });

  it('of one org that is away stops no other', async () => {
    const vault = aVault();
    await setOrgKek(vault, as(owner, { kekUri: ownKek() }));
    const other = await world.org('B');
    const { actor } = await world.user(other, 'owner');
    transit.fault = 'broken';
    const key = await storeKey(vault, aStoreRequest(actor, { type: 'org', id: other }));
    const opened = await openKey(vault, anOpenRequest(actor, key));
    expect(opened).toMatchObject({ secret: expect.stringMatching(/^sk-canary/), keepMs: 0 });
    expect(await orgEncryption(vault, as(owner))).toMatchObject({ state: 'unreachable' });
  });

  it('E23 a KMS that gives another seed makes no key look broken', async () => {
    await setOrgKek(aVault(), as(owner, { kekUri: ownKek() }));
    const key = await store(aVault());
    held[orgId]!.fault = 'wrong-plaintext';
    await expect(openKey(aVault(), anOpenRequest(owner, key))).rejects.toMatchObject({ code: 'key_unavailable' });
    held[orgId]!.fault = undefined;
    expect((await getKey(world.deps, { actor: owner, keyId: key.id })).status).toBe('active');
    expect((await openKey(aVault(), anOpenRequest(owner, key))).secret).toMatch(/^sk-canary/);
  });
});

describe('a sealed org', () => {
  it('E17 opens nothing and stores nothing in any vault, says so, and still shows what it has', async () => {
    const [one, two] = [aVault(), aVault()];
    const key = await store(one);
    for (const vault of [one, two]) await openKey(vault, anOpenRequest(owner, key));
    expect(await sealOrg(one, as(admin))).toMatchObject({ sealedAt: expect.stringMatching(/^20/), sealedBy: expect.stringMatching(/^usr_/) });
    for (const vault of [one, two]) {
      await expect(openKey(vault, anOpenRequest(owner, key))).rejects.toMatchObject({ code: 'org_sealed', rule: { http: 423 } });
      await expect(usableKeys(vault, as(owner))).rejects.toMatchObject({ code: 'org_sealed' });
      await expect(store(vault)).rejects.toMatchObject({ code: 'org_sealed' });
      expect((await listKeys(vault, { actor: owner, ownerType: '', ownerId: '', provider: '', status: '', after: '', limit: 10 })).items).toHaveLength(1);
    }
    await unsealOrg(two, as(admin));
    expect((await openKey(one, anOpenRequest(owner, key))).secret).toMatch(/^sk-canary/);
  });

  it('E17 has its data keys in no vault’s memory seconds later: every one of them asks the KMS again after the unsealing', async () => {
    const [one, two] = [aVault(), aVault()];
    const drops: string[] = [];
    const watched = { ...two, deks: { ...two.deks, drop: (id: OrgId) => (drops.push(id), two.deks.drop(id)) } };
    const stop = await watchSealed(watched, world.url);
    const key = await store(one);
    for (const vault of [one, two]) await openKey(vault, anOpenRequest(owner, key));
    const before = unwraps;
    await sealOrg(one, as(owner));
    while (!drops.includes(orgId)) await new Promise((resume) => setImmediate(resume));
    await unsealOrg(one, as(owner));
    for (const vault of [one, two]) await openKey(vault, anOpenRequest(owner, key));
    expect(unwraps - before).toBe(2);
    await stop();
  });

  it('finds out who is sealed although the notice was lost', async () => {
    await sealOrg(aVault(), as(owner));
    const dropped = new Promise<void>((resume) => {
      const deks = { ...world.deps.deks, drop: (id: OrgId) => id === orgId && resume() } as typeof world.deps.deks;
      void watchSealed({ ...world.deps, log: createLog('spec', 'fatal'), deks }, world.url).then((stop) => dropped.then(stop));
    });
    await dropped;
  });

  it('can be told by owner and admin alone, once, with a row in the audit chain', async () => {
    const vault = aVault();
    for (const verb of [sealOrg, unsealOrg]) await expect(verb(vault, as(member))).rejects.toMatchObject({ code: 'forbidden' });
    await unsealOrg(vault, as(owner));
    await Promise.all([sealOrg(vault, as(owner)), sealOrg(vault, as(admin))]);
    await unsealOrg(vault, as(owner));
    expect((await world.auditOf(orgId)).map((row) => row.action).filter((action) => action.startsWith('org.'))).toEqual(['org.seal', 'org.unseal']);
    expect((await world.auditOf(orgId, 'authz.denied')).length).toBe(2);
  });

  it('still lets its people sign in: the secret for that opens without being kept', async () => {
    const vault = aVault();
    await store(vault);
    const [dek] = await world.deps.db.query<{ dekId: string; version: number }>('SELECT dek_id AS "dekId", version FROM vault.org_dek WHERE org_id = $1', [orgId]);
    await sealOrg(vault, as(owner));
    const briefly: Dek = await vault.deks.brieflyOf(orgId, dek!.dekId, dek!.version);
    expect(briefly.id).toBe(dek!.dekId);
    await expect(vault.deks.dekOf(orgId, dek!.dekId, dek!.version)).rejects.toMatchObject({ code: 'org_sealed' });
  });
});
