import type { OrgId } from '@byok/kernel';

import { aStoreRequest, anOpenRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import type { KeyRow } from '../store/key-row.js';
import { findRolledBack, logVersion } from '../store/version-log.store.js';
import type { KeyMessage } from '@byok/contracts';
import { getKey } from './get-key.js';
import { openKey } from './open-key.js';
import { revokeKey } from './revoke-key.js';
import { rotateKey } from './rotate-key.js';
import { setKeyStatus } from './set-key-status.js';
import { storeKey } from './store-key.js';
import { usableKeys } from './usable-keys.js';
import { verifyAudit } from './verify-audit.js';

const world = vaultOfSuite();
let orgId: OrgId;
let ann: { id: string; actor: WireActor };

beforeEach(async () => {
  orgId = await world.org('A');
  ann = await world.user(orgId, 'owner');
});

const store = (over: Record<string, unknown> = {}) => storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }, over));
const openIt = (key: { id: string; version: number }) => openKey(world.deps, anOpenRequest(ann.actor, key));
const rotate = (key: KeyMessage, secret: string) => rotateKey(world.deps, { actor: ann.actor, keyId: key.id, secret, config: {}, testOutcome: '' });

/** Refused, quarantined, audited, announced as broken, and the org's other key is not handed out in its place. */
async function expectQuarantined(key: { id: string; version: number }): Promise<void> {
  await expect(openIt(key)).rejects.toMatchObject({ code: 'integrity_failed' });
  expect(await getKey(world.deps, { actor: ann.actor, keyId: key.id })).toMatchObject({ status: 'undecryptable', statusReason: expect.stringContaining('quarantined') });
  expect((await world.auditOf(orgId, 'integrity.failed')).some((row) => row.targetId === key.id && row.outcome === 'failed')).toBe(true);
  const usable = await usableKeys(world.deps, { actor: ann.actor });
  expect(usable.items.find((item) => item.id === key.id)).toMatchObject({ status: 'undecryptable' });
}

describe('a key in a database that somebody else can write', () => {
  it('E03 E04 refuses both of two sealed rows whose values were swapped, within an org and between orgs', async () => {
    const [one, two] = [await store(), await store()];
    const orgB = await world.org('B');
    const eve = await world.user(orgB, 'owner');
    const foreign = await storeKey(world.deps, aStoreRequest(eve.actor, { type: 'org', id: orgB }));
    await world.attacker.query(`UPDATE vault.credential a SET blob = b.blob FROM vault.credential b WHERE (a.id, b.id) IN (($1, $2), ($2, $1))`, [one.id, two.id]);
    await expectQuarantined(one);
    await expectQuarantined(two);
    const third = await store();
    await world.attacker.query(`UPDATE vault.credential a SET blob = b.blob FROM vault.credential b WHERE a.id = $1 AND b.id = $2`, [third.id, foreign.id]);
    await expectQuarantined(third);
  });

  it('E02 refuses a value with any byte flipped', async () => {
    const key = await store({ secret: 'sk-short' });
    const [row] = await world.deps.db.query<{ blob: Buffer }>('SELECT blob FROM vault.credential WHERE id = $1', [key.id]);
    for (let at = 0; at < row!.blob.length; at += 1) {
      const flipped = Buffer.from(row!.blob);
      flipped[at]! ^= 1;
      // Back to active each time: the quarantine of the flip before must not be what refuses this one.
      await world.attacker.query(`UPDATE vault.credential SET blob = $2, status = 'active' WHERE id = $1`, [key.id, flipped]);
      await expect(openIt(key)).rejects.toMatchObject({ code: 'integrity_failed' });
    }
    await world.attacker.query(`UPDATE vault.credential SET blob = $2, status = 'active' WHERE id = $1`, [key.id, row!.blob]);
    expect((await openIt(key)).secret).toBe('sk-short');
  });

  it('E02 E03 E04 refuses them by the seal itself when the attacker writes a version log to match', async () => {
    const [one, two, flipped] = [await store(), await store(), await store()];
    await world.attacker.query(`UPDATE vault.credential a SET blob = b.blob FROM vault.credential b WHERE (a.id, b.id) IN (($1, $2), ($2, $1))`, [one.id, two.id]);
    await world.attacker.query(`UPDATE vault.credential SET blob = set_byte(blob, 130, get_byte(blob, 130) # 1) WHERE id = $1`, [flipped.id]);
    for (const key of [one, two, flipped]) {
      await forgeVersionLog(key.id);
      await expectQuarantined(key);
    }
    const reasons = (await world.auditOf(orgId, 'integrity.failed')).map((row) => row.details['reason']);
    expect(reasons).toEqual([expect.stringContaining('for another row'), expect.stringContaining('for another row'), expect.stringContaining('tag does not fit')]);
  });

  it('E05 B18 refuses a key whose provider, owner or org was rewritten', async () => {
    const bob = await world.user(orgId, 'member');
    for (const [column, value] of [['provider', 'custom'], ['owner_id', bob.id]] as const) {
      const key = await storeKey(world.deps, aStoreRequest(ann.actor, { type: 'user', id: ann.id }));
      await world.attacker.query(`UPDATE vault.credential SET ${column} = $2 WHERE id = $1`, [key.id, value]);
      const actor = column === 'owner_id' ? bob.actor : ann.actor;
      await expect(openKey(world.deps, anOpenRequest(actor, key))).rejects.toMatchObject({ code: 'integrity_failed' });
    }
  });

  it('B17 refuses a key whose endpoint was rewritten', async () => {
    const key = await store({ provider: 'azure', config: { endpoint: 'https://good.example' } });
    expect((await openIt(key)).config).toEqual({ endpoint: 'https://good.example' });
    await world.attacker.query(`UPDATE vault.credential SET config = '{"endpoint": "https://evil.example"}' WHERE id = $1`, [key.id]);
    await expectQuarantined(key);
  });

  it('E06 refuses an older version replayed as the newest', async () => {
    const key = await store();
    const [old] = await world.deps.db.query<{ blob: Buffer }>('SELECT blob FROM vault.credential WHERE id = $1', [key.id]);
    const next = await rotate(key, 'sk-the-second-secret-of-this-key');
    await world.attacker.query('UPDATE vault.credential SET blob = $2 WHERE id = $1', [key.id, old!.blob]);
    await expectQuarantined(next);
  });

  it('E06 refuses a whole row rolled back to an older version, and says so at start and in audit verify', async () => {
    const key = await store();
    await world.attacker.query('CREATE TABLE public.backup AS SELECT * FROM vault.credential WHERE id = $1', [key.id]);
    await rotate(key, 'sk-the-second-secret-of-this-key');
    await restore(key.id);
    expect((await findRolledBack(world.deps.db)).map((each) => each.keyId)).toContain(key.id);
    await expectQuarantined(key);
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: false, reason: expect.stringContaining(key.id) });
  });

  it('E06 finds a rollback of row and version log together by the audit chain', async () => {
    const key = await store();
    await world.attacker.query('CREATE TABLE public.backup AS SELECT * FROM vault.credential WHERE id = $1', [key.id]);
    await rotate(key, 'sk-the-second-secret-of-this-key');
    await restore(key.id);
    await withoutTrigger('credential_version_log', 'version_log_is_append_only', () => world.attacker.query('DELETE FROM vault.credential_version_log WHERE key_id = $1 AND version = 2', [key.id]));
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: false, reason: expect.stringContaining(key.id) });
  });

  it('E06 does not bring a revoked key back when its row is restored', async () => {
    const key = await store();
    await world.attacker.query('CREATE TABLE public.backup AS SELECT * FROM vault.credential WHERE id = $1', [key.id]);
    await revokeKey(world.deps, { actor: ann.actor, keyId: key.id });
    await restore(key.id);
    await expectQuarantined(key);
    await expect(setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'active' })).rejects.toMatchObject({ code: 'integrity_failed' });
  });

  it('puts a quarantined key back only when it holds together again', async () => {
    const key = await store();
    const [row] = await world.deps.db.query<{ blob: Buffer }>('SELECT blob FROM vault.credential WHERE id = $1', [key.id]);
    await world.attacker.query(`UPDATE vault.credential SET blob = set_byte(blob, 40, get_byte(blob, 40) # 1) WHERE id = $1`, [key.id]);
    await expectQuarantined(key);
    await expect(setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'active' })).rejects.toMatchObject({ code: 'integrity_failed' });
    await world.attacker.query(`UPDATE vault.credential SET blob = $2 WHERE id = $1`, [key.id, row!.blob]);
    await setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'active' });
    expect((await openIt(key)).secret).toMatch(/^sk-canary/);
  });
});

