import type { KeyMessage } from '@byok/contracts';
import type { OrgId } from '@byok/kernel';

import { aReplica, turn } from '../rotation/rotation-world.js';
import { startRotation } from '../rotation/start-rotation.js';
import { aStoreRequest, anOpenRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import { dropExpiredFormers } from '../store/candidates.store.js';
import { getKey } from './get-key.js';
import { noteHealth } from './note-health.js';
import { openKey } from './open-key.js';
import { promoteKey } from './promote-key.js';
import { revokeKey } from './revoke-key.js';
import { rollBackKey } from './roll-back-key.js';
import { rotateKey } from './rotate-key.js';
import { stageKey } from './stage-key.js';
import { storeKey } from './store-key.js';
import { usableKeys } from './usable-keys.js';
import { verifyAudit } from './verify-audit.js';

const world = vaultOfSuite();
let orgId: OrgId;
let ann: { id: string; actor: WireActor };
let member: { id: string; actor: WireActor };
let key: KeyMessage;

beforeEach(async () => {
  orgId = await world.org('A');
  [ann, member] = [await world.user(orgId, 'owner'), await world.user(orgId, 'member')];
  key = await storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }, { secret: OLD }));
});

const OLD = 'sk-canary-old-0123456789abcdef';
const NEW = 'sk-canary-new-0123456789abcdef';
const stage = (over: Record<string, unknown> = {}) =>
  stageKey(world.deps, { actor: ann.actor, keyId: key.id, secret: NEW, config: {}, testOutcome: '', percent: 20, overlapUntil: '', rollbackAfter: 0, ...over });
const of = () => ({ actor: ann.actor, keyId: key.id });
const promote = () => promoteKey(world.deps, of());
const rollBack = () => rollBackKey(world.deps, of());
const secretOf = async (version: number) => (await openKey(world.deps, anOpenRequest(member.actor, { id: key.id, version }))).secret;
const usable = async () => (await usableKeys(world.deps, { actor: member.actor })).items[0];
const counted = (version: number, counts: object, over: Record<string, unknown> = {}) =>
  noteHealth(world.deps, { actor: member.actor, keyId: key.id, version, outcome: 'counted', reason: 'no\nsuch key', counts: { answered: 0, refused: 0, failed: 0, ...counts }, currentCounts: { answered: 4, refused: 0, failed: 1 }, ...over });
const notFound = { code: 'not_found' };

