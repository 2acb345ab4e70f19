import type { Kms } from '@byok/envelope';
import { createLog } from '@byok/platform';
import { HeldKey, startTransit, testDatabase } from '@byok/testing';
import type { KmsServer, TestDatabase } from '@byok/testing';

import { openDekRing } from '../deks/dek-ring.js';
import { envKms } from '../kms/env-kms.js';
import { kmsSet } from '../kms/kms-set.js';
import type { KmsSet } from '../kms/kms-set.js';
import { remoteKms } from '../kms/remote-kms.js';
import { aStoreRequest, anOpenRequest, random, vaultWorld } from '../spec/vault-world.js';
import type { VaultWorld, WireActor } from '../spec/vault-world.js';
import { openKey } from '../verbs/open-key.js';
import { storeKey } from '../verbs/store-key.js';
import { checkKek } from './check-kek.js';
import { watchKeks } from './watch-keks.js';

let database: TestDatabase;
let world: VaultWorld;
let held: HeldKey;
let transit: KmsServer;
let owner: { type: string; id: string };
let actor: WireActor;

beforeEach(async () => {
  database = await testDatabase();
  world = await vaultWorld({ vault: database.url('vault'), admin: database.url('admin'), owner: database.ownerUrl });
  held = new HeldKey();
  transit = await startTransit({ token: () => 'spec', keys: { byok: held } });
  const id = await world.org('A');
  owner = { type: 'org', id };
  ({ actor } = await world.user(id, 'owner'));
});
afterEach(async () => {
  await Promise.all([world.close(), transit.close()]);
  await database.close();
});

const remote = (timeoutMs = 5_000): Kms => remoteKms(`vault-transit:${transit.address}/transit/byok`, { clock: { now: () => Date.now() }, timeoutMs, transit: { token: { value: 'spec' }, namespace: undefined, tls: {} } })!;
const under = (kms: KmsSet): VaultWorld['deps'] => ({ ...world.deps, kms, deks: openDekRing({ ...world.deps, kms }) });
const rows = () => world.deps.db.query('SELECT kek_uri, kek_version FROM vault.kek_canary UNION ALL SELECT kek_uri, kek_version FROM vault.org_dek');

describe('the KEKs in use', () => {
  it('E14 a version that was disabled too early: not ready with a clear message, open data keys serve on, nothing is lost when it is back', async () => {
    const vault = under(kmsSet({ active: remote() }));
    await checkKek(vault);
    const key = await storeKey(vault, aStoreRequest(actor, owner));
    held.rotate();
    await checkKek(vault);
    const watch = watchKeks({ ...vault, log: createLog('spec', 'fatal') });
    await watch.look();
    expect(watch.problems).toEqual([]);
    held.setEnabled(1, false);
    await watch.look();
    expect(watch.problems).toEqual([expect.stringMatching(/under the KEK vault:v1 of vault-transit:.*disabled/)]);
    expect((await openKey(vault, anOpenRequest(actor, key))).secret).toMatch(/^sk-canary/);
    const anew = under(kmsSet({ active: remote() }));
    await expect(openKey(anew, anOpenRequest(actor, key))).rejects.toMatchObject({ code: 'key_unavailable' });
    await expect(checkKek(anew)).rejects.toThrow(/vault:v1.*Nothing was written/);
    held.setEnabled(1, true);
    await watch.look();
    expect(watch.problems).toEqual([]);
    expect((await openKey(under(anew.kms), anOpenRequest(actor, key))).secret).toMatch(/^sk-canary/);
    watch.stop();
  });

  it('E19 the wrong one of the right form: the start is refused and nothing is written under it', async () => {
    await checkKek(world.deps);
    await storeKey(world.deps, aStoreRequest(actor, owner));
    const before = await rows();
    const wrong = envKms({ BYOK_ENCRYPTION_KEY: random.bytes(32).toString('hex') }, random);
    await expect(checkKek(under(kmsSet({ active: wrong })))).rejects.toMatchObject({ name: 'StartRefused', message: expect.stringMatching(/env:[0-9a-f]{16} of env:.*BYOK_KEK/) });
    // Another KMS altogether, while the one before is not given any more.
    await expect(checkKek(under(kmsSet({ active: remote() })))).rejects.toThrow(/BYOK_KEK_OLD/);
    expect(await rows()).toEqual(before);
  });

  it('E16 the one before still opens what it wrapped as long as it is given as old, while the new one wraps', async () => {
    await checkKek(world.deps);
    const before = await storeKey(world.deps, aStoreRequest(actor, owner));
    const vault = under(kmsSet({ active: remote(), old: [world.deps.kms.active] }));
    await checkKek(vault);
    const other = await world.org('B');
    const { actor: others } = await world.user(other, 'owner');
    const after = await storeKey(vault, aStoreRequest(others, { type: 'org', id: other }));
    expect((await openKey(vault, anOpenRequest(actor, before))).secret).toMatch(/^sk-canary/);
    expect((await openKey(vault, anOpenRequest(others, after))).secret).toMatch(/^sk-canary/);
    expect(await rows()).toEqual(expect.arrayContaining([{ kek_uri: 'env:', kek_version: expect.anything() }, { kek_uri: expect.stringMatching(/^vault-transit:/), kek_version: 'vault:v1' }]));
  });

  it('E24 a KMS that is slow holds up nothing that is open, and is asked once for all that wait', async () => {
    const patient = under(kmsSet({ active: remote() }));
    const key = await storeKey(patient, aStoreRequest(actor, owner));
    const hasty = under(kmsSet({ active: remote(300) }));
    transit.fault = 'slow';
    transit.asked.clear();
    const waiting = Array.from({ length: 20 }, () => openKey(hasty, anOpenRequest(actor, key)).catch((error: { code: string }) => error.code));
    const served = await Promise.all(Array.from({ length: 20 }, () => openKey(patient, anOpenRequest(actor, key))));
    expect(new Set(served.map(({ secret }) => secret)).size).toBe(1);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['key_unavailable']));
    // One question, which the client tried again a time or two.
    expect(transit.asked.get('unanswered')).toBeLessThanOrEqual(3);
    transit.fault = undefined;
  });

  it('E24 a KMS that is away keeps the vault from starting, and says that it is away rather than that the KEK is wrong', async () => {
    const vault = under(kmsSet({ active: remote() }));
    await checkKek(vault);
    transit.fault = 'broken';
    await expect(checkKek(vault)).rejects.toThrow(/cannot be used.*HTTP 503/);
  });

  it('the platform’s keys go under the KEK that is theirs', async () => {
    const kms = kmsSet({ active: world.deps.kms.active, platform: remote() });
    const { actor: operator } = await world.user(await world.org('Operator'), 'owner', true);
    const vault = under(kms);
    await checkKek(vault);
    await storeKey(vault, aStoreRequest(operator, { type: 'platform', id: 'platform' }));
    expect(await world.attacker.query(`SELECT kek_version FROM vault.org_dek WHERE org_id = 'platform'`)).toEqual([{ kek_version: 'vault:v1' }]);
  });
});
