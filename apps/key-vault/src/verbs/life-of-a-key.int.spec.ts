import { CHANGE_CHANNEL, type KeyMessage } from '@byok/contracts';
import type { OrgId } from '@byok/kernel';
import { createLog, listenForChanges, type Database } from '@byok/platform';

import { flushOpens } from '../audit/open-tally.js';
import { openDekRing } from '../deks/dek-ring.js';
import { envKms } from '../kms/env-kms.js';
import { kmsSet } from '../kms/kms-set.js';
import { aStoreRequest, anOpenRequest, random, vaultOfSuite } from '../spec/vault-world.js';
import type { VaultWorld, WireActor } from '../spec/vault-world.js';
import { getKey } from './get-key.js';
import { listKeys } from './list-keys.js';
import { openKey } from './open-key.js';
import { reportHealth } from './report-health.js';
import { revokeKey } from './revoke-key.js';
import { rotateKey } from './rotate-key.js';
import { setKeyStatus } from './set-key-status.js';
import { storeKey } from './store-key.js';
import { updateKey } from './update-key.js';

const world = vaultOfSuite();
let orgId: OrgId;
let ann: { id: string; actor: WireActor };

beforeEach(async () => {
  orgId = await world.org('A');
  ann = await world.user(orgId, 'owner');
});

const request = (over: Record<string, unknown> = {}) => aStoreRequest(ann.actor, { type: 'org', id: orgId }, over);
const store = (over: Record<string, unknown> = {}) => storeKey(world.deps, request(over));
const openIt = (key: { id: string; version: number }) => openKey(world.deps, anOpenRequest(ann.actor, key));
const actions = async () => (await world.auditOf(orgId)).map((row) => row.action);

