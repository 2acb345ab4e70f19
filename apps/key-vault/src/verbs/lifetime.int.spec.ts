import type { KeyMessage, RevalidationMessage } from '@byok/contracts';
import type { OrgId } from '@byok/kernel';

import { aStoreRequest, anOpenRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import { getKey } from './get-key.js';
import { keyWarnings } from './key-warnings.js';
import { openKey } from './open-key.js';
import { reportHealth } from './report-health.js';
import { reportRevalidation } from './report-revalidation.js';
import { revokeKey } from './revoke-key.js';
import { rotateKey } from './rotate-key.js';
import { setKeyStatus } from './set-key-status.js';
import { storeKey } from './store-key.js';
import { takeRevalidation } from './take-revalidation.js';
import { updateKey } from './update-key.js';
import { usableKeys } from './usable-keys.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const world = vaultOfSuite();
let orgId: OrgId;
let ann: { id: string; actor: WireActor };

beforeEach(async () => {
  await world.attacker.query(`UPDATE vault.credential SET status = 'disabled' WHERE status <> 'revoked'`);
  orgId = await world.org('A');
  ann = await world.user(orgId, 'owner');
});

const from = (ms: number) => new Date(Date.now() + ms).toISOString();
const store = (over: Record<string, unknown> = {}) => storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }, over));
const of = (key: KeyMessage) => ({ actor: ann.actor, keyId: key.id });
/** As if so much time had passed. */
const later = (ms: number) => ({ ...world.deps, clock: { now: () => Date.now() + ms } });

describe('a key that ends', () => {
  it('is used until then, skipped and refused from then on, and may still be tried and given a later end', async () => {
    const key = await store({ expiresAt: from(DAY * 20) });
    expect(key).toMatchObject({ warnings: ['expires_in_30_days'] });
    expect((await openKey(world.deps, anOpenRequest(ann.actor, key))).version).toBe(1);
    await world.attacker.query(`UPDATE vault.credential SET expires_at = now() - interval '1 second' WHERE id = $1`, [key.id]);
    expect((await usableKeys(world.deps, { actor: ann.actor })).items[0]).toMatchObject({ status: 'expired', expiresAt: expect.stringMatching(/Z$/) });
    await expect(openKey(world.deps, anOpenRequest(ann.actor, key))).rejects.toMatchObject({ code: 'key_disabled', message: expect.stringContaining('expired at') });
    expect((await openKey(world.deps, anOpenRequest(ann.actor, key, { purpose: 'probe' }))).version).toBe(1);
    expect((await getKey(world.deps, of(key))).warnings).toEqual(['expired']);
    expect(await updateKey(world.deps, { ...of(key), allowedUsers: null, allowedModels: null, expiresAt: '' })).toMatchObject({ expiresAt: '', warnings: [] });
    expect((await usableKeys(world.deps, { actor: ann.actor })).items[0]).toMatchObject({ status: 'active' });
  });

  it('is told of 30, 7 and 1 days before, and so is a secret that is older than it should be; a new one begins anew', async () => {
    const key = await store({ expiresAt: from(40 * DAY), rotateAfterDays: 35 });
    const told = async (ms: number) => (await keyWarnings(later(ms), { after: '' })).items.filter(({ keyId }) => keyId === key.id).map(({ warning }) => warning);
    expect(await told(0)).toEqual([]);
    expect(await told(11 * DAY)).toEqual(['expires_in_30_days']);
    expect(await told(33 * DAY + HOUR)).toEqual(['expires_in_7_days']);
    expect(await told(39 * DAY + HOUR)).toEqual(['expires_in_1_day', 'rotation_due']);
    expect(await told(41 * DAY)).toEqual(['expired', 'rotation_due']);
    expect((await keyWarnings(later(36 * DAY), { after: '' })).items.find(({ warning }) => warning === 'rotation_due')).toEqual({
      ...{ orgId, keyId: key.id, owner: { type: 'org', id: orgId }, provider: 'openai', warning: 'rotation_due' },
      at: new Date(Date.parse(key.secretSince) + 35 * DAY).toISOString(),
    });
    await world.attacker.query(`UPDATE vault.credential SET secret_since = now() - interval '36 days' WHERE id = $1`, [key.id]);
    expect((await getKey(world.deps, of(key))).warnings).toEqual(['rotation_due']);
    expect((await rotateKey(world.deps, { ...of(key), secret: 'sk-canary-rotated-0123456789', config: {}, testOutcome: '' })).warnings).toEqual([]);
    await revokeKey(world.deps, of(key));
    expect(await told(41 * DAY)).toEqual([]);
  });
});

