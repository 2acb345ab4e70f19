import type { OrgId } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';

import { anOpenRequest, aStoreRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import { rotateKey } from '../verbs/rotate-key.js';
import { storeKey } from '../verbs/store-key.js';
import { verifyAudit } from '../verbs/verify-audit.js';
import { openKey } from '../verbs/open-key.js';
import { driveRotations } from './drive-rotations.js';
import { loadPending } from './load-pending.js';
import { promoteDek } from './promote-dek.js';
import { destroyOldDeks } from './retire-dek.js';
import { aReplica, expectAllOpen, expectInvariant, killedAt, noPause, storeKeys, turn } from './rotation-world.js';
import type { KeptKey } from './rotation-world.js';
import { rotationStatus } from './rotation-status.js';
import { SEALED_PLACES } from './sealed-places.js';
import { startRotation } from './start-rotation.js';

const world = vaultOfSuite();
let orgId: OrgId;
let ann: { id: string; actor: WireActor };

beforeEach(async () => {
  await world.attacker.query('DELETE FROM vault.replica');
  orgId = await world.org('A');
  ann = await world.user(orgId, 'owner');
});

const start = () => startRotation(world.deps, { actor: ann.actor, scope: 'org' });
const status = () => rotationStatus(world.deps, { actor: ann.actor, scope: 'org' });

describe('the rotation of an org’s data key', () => {
  it('INV-K1 gives every key the new one, with the same version and config, and the chain still says that all is well', async () => {
    const kept = await storeKeys(world, orgId, ann.actor, 3);
    const before = await world.attacker.query<{ blob: Buffer; fingerprint: string }>('SELECT blob, fingerprint FROM vault.credential WHERE org_id = $1 ORDER BY id', [orgId]);
    const replica = await aReplica(world, 'one');
    expect(await start()).toMatchObject({ phase: 'pending', version: 1, pendingVersion: 2, percent: 0, total: 3, left: 0 });
    await turn(replica);
    expect(await status()).toMatchObject({ phase: 'idle', version: 2, pendingVersion: 0, percent: 100, total: 3, left: 0, undecryptable: 0, versions: [{ version: 2, state: 'active' }, { version: 1, state: 'retired' }] });
    const after = await world.attacker.query<{ blob: Buffer; fingerprint: string }>('SELECT blob, fingerprint FROM vault.credential WHERE org_id = $1 ORDER BY id', [orgId]);
    for (const [at, row] of after.entries()) expect(row.blob.equals(before[at]!.blob) || row.fingerprint === before[at]!.fingerprint).toBe(false);
    await expectAllOpen(world, ann.actor, kept);
    await expectInvariant(world, orgId);
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true });
    expect((await world.auditOf(orgId)).map((row) => row.action).filter((action) => action.startsWith('dek.'))).toEqual(['dek.rotate', 'dek.promote', 'dek.retire']);
  });

  it('E10 makes exactly one new version when two admins ask at once, and both hear of the same', async () => {
    await storeKeys(world, orgId, ann.actor, 1);
    const answers = await Promise.all(Array.from({ length: 6 }, start));
    for (const answer of answers) expect(answer).toMatchObject({ phase: 'pending', version: 1, pendingVersion: 2 });
    await turn(await aReplica(world, 'one'));
    expect((await status()).versions.map(({ version, state }) => [version, state])).toEqual([[2, 'active'], [1, 'retired']]);
    expect(await world.auditOf(orgId, 'dek.rotate')).toHaveLength(1);
  });

  it('E11 goes on where it was killed, at whatever statement that was, and every key opens at every moment', async () => {
    const kept = await storeKeys(world, orgId, ann.actor, 2);
    await start();
    const phases = new Set<string>();
    let statements = 0;
    for (let isOver = false; !isOver; ) {
      statements += 1;
      const db = killedAt(world.deps.db, statements);
      await turn(await aReplica(world, 'one', { db })).catch(() => undefined);
      await expectAllOpen(world, ann.actor, kept);
      phases.add((await status()).phase);
      isOver = !db.wasKilled();
    }
    expect(statements).toBeGreaterThan(10);
    expect([...phases]).toEqual(['pending', 'resealing', 'idle']);
    await expectInvariant(world, orgId);
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true });
    for (const action of ['dek.promote', 'dek.retire']) expect(await world.auditOf(orgId, action)).toHaveLength(1);
  });

  it('E12 leaves a value alone that somebody changed while the batch held the old one', async () => {
    const [{ key }] = (await storeKeys(world, orgId, ann.actor, 1)) as [KeptKey];
    const replica = await aReplica(world, 'one');
    await start();
    await loadPending(replica);
    await promoteDek(replica, orgId);
    const dek = await replica.deks.activeDek(orgId);
    const [held] = await SEALED_PLACES[0]!.batch(replica, world.deps.db, orgId, dek.id, 10);
    const rotate = () => rotateKey({ ...world.deps, deks: replica.deks }, { actor: ann.actor, keyId: key.id, secret: 'sk-canary-of-the-user', config: {}, testOutcome: '' });
    let rotated = key;
    // After the batch has opened and sealed the old value, and before it writes.
    const late = (tx: Sql): Sql => ({ query: async (sql, parameters) => (sql.startsWith('UPDATE vault.credential') && (rotated = await rotate()), tx.query(sql, parameters)) });
    expect(await world.deps.db.transaction((tx) => held!.reseal(late(tx), dek))).toBe(false);
    expect(rotated.version).toBe(2);
    await turn(replica);
    await expectAllOpen(world, ann.actor, [{ key: rotated, secret: 'sk-canary-of-the-user' }]);
    await expectInvariant(world, orgId);
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true });
  });

  it('an open that looks at the row before and at its log after it was sealed again gets the secret, and nothing is quarantined', async () => {
    const [{ key, secret }] = (await storeKeys(world, orgId, ann.actor, 1)) as [KeptKey];
    const replica = await aReplica(world, 'one');
    await start();
    let turns = 0;
    const db: Database = {
      ...world.deps.db,
      query: async (sql, parameters) => (sql.includes('FROM vault.credential_version_log') && (turns += 1) === 1 && (await turn(replica)), world.deps.db.query(sql, parameters)),
    };
    expect((await openKey({ ...world.deps, db }, anOpenRequest(ann.actor, key))).secret).toBe(secret);
    expect(turns).toBe(2);
    await expectInvariant(world, orgId);
  });

  it('E13 a replica that has not heard of the promotion opens and stores all the same', async () => {
    const kept = await storeKeys(world, orgId, ann.actor, 2);
    const [one, two] = [await aReplica(world, 'one'), await aReplica(world, 'two')];
    for (const { key } of kept) await openKey({ ...world.deps, deks: two.deks }, anOpenRequest(ann.actor, key));
    await start();
    await loadPending(one);
    await loadPending(two);
    two.deks.drop(orgId);
    await driveRotations(one, noPause);
    for (const { key, secret } of kept) expect((await openKey({ ...world.deps, deks: two.deks }, anOpenRequest(ann.actor, key))).secret).toBe(secret);
    await storeKey({ ...world.deps, deks: two.deks }, aStoreRequest(ann.actor, { type: 'org', id: orgId }));
    await expectInvariant(world, orgId);
  });

  it('waits for every replica that lives, and for none that does not', async () => {
    await storeKeys(world, orgId, ann.actor, 1);
    const [one, two] = [await aReplica(world, 'one'), await aReplica(world, 'two')];
    await start();
    await turn(one);
    expect(await status()).toMatchObject({ phase: 'pending' });
    await world.attacker.query(`UPDATE vault.replica SET seen_at = now() - interval '16 seconds' WHERE id = 'two'`);
    await turn(one);
    expect(await status()).toMatchObject({ phase: 'idle', version: 2 });
    await start();
    await turn(two);
    expect(await status()).toMatchObject({ phase: 'pending' });
    await turn(one);
    expect(await status()).toMatchObject({ phase: 'idle', version: 3 });
  });

  it('two replicas that re-seal at once do everything once', async () => {
    const kept = await storeKeys(world, orgId, ann.actor, 4);
    const [one, two] = [await aReplica(world, 'one'), await aReplica(world, 'two')];
    await start();
    await Promise.all([loadPending(one), loadPending(two)]);
    await Promise.all([turn(one), turn(two)]);
    await turn(two);
    await expectAllOpen(world, ann.actor, kept);
    await expectInvariant(world, orgId);
    const resealed = await world.attacker.query(`SELECT 1 FROM vault.credential_version_log WHERE org_id = $1 AND event = 'resealed'`, [orgId]);
    expect(resealed).toHaveLength(4);
  });

  it('E15 refuses a third one before the second has drained', async () => {
    await storeKeys(world, orgId, ann.actor, 2);
    const replica = await aReplica(world, 'one');
    await start();
    await loadPending(replica);
    await promoteDek(replica, orgId);
    await expect(start()).rejects.toMatchObject({ code: 'conflict', details: { left: 2 } });
    await turn(replica);
    expect(await start()).toMatchObject({ phase: 'pending', pendingVersion: 3 });
  });

  it('knows a secret again that is stored twice while the first is still under the former one', async () => {
    const [{ key, secret }] = (await storeKeys(world, orgId, ann.actor, 1)) as [KeptKey];
    const replica = await aReplica(world, 'one');
    await start();
    await loadPending(replica);
    await promoteDek(replica, orgId);
    await expect(storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }, { secret }))).rejects.toMatchObject({ code: 'key_duplicate', details: { keyId: key.id } });
    await turn(replica);
    await expect(storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }, { secret }))).rejects.toMatchObject({ code: 'key_duplicate', details: { keyId: key.id } });
  });

  it('re-seals what was sealed under the former one and stored after it had retired', async () => {
    await storeKeys(world, orgId, ann.actor, 1);
    const replica = await aReplica(world, 'one');
    const former = await replica.deks.activeDek(orgId);
    await start();
    await turn(replica);
    const late = await storeKey({ ...world.deps, deks: { ...replica.deks, activeDek: () => Promise.resolve(former) } }, aStoreRequest(ann.actor, { type: 'org', id: orgId }, { secret: 'sk-canary-late' }));
    await turn(replica);
    await expectAllOpen(world, ann.actor, [{ key: late, secret: 'sk-canary-late' }]);
    await expectInvariant(world, orgId);
  });
});

