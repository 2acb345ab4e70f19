import { randomBytes } from 'node:crypto';

import type { Kms } from '@byok/envelope';
import { AppError } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';

import { checkKek } from '../boot/check-kek.js';
import { openDekRing } from '../deks/dek-ring.js';
import { envKms } from '../kms/env-kms.js';
import { kmsSet } from '../kms/kms-set.js';
import type { KmsSet } from '../kms/kms-set.js';
import { random, vaultOfSuite } from '../spec/vault-world.js';
import type { VaultWorld, WireActor } from '../spec/vault-world.js';
import { driveRewrap } from './drive-rewrap.js';
import { describeKeks, rewrapStatus } from './kek-status.js';
import { aReplica, expectAllOpen, killedAt, noPause, storeKeys } from './rotation-world.js';
import type { KeptKey } from './rotation-world.js';
import type { RotationDeps } from './rotation-deps.js';
import { startRewrap } from './start-rewrap.js';

const world = vaultOfSuite();
let orgs: { id: OrgId; actor: WireActor; kept: KeptKey[] }[];
let operator: { id: string; actor: WireActor };

beforeEach(async () => {
  // What is counted is counted over all orgs.
  await world.attacker.query(`UPDATE vault.org_dek SET state = 'destroyed'`);
  for (const table of ['kek_left', 'kek_rewrap', 'kek_canary']) await world.attacker.query(`DELETE FROM vault.${table}`);
  orgs = [];
  for (const name of ['A', 'B', 'C']) {
    const id = await world.org(name);
    const { actor } = await world.user(id, 'owner');
    orgs.push({ id, actor, kept: await storeKeys(world, id, actor, 1) });
  }
  operator = await world.user(await world.org('Operator'), 'owner', true);
});

const newKek = (): Kms => ({ ...envKms({ BYOK_ENCRYPTION_KEY: randomBytes(32).toString('hex') }, random), uri: 'other:' });
/** The vault as it is started after the switch: the new KEK wraps, the one before still unwraps. */
const switchedTo = (active: Kms): KmsSet => kmsSet({ active, old: [world.deps.kms.active] });
const withKms = (kms: KmsSet): VaultWorld['deps'] => ({ ...world.deps, kms, deks: openDekRing({ ...world.deps, kms }) });
const statusUnder = (kms: KmsSet) => rewrapStatus(withKms(kms), { actor: operator.actor });
const drive = async (kms: KmsSet, over: Partial<RotationDeps> = {}) => driveRewrap({ ...(await aReplica(world, 'one', { kms })), ...over }, noPause);
const allOpen = async (kms?: KmsSet): Promise<void> => {
  for (const { actor, kept } of orgs) await expectAllOpen(world, actor, kept, kms);
};