describe('a key that nobody uses', () => {
  const take = (ms: number, exceptProviders: string[] = []) => takeRevalidation(later(ms), { exceptProviders });
  const report = (looked: RevalidationMessage, outcome: string, over: Record<string, unknown> = {}) => reportRevalidation(world.deps, { id: looked.id, keyId: looked.keyId, outcome, reason: 'Incorrect\nkey', ...over });

  it('is handed out to be tried once in that time, by the vault\'s own choice, and audited before it leaves', async () => {
    const key = await store({ secret: 'sk-canary-idle-0123456789abc' });
    expect(await take(23 * HOUR)).toMatchObject({ id: '', secret: '' });
    expect(await take(25 * HOUR, ['openai'])).toMatchObject({ id: '' });
    const looked = await take(25 * HOUR);
    expect(looked).toMatchObject({ keyId: key.id, orgId, owner: { type: 'org', id: orgId }, provider: 'openai', secret: 'sk-canary-idle-0123456789abc' });
    expect(await take(26 * HOUR)).toMatchObject({ id: '' });
    expect((await world.auditOf(orgId, 'key.open')).at(-1)).toMatchObject({ actorId: 'revalidation', targetId: key.id, details: { purpose: 'revalidate' } });
    await report(looked, 'valid');
    expect(await getKey(world.deps, of(key))).toMatchObject({ status: 'active', health: 'ok', lastTestOutcome: 'valid' });
    // A day on from the first look, and a tenth of that for chance.
    expect((await take(60 * HOUR)).keyId).toBe(key.id);
    expect(await takeRevalidation({ ...later(1_000 * HOUR), revalidateAfterMs: 0 }, { exceptProviders: [] })).toMatchObject({ id: '' });
  });

  it('is not one that was used, tested, disabled, revoked or has come to its end; two who take get two', async () => {
    const [used, tested, disabled, revoked, ended, one, two] = [await store(), await store(), await store(), await store(), await store({ expiresAt: from(HOUR) }), await store(), await store()];
    await openKey(later(24 * HOUR), anOpenRequest(ann.actor, used)).catch(() => world.attacker.query(`UPDATE vault.credential SET last_used_at = now() + interval '24 hours' WHERE id = $1`, [used.id]));
    await reportHealth(world.deps, { ...of(tested), outcome: 'valid', reason: '' });
    await world.attacker.query(`UPDATE vault.credential SET last_tested_at = now() + interval '24 hours' WHERE id = $1`, [tested.id]);
    await setKeyStatus(world.deps, { ...of(disabled), status: 'disabled' });
    await revokeKey(world.deps, of(revoked));
    const taken = await Promise.all([take(25 * HOUR), take(25 * HOUR), take(25 * HOUR)]);
    expect(taken.map(({ keyId }) => keyId).sort()).toEqual(['', one.id, two.id].sort());
    expect(taken.some(({ keyId }) => keyId === ended.id)).toBe(false);
  });

  it('H13 loses its place only when the provider was clear; unreachable or forbidden change nothing', async () => {
    const key = await store();
    for (const [outcome, status, health] of [['unreachable', 'active', 'unknown'], ['no-permission', 'active', 'unknown'], ['rate-limited', 'active', 'unknown'], ['invalid', 'invalid', 'failing']] as const) {
      await world.attacker.query(`UPDATE vault.credential SET revalidate_at = NULL, last_tested_at = NULL WHERE id = $1`, [key.id]);
      await report(await take(25 * HOUR), outcome);
      expect(await getKey(world.deps, of(key))).toMatchObject({ status, health, lastTestOutcome: outcome });
    }
    expect((await world.auditOf(orgId, 'key.test')).at(-1)).toMatchObject({ actorId: 'revalidation', details: { outcome: 'invalid', status: 'invalid' } });
  });

  it('changes nothing by a report of a look that was not handed out, is over, or came before its secret was changed', async () => {
    const key = await store();
    await report({ id: 'f'.repeat(32), keyId: key.id } as RevalidationMessage, 'invalid');
    const looked = await take(25 * HOUR);
    await report(looked, 'valid');
    await report(looked, 'invalid');
    expect((await getKey(world.deps, of(key))).status).toBe('active');
    await world.attacker.query(`UPDATE vault.credential SET revalidate_at = NULL, last_tested_at = NULL, health_at = NULL WHERE id = $1`, [key.id]);
    const again = await take(25 * HOUR);
    await rotateKey(world.deps, { ...of(key), secret: 'sk-canary-rotated-9876543210', config: {}, testOutcome: '' });
    await report(again, 'invalid');
    expect((await getKey(world.deps, of(key))).status).toBe('active');
  });

  it('E02 is quarantined and not handed out when its stored form does not hold together', async () => {
    const key = await store();
    await world.attacker.query(`UPDATE vault.credential SET blob = set_byte(blob, 130, get_byte(blob, 130) # 1) WHERE id = $1`, [key.id]);
    expect(await take(25 * HOUR)).toMatchObject({ id: '', secret: '' });
    expect((await getKey(world.deps, of(key))).status).toBe('undecryptable');
  });
});