describe('a candidate beside the version in use', () => {
  it('opens as itself while the version in use opens as it did, and both are told to the gateway', async () => {
    const staged = await stage();
    expect(staged).toMatchObject({ version: 1, last4: 'cdef', candidate: { version: 2, percent: 20, rollbackAfter: 3, stagedBy: ann.id, counts: { answered: 0 } }, former: null });
    expect(await Promise.all([secretOf(1), secretOf(2)])).toEqual([OLD, NEW]);
    expect(await usable()).toMatchObject({ version: 1, candidate: { version: 2, percent: 20, config: {} } });
    await expect(secretOf(3)).rejects.toMatchObject(notFound);
    expect((await world.auditOf(orgId, 'key.stage')).at(-1)?.details).toMatchObject({ version: 1, candidateVersion: 2, percent: 20 });
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true });
  });

  it('is one at a time, of another secret than the one in use, and staged by who may change the key alone', async () => {
    await expect(stage({ secret: OLD })).rejects.toMatchObject({ code: 'conflict' });
    await expect(stage({ overlapUntil: '2020-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' });
    const both = await Promise.allSettled([stage(), stage({ secret: `${NEW}2` })]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(stage()).rejects.toMatchObject({ code: 'conflict' });
    for (const verb of [() => stage({ actor: member.actor }), () => promoteKey(world.deps, { ...of(), actor: member.actor }), () => rollBackKey(world.deps, { ...of(), actor: member.actor })]) {
      await expect(verb()).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('A01 does not exist for another org', async () => {
    await stage();
    const eve = await world.user(await world.org('B'), 'owner');
    for (const verb of [() => stage({ actor: eve.actor }), () => promoteKey(world.deps, { ...of(), actor: eve.actor }), () => rollBackKey(world.deps, { ...of(), actor: eve.actor }), () => counted(2, {}, { actor: eve.actor })]) {
      await expect(verb()).rejects.toMatchObject(notFound);
    }
    await expect(openKey(world.deps, anOpenRequest(eve.actor, { id: key.id, version: 2 }))).rejects.toMatchObject(notFound);
  });

  it('takes over when it is promoted, and the former version opens until the overlap ends', async () => {
    await stage({ overlapUntil: new Date(Date.now() + 3_600_000).toISOString() });
    const promoted = await promote();
    expect(promoted).toMatchObject({ version: 2, status: 'active', candidate: null, former: { version: 1 } });
    expect(await Promise.all([secretOf(1), secretOf(2)])).toEqual([OLD, NEW]);
    expect(await usable()).toMatchObject({ version: 2, candidate: null });
    expect((await world.auditOf(orgId, 'key.promote')).at(-1)?.details).toMatchObject({ version: 2, formerVersion: 1 });
    await world.attacker.query(`UPDATE vault.credential_candidate SET overlap_until = now() - interval '1 second' WHERE key_id = $1`, [key.id]);
    await expect(secretOf(1)).rejects.toMatchObject(notFound);
    expect(await dropExpiredFormers(world.deps.db)).toBe(1);
    expect(await world.deps.db.query('SELECT 1 FROM vault.credential_candidate WHERE key_id = $1', [key.id])).toEqual([]);
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true });
    await expect(promote()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is gone when it is rolled back, and its number is never given again', async () => {
    await stage();
    expect(await rollBack()).toMatchObject({ version: 1, candidate: null });
    await expect(secretOf(2)).rejects.toMatchObject(notFound);
    await expect(rollBack()).rejects.toMatchObject({ code: 'conflict' });
    expect(await stage()).toMatchObject({ candidate: { version: 3 } });
    expect(await rotateKey(world.deps, { ...of(), secret: `${NEW}-at-once`, config: {}, testOutcome: '' })).toMatchObject({ version: 4, candidate: null });
    await stage();
    expect((await revokeKey(world.deps, of())).candidate).toBeNull();
    expect(await world.deps.db.query('SELECT 1 FROM vault.credential_candidate WHERE key_id = $1', [key.id])).toEqual([]);
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true });
  });

  it('moves to a new data key with the version in use, former and candidate alike', async () => {
    await stage();
    await promote();
    const staged = await stage({ secret: `${NEW}-3` });
    await startRotation(world.deps, { actor: ann.actor, scope: 'org' });
    await turn(await aReplica(world, 'one'));
    const deks = await world.attacker.query<{ version: number }>('SELECT dek_version AS version FROM vault.credential_candidate WHERE key_id = $1 UNION ALL SELECT dek_version FROM vault.credential WHERE id = $1', [key.id]);
    expect(deks.map(({ version }) => version)).toEqual([2, 2, 2]);
    expect(await Promise.all([secretOf(1), secretOf(2), secretOf(staged.candidate!.version)])).toEqual([OLD, NEW, `${NEW}-3`]);
    expect(await promote()).toMatchObject({ version: 3, former: { version: 2 } });
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true });
  });

  it('is taken back by itself once its provider has refused it often enough, and calls before that are counted for both', async () => {
    await stage({ rollbackAfter: 2 });
    await counted(2, { answered: 3, refused: 1 });
    await counted(7, { refused: 50 });
    expect((await getKey(world.deps, of())).candidate).toMatchObject({ counts: { answered: 3, refused: 1, failed: 0 }, currentCounts: { answered: 4, refused: 0, failed: 1 } });
    await counted(2, { refused: 1 });
    expect((await getKey(world.deps, of())).candidate).toBeNull();
    expect(await secretOf(1)).toBe(OLD);
    expect((await world.auditOf(orgId, 'key.rollback')).at(-1)?.details).toMatchObject({ by: 'gateway', candidateVersion: 2, refused: 2, reason: 'no such key' });
  });
});

describe('a second version in a database that somebody else can write', () => {
  const write = (sql: string) => world.attacker.query(`UPDATE vault.credential_candidate SET ${sql} WHERE key_id = $1`, [key.id]);
  const tampered: [string, () => Promise<unknown>][] = [
    ['E02 a flipped byte', () => write(`blob = set_byte(blob, 130, get_byte(blob, 130) # 1)`)],
    ['E04 the value of the version in use', () => world.attacker.query(`UPDATE vault.credential_candidate o SET blob = c.blob FROM vault.credential c WHERE c.id = o.key_id AND c.id = $1`, [key.id])],
    ['B17 another config', () => write(`config = '{"endpoint_url": "https://evil.example"}'`)],
    ['a candidate that was declared a former version', () => write(`role = 'former', overlap_until = now() + interval '1 day'`)],
  ];
  it.each(tampered)('refuses %s, takes it away, and leaves the version in use alone', async (_, tamper) => {
    await stage();
    await tamper();
    await expect(secretOf(2)).rejects.toMatchObject({ code: 'integrity_failed' });
    await expect(secretOf(2)).rejects.toMatchObject(notFound);
    expect(await secretOf(1)).toBe(OLD);
    expect((await world.auditOf(orgId, 'integrity.failed')).at(-1)).toMatchObject({ targetId: key.id, outcome: 'failed' });
    await expect(promote()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('E06 refuses a candidate that was taken back and put there again', async () => {
    await stage();
    await world.attacker.query('CREATE TABLE kept AS SELECT * FROM vault.credential_candidate WHERE key_id = $1', [key.id]);
    await rollBack();
    await world.attacker.query('INSERT INTO vault.credential_candidate SELECT * FROM kept');
    await expect(promote()).rejects.toMatchObject({ code: 'integrity_failed' });
    await expect(secretOf(2)).rejects.toMatchObject(notFound);
    await world.attacker.query('DROP TABLE kept');
  });
});