describe('the switch to another KEK', () => {
  it('E16 wraps every data key under the new one while keys open, and says the old one is safe to disable when nothing needs it', async () => {
    const kms = switchedTo(newKek());
    expect(await statusUnder(kms)).toMatchObject({ running: false, total: 3, left: 3, percent: 0 });
    await allOpen(kms);
    expect(await startRewrap(withKms(kms), { actor: operator.actor })).toMatchObject({ running: true });
    expect(await startRewrap(withKms(kms), { actor: operator.actor })).toMatchObject({ running: true });
    await drive(kms);
    const done = await statusUnder(kms);
    expect(done).toMatchObject({ running: false, left: 0, percent: 100, lastError: '' });
    const [before, after] = ['env:', 'other:'].map((uri) => done.keks.find((kek) => kek.kekUri === uri)!);
    expect(before).toMatchObject({ rows: 0, isActive: false, safeToDisable: true });
    expect(Date.parse(before!.inBackupsUntil)).toBeGreaterThan(Date.now() + 34 * 24 * 60 * 60_000);
    expect(after).toMatchObject({ rows: 3, isActive: true, safeToDisable: false });
    await allOpen(kmsSet({ active: kms.active }));
    expect(await world.auditOf(operator.id as OrgId)).toEqual([]);
  });

  it('E14 says that the old one is not safe to disable as long as one row needs it; disabled too early, the start is refused and nothing is lost', async () => {
    const kms = switchedTo(newKek());
    await startRewrap(withKms(kms), { actor: operator.actor });
    await checkKek({ ...world.deps });
    // Killed after the first org.
    let replaced = 0;
    const stopping = new AbortController();
    await driveRewrap(await aReplica(world, 'one', { kms }), () => ((replaced += 1) === 1 && stopping.abort(), Promise.resolve()), stopping.signal);
    const { keks, left, percent } = await statusUnder(kms);
    expect({ left, percent }).toEqual({ left: 2, percent: 33 });
    expect(keks.find((kek) => kek.kekUri === 'env:')).toMatchObject({ rows: 2, safeToDisable: false, inBackupsUntil: '' });
    const alone = kmsSet({ active: kms.active });
    await expect(checkKek({ ...world.deps, kms: alone })).rejects.toThrow(/env:/);
    await drive(kms);
    await checkKek({ ...world.deps, kms: alone });
    await allOpen(alone);
  });

  it('goes on where it was killed, at whatever statement that was, and every key opens at every moment', async () => {
    const kms = switchedTo(newKek());
    await startRewrap(withKms(kms), { actor: operator.actor });
    for (let at = 1, wasKilled = true; wasKilled; at += 1) {
      const db = killedAt(world.deps.db, at);
      await drive(kms, { db }).catch(() => undefined);
      await allOpen(kms);
      wasKilled = db.wasKilled();
    }
    expect(await statusUnder(kms)).toMatchObject({ running: false, left: 0 });
    await allOpen(kmsSet({ active: kms.active }));
  });

  it('E23 replaces nothing by a wrapped seed that does not open the canary', async () => {
    const honest = newKek();
    const lying: Kms = { ...honest, wrap: (_seed, context) => honest.wrap(randomBytes(32), context) };
    const kms = switchedTo(lying);
    await startRewrap(withKms(kms), { actor: operator.actor });
    await drive(kms);
    expect(await statusUnder(kms)).toMatchObject({ running: true, left: 3, percent: 0, lastError: expect.stringContaining('cannot be opened') });
    await allOpen();
  });

  it('one org’s KMS that is away keeps only that org waiting', async () => {
    const away: Kms = { ...newKek(), uri: 'away:', status: () => Promise.reject(new AppError('key_unavailable', 'Away.')) };
    const active = newKek();
    const kms = kmsSet({ active, old: [world.deps.kms.active], customers: { at: () => away }, ownKekUri: (orgId) => Promise.resolve(orgId === orgs[1]!.id ? 'away:' : undefined) });
    await startRewrap(withKms(kms), { actor: operator.actor });
    await drive(kms);
    expect(await statusUnder(kms)).toMatchObject({ running: true, left: 1, percent: 66, lastError: expect.stringContaining(orgs[1]!.id) });
    await allOpen(kms);
  });

  it('uses the KMS’s own rewrap when the key stays within it, and no seed leaves the KMS for that', async () => {
    const [first, second] = [newKek(), newKek()];
    let current = first;
    const wrappedBy = (version: string): Kms => ([first, second].find((each) => each === first) && version.startsWith('2') ? second : first);
    let rewraps = 0;
    const versioned: Kms = {
      uri: 'other:',
      status: () => Promise.resolve({ healthy: true, kekVersion: current === first ? '1' : '2' }),
      wrap: async (seed, context) => ({ ...(await current.wrap(seed, context)), kekVersion: current === first ? '1' : '2' }),
      unwrap: async (wrapped, context) => {
        const holder = wrappedBy(wrapped.kekVersion);
        return holder.unwrap({ ...wrapped, kekVersion: (await holder.status()).kekVersion }, context);
      },
      rewrap: async (wrapped, context) => {
        rewraps += 1;
        return versioned.wrap(await versioned.unwrap(wrapped, context), context);
      },
    };
    const kms = switchedTo(versioned);
    await startRewrap(withKms(kms), { actor: operator.actor });
    await drive(kms);
    expect(rewraps).toBe(0);
    current = second;
    expect(await statusUnder(kms)).toMatchObject({ left: 3 });
    await startRewrap(withKms(kms), { actor: operator.actor });
    await drive(kms);
    expect(rewraps).toBe(3);
    expect((await describeKeks(withKms(kms))).keks).toEqual(expect.arrayContaining([expect.objectContaining({ kekVersion: '1', rows: 0, safeToDisable: true }), expect.objectContaining({ kekVersion: '2', rows: 3, isActive: true })]));
    await allOpen(kms);
  });

  it('is the operator’s alone', async () => {
    for (const verb of [startRewrap, rewrapStatus]) await expect(verb(world.deps, { actor: orgs[0]!.actor })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