describe('the audit chain', () => {
  it('I01 names the first row that was changed, and the gap where one was deleted', async () => {
    const key = await store();
    await rotate(key, 'sk-the-second-secret-of-this-key');
    await revokeKey(world.deps, { actor: ann.actor, keyId: key.id });
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toEqual({ ok: true, rows: 3, firstBadSequence: 0, reason: '', checkpointSequence: 0, checkpointAt: '' });
    await withoutTrigger('audit', 'audit_is_append_only', () => world.attacker.query(`UPDATE vault.audit SET actor_id = 'usr_x' WHERE org_id = $1 AND sequence = 2`, [orgId]));
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: false, firstBadSequence: 2 });
    await withoutTrigger('audit', 'audit_is_append_only', () => world.attacker.query(`DELETE FROM vault.audit WHERE org_id = $1 AND sequence = 2`, [orgId]));
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: false, firstBadSequence: 2 });
  });

  it('I01 cannot be changed by the vault\'s own database role', async () => {
    await store();
    for (const statement of ['UPDATE vault.audit SET actor_id = $1', 'DELETE FROM vault.audit WHERE org_id = $1', 'DELETE FROM vault.credential_version_log WHERE org_id = $1', 'DELETE FROM vault.credential WHERE org_id = $1']) {
      await expect(world.deps.db.query(statement, [orgId])).rejects.toThrow(/permission denied/);
    }
  });
});

async function restore(keyId: string): Promise<void> {
  await world.attacker.query('DELETE FROM vault.credential WHERE id = $1', [keyId]);
  await world.attacker.query('INSERT INTO vault.credential SELECT * FROM public.backup');
  await world.attacker.query('DROP TABLE public.backup');
}

/** Replaces the log by one that fits the row as it is now: the hashes in it have no secret, so who writes the table can. */
async function forgeVersionLog(keyId: string): Promise<void> {
  const [row] = await world.attacker.query<KeyRow>('SELECT id, key_version AS version, blob FROM vault.credential WHERE id = $1', [keyId]);
  await withoutTrigger('credential_version_log', 'version_log_is_append_only', () => world.attacker.query('DELETE FROM vault.credential_version_log WHERE key_id = $1', [keyId]));
  await logVersion(world.attacker, orgId, row!);
}

async function withoutTrigger(table: string, trigger: string, act: () => Promise<unknown>): Promise<void> {
  await world.attacker.query(`ALTER TABLE vault.${table} DISABLE TRIGGER ${trigger}`);
  await act();
  await world.attacker.query(`ALTER TABLE vault.${table} ENABLE TRIGGER ${trigger}`);
}
