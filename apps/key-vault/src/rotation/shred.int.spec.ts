import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { deleteOrg } from '@byok/identity';
import type { OrgId } from '@byok/kernel';

import { unwrapDek } from '../deks/make-seed.js';
import { findDek } from '../store/deks.store.js';
import type { DekRow } from '../store/deks.store.js';
import { aStoreRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import { getKey } from '../verbs/get-key.js';
import { listKeys } from '../verbs/list-keys.js';
import { rotateKey } from '../verbs/rotate-key.js';
import { storeKey } from '../verbs/store-key.js';
import { findLostKeys } from './find-lost-keys.js';
import { describeKeks } from './kek-status.js';
import type { RotationDeps } from './rotation-deps.js';
import { aReplica, expectAllOpen, noPause, storeKeys, turn } from './rotation-world.js';
import type { KeptKey } from './rotation-world.js';
import { applyTombstones, shredDeleted } from './shred-org.js';

const folder = mkdtempSync(join(tmpdir(), 'byok-shred-spec-'));
const tombstoneFile = join(folder, 'tombstones');
const world = vaultOfSuite();
let vault: RotationDeps;
let orgId: OrgId;
let ann: { id: string; actor: WireActor };
let kept: KeptKey[];

afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  rmSync(tombstoneFile, { force: true });
  orgId = await world.org('A');
  ann = await world.user(orgId, 'owner');
  kept = await storeKeys(world, orgId, ann.actor, 2);
  vault = { ...(await aReplica(world, 'one')), rules: { ...world.deps.rules, tombstoneFile } };
});

const remove = () => world.admin.transaction((tx) => deleteOrg(tx, orgId, ann.id));
const rowsOf = () => world.attacker.query<DekRow & { length: number }>(`SELECT dek_id AS "dekId", version, state, wrapped_seed AS "wrappedSeed", kek_uri AS "kekUri", kek_version AS "kekVersion", length(wrapped_seed) AS length FROM vault.org_dek WHERE org_id = $1`, [orgId]);
/** What a restored backup from before the deletion brings back, with everything that was written since gone. */
async function restore(deks: readonly DekRow[]): Promise<void> {
  await world.attacker.query('ALTER TABLE vault.org_dek DISABLE TRIGGER USER');
  for (const dek of deks) await world.attacker.query(`UPDATE vault.org_dek SET state = $2, wrapped_seed = $3 WHERE dek_id = $1`, [dek.dekId, dek.state, dek.wrappedSeed]);
  await world.attacker.query('ALTER TABLE vault.org_dek ENABLE TRIGGER USER');
  await world.attacker.query('DELETE FROM vault.shred_tombstone WHERE org_id = $1', [orgId]);
  await world.attacker.query(`UPDATE vault.credential SET status = 'active', status_reason = '' WHERE org_id = $1`, [orgId]);
  await world.attacker.query(`UPDATE identity.org SET status = 'active', deleted_at = NULL WHERE id = $1`, [orgId]);
  await world.attacker.query(`UPDATE identity.app_user SET status = 'active' WHERE org_id = $1`, [orgId]);
}