describe('storing', () => {
  it('gives back everything but the secret, which comes out of open alone', async () => {
    const asked = request({ label: 'Prod', description: 'for prod', allowedModels: ['gpt-*'], config: { organization: 'org-1' }, priority: 5, testOutcome: 'valid' });
    const key = await storeKey(world.deps, asked);
    expect(key).toMatchObject({ label: 'Prod', status: 'active', version: 1, allowedModels: ['gpt-*'], config: { organization: 'org-1' }, priority: 5, createdBy: ann.id, lastTestOutcome: 'valid' });
    expect(key.last4).toBe(asked.secret.slice(-4));
    expect(JSON.stringify(key)).not.toContain(asked.secret);
    expect(await openIt(key)).toEqual({ secret: asked.secret, config: { organization: 'org-1' }, version: 1, provider: 'openai', keepMs: 0 });
  });

  it('E01 leaves no trace of the secret in any table', async () => {
    const asked = request();
    await openIt(await storeKey(world.deps, asked));
    const forms = [asked.secret, Buffer.from(asked.secret).toString('base64').slice(0, -2), Buffer.from(asked.secret).toString('hex')];
    const tables = await world.attacker.query<{ name: string }>(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('vault', 'identity')`);
    for (const { name } of tables) {
      for (const row of await world.attacker.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)) {
        for (const form of forms) expect(row.text).not.toContain(form);
      }
    }
  });

  it('D08 shows the end of a key only when twenty characters or more are left to guess, and never of several fields', async () => {
    expect((await store({ secret: 'a'.repeat(16) + 'wxyz' })).last4).toBe('wxyz');
    expect((await store({ secret: 'a'.repeat(15) + 'wxyz' })).last4).toBe('');
    expect((await store({ secret: '{"accessKeyId":"AKIA","secretAccessKey":"very-long-secret"}' })).last4).toBe('');
  });

  it.each<[string, string]>([
    ['CR', 'sk-canary\rX: y'],
    ['LF', 'sk-canary\nX: y'],
    ['a trailing LF', 'sk-canary\n'],
    ['NUL', 'sk-canary\0'],
    ['nothing', '   '],
    ['17 KB', `sk-canary${'x'.repeat(17 * 1024)}`],
  ])('C06 refuses a key with %s without quoting it', async (_what, secret) => {
    const failure: unknown = await store({ secret }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'key_malformed' });
    expect((failure as Error).message).not.toContain('canary');
  });

  it('C06 trims outer spaces only', async () => {
    expect((await openIt(await store({ secret: '  sk with space  ' }))).secret).toBe('sk with space');
  });

  it('refuses malformed fields by name and without their values', async () => {
    for (const over of [{ provider: 'Open AI' }, { label: 'a\nb' }, { config: { 'bad name': 'x' } }, { allowedUsers: ['all'] }, { owner: { type: 'team', id: 'x' } }, { priority: 1.5 }]) {
      const failure = await store({ ...over, secret: 'sk-canary-value' }).catch((error: unknown) => error as Error);
      expect(failure).toMatchObject({ code: 'invalid_request', message: expect.stringContaining(Object.keys(over)[0]!) });
      expect((failure as Error).message).not.toContain('canary');
    }
  });

  it('says when the owner has this secret already, also when both are stored at once, unless told', async () => {
    const asked = request();
    const both = await Promise.allSettled([storeKey(world.deps, asked), storeKey(world.deps, asked)]);
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    const first = both.find((each) => each.status === 'fulfilled')!.value;
    await expect(storeKey(world.deps, { ...asked, secret: ` ${asked.secret} ` })).rejects.toMatchObject({ code: 'key_duplicate', details: { keyId: first.id } });
    expect((await storeKey(world.deps, { ...asked, allowDuplicate: true })).id).not.toBe(first.id);
    expect((await storeKey(world.deps, { ...asked, provider: 'azure' })).provider).toBe('azure');
    expect((await storeKey(world.deps, { ...asked, owner: { type: 'user', id: ann.id } })).owner.type).toBe('user');
  });

  it('makes exactly one DEK when an org\'s first keys are stored at once, also by several vaults', async () => {
    const others = [1, 2, 3].map(() => ({ ...world.deps, deks: openDekRing({ ...world.deps, kms: kmsSet({ active: envKms({ BYOK_ENCRYPTION_KEY: world.kekHex }, random) }) }) }));
    const keys = await Promise.all([world.deps, ...others].flatMap((deps) => [1, 2, 3].map(() => storeKey(deps, request()))));
    expect(await world.deps.db.query('SELECT state FROM vault.org_dek WHERE org_id = $1', [orgId])).toEqual([{ state: 'active' }]);
    for (const key of keys) expect((await openIt(key)).secret).toMatch(/^sk-canary/);
  });

  it('E24 asks the KMS once for a DEK that many opens wait for', async () => {
    const key = await store();
    const kms = envKms({ BYOK_ENCRYPTION_KEY: world.kekHex }, random);
    let unwraps = 0;
    const counting = { ...kms, unwrap: (...given: Parameters<typeof kms.unwrap>) => ((unwraps += 1), kms.unwrap(...given)) };
    const deps = { ...world.deps, deks: openDekRing({ ...world.deps, kms: kmsSet({ active: counting }) }) };
    await Promise.all(Array.from({ length: 20 }, () => openKey(deps, anOpenRequest(ann.actor, key))));
    expect(unwraps).toBe(1);
  });

  it('does not quarantine a key because the KMS is away', async () => {
    const key = await store();
    const deps = { ...world.deps, deks: openDekRing({ ...world.deps, kms: kmsSet({ active: envKms({ BYOK_ENCRYPTION_KEY: random.bytes(32).toString('hex') }, random) }) }) };
    await expect(openKey(deps, anOpenRequest(ann.actor, key))).rejects.toMatchObject({ code: 'key_unavailable' });
    expect((await getKey(world.deps, { actor: ann.actor, keyId: key.id })).status).toBe('active');
  });
});

describe('changing', () => {
  const rotate = (key: KeyMessage, over: Record<string, unknown> = {}) => rotateKey(world.deps, { actor: ann.actor, keyId: key.id, secret: 'sk-rotated-0123456789', config: {}, testOutcome: '', ...over });

  it('rotates to the next version; the one before is not found', async () => {
    const key = await store({ config: { region: 'eu' } });
    const next = await rotate(key);
    expect(next).toMatchObject({ id: key.id, version: 2, last4: '6789', config: { region: 'eu' } });
    expect((await openIt(next)).secret).toBe('sk-rotated-0123456789');
    await expect(openIt(key)).rejects.toMatchObject({ code: 'not_found' });
    expect((await rotate(next, { secret: 'sk-3', config: { region: 'us' } })).config).toEqual({ region: 'us' });
  });

  it('E12 lets one of two rotations at once win and tells the other', async () => {
    const key = await store();
    // The other rotation commits after this one has read the row and before it writes.
    const transaction: Database['transaction'] = async (work) => {
      await rotate(key, { secret: 'sk-first' });
      return world.deps.db.transaction(work);
    };
    const late = rotateKey({ ...world.deps, db: { ...world.deps.db, transaction } }, { actor: ann.actor, keyId: key.id, secret: 'sk-second', config: {}, testOutcome: '' });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    expect((await openIt({ id: key.id, version: 2 })).secret).toBe('sk-first');
  });

  it('never mistakes a rotation that happens during an open for tampering', async () => {
    const key = await store();
    // The rotation commits after open has read the row and before it reads the version log.
    const inBetween = { ...world.deps.db, query: interrupted(() => rotate(key)) };
    await expect(openKey({ ...world.deps, db: inBetween }, anOpenRequest(ann.actor, key))).rejects.toMatchObject({ code: 'not_found' });
    expect(await actions()).toEqual(['key.store', 'key.rotate']);
    expect((await openIt({ id: key.id, version: 2 })).secret).toBe('sk-rotated-0123456789');
  });

  it('disables and enables; a disabled key opens for a probe only', async () => {
    const key = await store();
    await setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'disabled' });
    await expect(openIt(key)).rejects.toMatchObject({ code: 'key_disabled' });
    expect((await openKey(world.deps, anOpenRequest(ann.actor, key, { purpose: 'probe' }))).secret).toMatch(/^sk-canary/);
    await setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'active' });
    expect((await openIt(key)).secret).toMatch(/^sk-canary/);
  });

  it('H13 marks a key invalid on a clear answer of the provider only, and active again by a good test or a new secret', async () => {
    const key = await store();
    const report = (outcome: string) => reportHealth(world.deps, { actor: ann.actor, keyId: key.id, outcome, reason: 'said\nso' });
    expect(await report('unreachable')).toMatchObject({ status: 'active', lastTestOutcome: 'unreachable' });
    expect(await report('invalid')).toMatchObject({ status: 'invalid', statusReason: 'said so' });
    await expect(openIt(key)).rejects.toMatchObject({ code: 'key_disabled' });
    expect(await report('rate-limited')).toMatchObject({ status: 'invalid' });
    expect(await report('valid')).toMatchObject({ status: 'active', statusReason: '' });
    await report('invalid');
    expect(await rotate(key)).toMatchObject({ status: 'active', lastTestOutcome: '', lastTestedAt: '' });
  });

  it('revokes for good and deletes the sealed value', async () => {
    const key = await store();
    expect((await revokeKey(world.deps, { actor: ann.actor, keyId: key.id })).status).toBe('revoked');
    expect((await revokeKey(world.deps, { actor: ann.actor, keyId: key.id })).status).toBe('revoked');
    const [row] = await world.deps.db.query('SELECT blob, fingerprint FROM vault.credential WHERE id = $1', [key.id]);
    expect(row).toEqual({ blob: null, fingerprint: null });
    await expect(openIt(key)).rejects.toMatchObject({ code: 'not_found' });
    await expect(setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'active' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(rotate(key)).rejects.toMatchObject({ code: 'conflict' });
    expect((await actions()).filter((action) => action === 'key.revoke')).toHaveLength(1);
  });

  it('changes only what is given', async () => {
    const key = await store({ label: 'a', description: 'b', allowedModels: ['x'], priority: 3 });
    expect(await updateKey(world.deps, { actor: ann.actor, keyId: key.id, description: '', allowedUsers: null, allowedModels: { values: [] } })).toMatchObject({ label: 'a', description: '', allowedModels: [], priority: 3, version: 1 });
  });

  it('pages through keys, filtered, each exactly once', async () => {
    const made = await Promise.all(Array.from({ length: 7 }, (_, at) => store({ provider: at === 0 ? 'azure' : 'openai' })));
    const list = (over: Record<string, unknown>) => listKeys(world.deps, { actor: ann.actor, ownerType: '', ownerId: '', provider: '', status: '', after: '', limit: 3, ...over });
    const pages = [await list({ provider: 'openai' })];
    while (pages.at(-1)!.next) pages.push(await list({ provider: 'openai', after: pages.at(-1)!.next }));
    expect(pages.map((page) => page.items.length)).toEqual([3, 3]);
    expect(new Set(pages.flatMap((page) => page.items.map((key) => key.id)))).toEqual(new Set(made.slice(1).map((key) => key.id)));
    expect((await list({ status: 'revoked' })).items).toEqual([]);
  });
});

describe('the record of it', () => {
  it('INV-A2 has one row for each change, in the transaction of the change, and announces it', async () => {
    const notices: unknown[] = [];
    const listener = await listenForChanges({
      url: world.url,
      log: createLog('spec', 'fatal'),
      onChange: (notice) => notices.push(notice),
      onGap: () => undefined,
    });
    const key = await store();
    await updateKey(world.deps, { actor: ann.actor, keyId: key.id, label: 'x', allowedUsers: null, allowedModels: null });
    await rotateKey(world.deps, { actor: ann.actor, keyId: key.id, secret: 'sk-2', config: {}, testOutcome: '' });
    await setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'disabled' });
    await reportHealth(world.deps, { actor: ann.actor, keyId: key.id, outcome: 'valid', reason: '' });
    await revokeKey(world.deps, { actor: ann.actor, keyId: key.id });
    expect(await actions()).toEqual(['key.store', 'key.update', 'key.rotate', 'key.disable', 'key.test', 'key.revoke']);
    await world.deps.db.query(`SELECT pg_notify($1, $2)`, [CHANGE_CHANNEL, JSON.stringify({ org: orgId, kind: 'org', id: 'last' })]);
    while (!notices.some((notice) => (notice as { id: string }).id === 'last')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(notices.filter((notice) => (notice as { org: string }).org === orgId).slice(0, -1)).toEqual(Array.from({ length: 6 }, () => ({ org: orgId, kind: 'key', id: key.id })));
    await listener.close();
  });

  it('accounts for every open, in one row a minute per actor and key', async () => {
    const key = await store();
    await Promise.all(Array.from({ length: 5 }, () => openIt(key)));
    const rows = async () => (await world.auditOf(orgId, 'key.open')).map((row) => row.details['count']);
    expect((await rows()).length).toBeLessThanOrEqual(2); // two only when a minute began in between
    const anHourAgo = `UPDATE vault.open_tally SET minute = minute - interval '1 hour' WHERE org_id = $1`;
    await world.attacker.query(anHourAgo, [orgId]);
    await openIt(key);
    expect((await rows()).reduce<number>((sum, count) => sum + (count as number), 0)).toBe(6);
    await openIt(key);
    await world.attacker.query(anHourAgo, [orgId]);
    await flushOpens(world.deps.db);
    expect((await rows()).reduce<number>((sum, count) => sum + (count as number), 0)).toBe(7);
  });

  it('H12 hands out no secret when the audit cannot be written', async () => {
    const key = await store();
    await world.attacker.query('REVOKE INSERT ON vault.audit FROM byok_vault');
    await expect(openIt(key)).rejects.toThrow(/permission denied/);
    await expect(store()).rejects.toThrow(/permission denied/);
    await world.attacker.query('GRANT INSERT ON vault.audit TO byok_vault');
    expect((await openIt(key)).secret).toMatch(/^sk-canary/);
  });
});

/** The database, but `act` is done just before the version log is read. */
function interrupted(act: () => Promise<unknown>): VaultWorld['deps']['db']['query'] {
  return async <T>(sql: string, parameters?: readonly unknown[]) => {
    if (sql.includes('credential_version_log')) await act();
    return world.deps.db.query<T>(sql, parameters);
  };
}