describe('what a rotation does not take on trust', () => {
  it('E23 throws a staged seed away that does not open its canary, and the old data key stays', async () => {
    const kept = await storeKeys(world, orgId, ann.actor, 1);
    const replica = await aReplica(world, 'one');
    await start();
    await loadPending(replica);
    await world.attacker.query(`UPDATE vault.org_dek SET wrapped_seed = (SELECT wrapped_seed FROM vault.org_dek WHERE org_id = $1 AND state = 'active') WHERE org_id = $1 AND state = 'pending'`, [orgId]);
    expect(await promoteDek(replica, orgId)).toBe(false);
    expect(await status()).toMatchObject({ phase: 'idle', version: 1, versions: [{ version: 1, state: 'active' }] });
    expect(await world.auditOf(orgId, 'dek.abandon')).toMatchObject([{ outcome: 'failed' }]);
    await expectAllOpen(world, ann.actor, kept);
  });

  it('does not make a key whole that was rolled back or changed: it is quarantined, and the rest goes on', async () => {
    const [old, changed, good] = (await storeKeys(world, orgId, ann.actor, 3)) as [KeptKey, KeptKey, KeptKey];
    const [row] = await world.attacker.query<{ blob: Buffer; config_mac: Buffer }>('SELECT blob, config_mac FROM vault.credential WHERE id = $1', [old.key.id]);
    await rotateKey(world.deps, { actor: ann.actor, keyId: old.key.id, secret: 'sk-canary-newer', config: {}, testOutcome: '' });
    await world.attacker.query('UPDATE vault.credential SET blob = $2, config_mac = $3, key_version = 1 WHERE id = $1', [old.key.id, row!.blob, row!.config_mac]);
    await world.attacker.query('UPDATE vault.credential SET blob = set_byte(blob, 40, get_byte(blob, 40) # 1) WHERE id = $1', [changed.key.id]);
    await start();
    await turn(await aReplica(world, 'one'));
    expect(await status()).toMatchObject({ phase: 'idle', version: 2, undecryptable: 2, left: 0 });
    expect((await world.auditOf(orgId, 'integrity.failed')).map((each) => each.targetId).sort()).toEqual([old.key.id, changed.key.id].sort());
    await expectAllOpen(world, ann.actor, [good]);
  });

  it('destroys a retired data key only when no backup needs it and nothing is under it', async () => {
    const kept = await storeKeys(world, orgId, ann.actor, 1);
    const replica = await aReplica(world, 'one');
    await start();
    await turn(replica);
    await destroyOldDeks(replica);
    expect(await status()).toMatchObject({ versions: [{ state: 'active' }, { state: 'retired' }] });
    await world.attacker.query(`UPDATE vault.org_dek SET destroy_after = now() - interval '1 second' WHERE org_id = $1 AND state = 'retired'`, [orgId]);
    await destroyOldDeks(replica);
    expect(await status()).toMatchObject({ versions: [{ state: 'active' }, { state: 'destroyed' }] });
    expect(await world.attacker.query(`SELECT length(wrapped_seed) AS length FROM vault.org_dek WHERE org_id = $1 AND state = 'destroyed'`, [orgId])).toEqual([{ length: 0 }]);
    await expectAllOpen(world, ann.actor, kept);
  });

  it('no DEK in use can be deleted, not even by who owns the tables', async () => {
    await storeKeys(world, orgId, ann.actor, 1);
    await expect(world.attacker.query('DELETE FROM vault.org_dek WHERE org_id = $1', [orgId])).rejects.toThrow(/pending/);
  });

  it('is for those who manage the org’s encryption alone', async () => {
    const member = await world.user(orgId, 'member');
    const other = await world.user(await world.org('B'), 'owner');
    await storeKeys(world, orgId, ann.actor, 1);
    for (const verb of [startRotation, rotationStatus]) await expect(verb(world.deps, { actor: member.actor, scope: 'org' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(startRotation(world.deps, { actor: ann.actor, scope: 'platform' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(startRotation(world.deps, { actor: other.actor, scope: 'org' })).rejects.toMatchObject({ code: 'conflict' });
  });
});