describe('E22 an org that was deleted', () => {
  it('has no seed any more when its grace is over: not in the table, not in memory; other orgs’ keys open', async () => {
    const other = await world.user(await world.org('B'), 'owner');
    const theirs = await storeKeys(world, await orgOf(other.id), other.actor, 1);
    await vault.deks.activeDek(orgId);
    await remove();
    await shredDeleted({ ...vault, rules: { ...vault.rules, shredGraceDays: 7 } });
    expect(await rowsOf()).toMatchObject([{ state: 'active' }]);
    await shredDeleted(vault);
    expect(await rowsOf()).toMatchObject([{ state: 'destroyed', length: 0 }]);
    await expect(vault.deks.dekOf(orgId, (await rowsOf())[0]!.dekId, 1)).rejects.toMatchObject({ code: 'key_unavailable' });
    expect(await world.auditOf(orgId, 'org.shred')).toMatchObject([{ actorId: ann.id, details: { deks: 1, keys: 2 } }]);
    expect(await world.attacker.query('SELECT DISTINCT status, status_reason FROM vault.credential WHERE org_id = $1', [orgId])).toEqual([{ status: 'undecryptable', status_reason: expect.stringMatching(/shredded.*needs re-entry/) }]);
    await expectAllOpen(world, other.actor, theirs);
  });

  it('is told to the operator with the times at which its keys are really gone', async () => {
    await remove();
    const before = (await describeKeks(vault)).shreds.find((shred) => shred.orgId === orgId);
    expect(before).toMatchObject({ isDone: false });
    await shredDeleted(vault);
    const after = (await describeKeks(vault)).shreds.find((shred) => shred.orgId === orgId)!;
    expect(after.isDone).toBe(true);
    expect(Date.parse(after.inBackupsUntil) - Date.parse(after.unreadableAt)).toBe(35 * 24 * 60 * 60_000);
  });

  it('never comes back under its id', async () => {
    await remove();
    await shredDeleted(vault);
    await expect(world.admin.query(`INSERT INTO identity.org (id, name, tier, platform_credits, aggregator, platform_keys_granted) SELECT id, 'again', tier, platform_credits, aggregator, platform_keys_granted FROM identity.org WHERE id = $1`, [orgId])).rejects.toThrow(/duplicate/);
    await world.attacker.query(`UPDATE identity.org SET status = 'active', deleted_at = NULL WHERE id = $1`, [orgId]);
    await world.attacker.query(`UPDATE identity.app_user SET status = 'active' WHERE org_id = $1`, [orgId]);
    await expect(storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }))).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('E21 an older backup that is restored after an org was shredded', () => {
  it('INV-K3 is made unreadable again at the start, by the file outside the database; trying every KEK opens nothing', async () => {
    const seeds = await rowsOf();
    await remove();
    await shredDeleted(vault);
    await restore(seeds);
    await expectAllOpen(world, ann.actor, kept);
    await applyTombstones(vault);
    expect(await rowsOf()).toMatchObject([{ state: 'destroyed', length: 0 }]);
    for (const row of await rowsOf()) for (const kms of world.deps.kms.all) await expect(unwrapDek({ kms: { ...world.deps.kms, of: () => kms }, deploymentId: 'spec' }, orgId, row)).rejects.toMatchObject({ name: 'AppError' });
    expect(await findDek(world.deps.db, orgId, seeds[0]!.dekId, 1)).toBeUndefined();
    expect((await listKeys(world.deps, { actor: ann.actor, ownerType: '', ownerId: '', provider: '', status: '', after: '', limit: 0 })).items).toMatchObject([{ status: 'undecryptable' }, { status: 'undecryptable' }]);
    await applyTombstones(vault);
    expect(await world.auditOf(orgId, 'org.shred')).toHaveLength(2);
  });

  it('a vault that was killed between file and table does the rest at its next start', async () => {
    await remove();
    await shredDeleted({ ...vault, db: { ...vault.db, transaction: () => Promise.reject(new Error('killed')) } }).catch(() => undefined);
    expect(await rowsOf()).toMatchObject([{ state: 'active' }]);
    await applyTombstones(vault);
    expect(await rowsOf()).toMatchObject([{ state: 'destroyed' }]);
  });

  it('a file that was lost is written again from the table; one that cannot be understood stops the start', async () => {
    await remove();
    await shredDeleted(vault);
    const written = readFileSync(tombstoneFile, 'utf8');
    rmSync(tombstoneFile);
    await applyTombstones(vault);
    expect(readFileSync(tombstoneFile, 'utf8').split('\n')).toEqual(expect.arrayContaining(written.trim().split('\n')));
    appendFileSync(tombstoneFile, '{"orgId":"org_');
    await applyTombstones(vault);
    writeFileSync(tombstoneFile, 'not a tombstone\n');
    await expect(applyTombstones(vault)).rejects.toMatchObject({ name: 'StartRefused', message: expect.stringContaining('BYOK_SHRED_TOMBSTONES') });
  });
});

describe('E20 keys whose data key is not there', () => {
  it('are shown as needing to be entered again; the list, the other keys and the data stay', async () => {
    const [lost] = await rowsOf();
    const before = await world.attacker.query('SELECT blob FROM vault.credential WHERE org_id = $1 ORDER BY id', [orgId]);
    const other = await world.user(await world.org('B'), 'owner');
    const theirs = await storeKeys(world, await orgOf(other.id), other.actor, 1);
    await world.attacker.query('UPDATE vault.org_dek SET wrapped_seed = set_byte(wrapped_seed, 20, get_byte(wrapped_seed, 20) # 1) WHERE dek_id = $1', [lost!.dekId]);
    await findLostKeys(vault, noPause);
    const { items } = await listKeys(world.deps, { actor: ann.actor, ownerType: '', ownerId: '', provider: '', status: '', after: '', limit: 0 });
    expect(items).toHaveLength(2);
    for (const item of items) expect(item).toMatchObject({ status: 'undecryptable', statusReason: expect.stringContaining('needs re-entry') });
    expect(await world.attacker.query('SELECT blob FROM vault.credential WHERE org_id = $1 ORDER BY id', [orgId])).toEqual(before);
    await expectAllOpen(world, other.actor, theirs);
    await turn(vault);
    const again = await rotateKey(world.deps, { actor: ann.actor, keyId: kept[0]!.key.id, secret: 'sk-canary-entered-again', config: {}, testOutcome: '' });
    expect(await getKey(world.deps, { actor: ann.actor, keyId: again.id })).toMatchObject({ status: 'active', version: 2 });
    await expectAllOpen(world, ann.actor, [{ key: again, secret: 'sk-canary-entered-again' }]);
  });

  it('are so, too, when the table does not know it any more', async () => {
    await world.attacker.query(`UPDATE vault.org_dek SET state = 'destroyed', wrapped_seed = '' WHERE org_id = $1`, [orgId]);
    await findLostKeys(vault, noPause);
    const again = await rotateKey(world.deps, { actor: ann.actor, keyId: kept[0]!.key.id, secret: 'sk-canary-entered-again', config: {}, testOutcome: '' });
    expect(await getKey(world.deps, { actor: ann.actor, keyId: kept[1]!.key.id })).toMatchObject({ status: 'undecryptable', statusReason: expect.stringContaining('needs re-entry') });
    await expectAllOpen(world, ann.actor, [{ key: again, secret: 'sk-canary-entered-again' }]);
  });

  it('are not taken for lost while a KMS is away', async () => {
    const away = { ...vault.kms.active, unwrap: () => Promise.reject(Object.assign(new Error(), { code: 'key_unavailable' })) };
    await findLostKeys({ ...vault, kms: { ...vault.kms, of: () => away } }, noPause);
    await expectAllOpen(world, ann.actor, kept);
  });
});

async function orgOf(userId: string): Promise<OrgId> {
  const [row] = await world.attacker.query<{ id: OrgId }>('SELECT org_id AS id FROM identity.app_user WHERE id = $1', [userId]);
  return row!.id;
}
