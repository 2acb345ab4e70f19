import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { appendAudit, checkpointKey, createLog, EVERY_ORG, openCheckpoints, openDatabase, tellCheckpoints, verifyAudit, type Checkpoints, type Database } from '../index.js';

const TABLE = 'vault.audit';

describe('checkpoints of the audit chains', () => {
  let database: TestDatabase;
  let vault: Database;
  let owner: Database;
  let orgs = 0;
  const key = generateKeyPairSync('ed25519').privateKey;
  const errors: string[] = [];
  const quiet = createLog('test', 'fatal');
  const log = { ...quiet, error: (_fields: object, message: string) => void errors.push(message) };

  beforeAll(async () => {
    database = await testDatabase();
    vault = await openDatabase({ url: database.url('vault'), applicationName: 'test', log: quiet, scope: EVERY_ORG });
    owner = await openDatabase({ url: database.ownerUrl, applicationName: 'test', log: quiet });
  });
  afterAll(async () => {
    await vault.close();
    await owner.close();
    await database.close();
  });

  const append = async (orgId: string, count: number) => {
    for (let index = 0; index < count; index++) await vault.transaction((tx) => appendAudit(tx, TABLE, { orgId, action: 'key.create', actorId: 'usr_1', targetId: `key_${index}`, outcome: 'allowed' }));
  };
  const newFile = () => join(mkdtempSync(join(tmpdir(), 'byok-checkpoint-')), 'vault.jsonl');
  const over = (file: string, signer: KeyObject = key) => openCheckpoints({ db: vault, table: TABLE, file, key: signer, log });
  /** What somebody does who owns the database: cut the chain after `keep` rows, its head as well, and write `again` new rows that fit. */
  const rewrite = async (orgId: string, keep: number, again: number) => {
    await owner.transaction(async (tx) => {
      await tx.query('ALTER TABLE vault.audit DISABLE TRIGGER ALL');
      await tx.query(`DELETE FROM vault.audit WHERE org_id = '${orgId}' AND sequence > ${keep}`);
      await tx.query(`UPDATE vault.audit_head SET sequence = ${keep}, hash = (SELECT hash FROM vault.audit WHERE org_id = '${orgId}' AND sequence = ${keep}) WHERE org_id = '${orgId}'`);
      await tx.query('ALTER TABLE vault.audit ENABLE TRIGGER ALL');
    });
    await append(orgId, again);
  };
  /** An org with 3 rows at the first checkpoint and 6 at the second. */
  const withTwoCheckpoints = async (): Promise<{ org: string; file: string; checkpoints: Checkpoints }> => {
    const [org, file] = [`org_${++orgs}`, newFile()];
    const checkpoints = over(file);
    for (let time = 0; time < 2; time++) {
      await append(org, 3);
      await checkpoints.write();
    }
    return { org, file, checkpoints };
  };

  it('I01 agree with a chain that nobody touched, and say how far they reach', async () => {
    const { org, file, checkpoints } = await withTwoCheckpoints();
    await append(org, 1);
    expect(await verifyAudit(vault, TABLE, org, checkpoints)).toMatchObject({ ok: true, rows: 7, checkpoint: { sequence: 6 } });
    await checkpoints.write();
    const lines = readFileSync(file, 'utf8');
    await checkpoints.write();
    expect(readFileSync(file, 'utf8')).toBe(lines);
    expect((await verifyAudit(vault, TABLE, org)).checkpoint).toBeNull();
  });

  it('I01 find a tail that was cut off together with the head, and name the first row that is gone', async () => {
    const { org, checkpoints } = await withTwoCheckpoints();
    await rewrite(org, 4, 0);
    expect(await verifyAudit(vault, TABLE, org)).toMatchObject({ ok: true, rows: 4 });
    const verdict = await verifyAudit(vault, TABLE, org, checkpoints);
    expect(verdict).toMatchObject({ ok: false, firstBadSequence: 5, checkpoint: { sequence: 3 } });
    expect(verdict.reason).toContain('rows 5 to 6 are missing');
  });

  it('I01 find a chain that was cut and written anew, longer than before, with every hash in order', async () => {
    const { org, checkpoints } = await withTwoCheckpoints();
    await rewrite(org, 3, 5);
    expect(await verifyAudit(vault, TABLE, org)).toMatchObject({ ok: true, rows: 8 });
    expect(await verifyAudit(vault, TABLE, org, checkpoints)).toMatchObject({ ok: false, firstBadSequence: 4, checkpoint: { sequence: 3 } });
  });

  it('I01 are not made of a chain that was cut, and the next one says so in the log', async () => {
    const { org, file, checkpoints } = await withTwoCheckpoints();
    await rewrite(org, 4, 0);
    errors.length = 0;
    await checkpoints.write();
    expect(errors).toContainEqual(expect.stringContaining('cut off or written anew'));
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it.each([
    ['its last line is cut off', (lines: string[]) => lines.slice(0, -1), 'lines 2 to 2 are missing'],
    ['its first line is cut off', (lines: string[]) => lines.slice(1), 'line 1 is missing'],
    ['it is emptied', () => [], 'lines 1 to 2 are missing'],
    ['a line is changed', ([first, ...rest]: string[]) => [first!.replace('"sequence":3', '"sequence":2'), ...rest], 'line 1 of the checkpoint file does not bear our signature'],
    ['its last line is made unreadable', ([first, last]: string[]) => [first!, last!.slice(1)], 'lines 2 to 2 are missing'],
  ])('I01 are not believed any more when %s', async (_how, change, reason) => {
    const { org, file, checkpoints } = await withTwoCheckpoints();
    writeFileSync(file, change(readFileSync(file, 'utf8').trim().split('\n')).map((line) => `${line}\n`).join(''));
    expect((await verifyAudit(vault, TABLE, org, checkpoints))).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
    const changed = readFileSync(file, 'utf8');
    await append(org, 1);
    await checkpoints.write();
    expect(readFileSync(file, 'utf8')).toBe(changed);
  });

  it('I01 signed with a key that is not ours are not believed', async () => {
    const { org, checkpoints, file } = await withTwoCheckpoints();
    const forged = newFile();
    const forger = over(forged, generateKeyPairSync('ed25519').privateKey);
    await forger.write();
    writeFileSync(file, readFileSync(forged));
    expect(await verifyAudit(vault, TABLE, org, checkpoints)).toMatchObject({ ok: false, reason: expect.stringContaining('signature') as string });
  });

  it('survive a line that a crash left half-written, and one that the database was not told of', async () => {
    const { org, file, checkpoints } = await withTwoCheckpoints();
    appendFileSync(file, '{"chain":"vault.au');
    await owner.query(`UPDATE vault.audit_checkpoint SET number = 1, line_hash = (SELECT encode(sha256(convert_to($2, 'UTF8')), 'hex')) WHERE file = $1`, [file, readFileSync(file, 'utf8').split('\n')[0]]);
    await append(org, 2);
    await checkpoints.write();
    expect(await verifyAudit(vault, TABLE, org, checkpoints)).toMatchObject({ ok: true, rows: 8, checkpoint: { sequence: 8 } });
  });

  it('I01 continue one another when two processes write to one file at once', async () => {
    const { org, file } = await withTwoCheckpoints();
    await Promise.all(Array.from({ length: 8 }, async () => {
      await append(org, 1);
      await over(file).write();
    }));
    expect(await verifyAudit(vault, TABLE, org, over(file))).toMatchObject({ ok: true, rows: 14, checkpoint: { sequence: 14 } });
  });

  it('I05 that are moved or turned off leave a row in the audit, which itself cannot be turned off', async () => {
    const told = async () => (await vault.query<{ action: string; details: string }>(`SELECT action, details FROM vault.audit WHERE actor_id = 'configuration' ORDER BY sequence`)).map(({ action, details }) => [action, (JSON.parse(details) as { now: string }).now.split(' ')[0]]);
    for (const place of [{ file: '/one', key }, { file: '/one', key }, { file: '/two', key }, undefined, undefined]) await tellCheckpoints(vault, TABLE, place);
    expect(await told()).toEqual([['audit.checkpoint_changed', '/one'], ['audit.checkpoint_changed', '/two'], ['audit.checkpoint_off', 'off']]);
    await tellCheckpoints(vault, TABLE, { file: '/two', key });
    await tellCheckpoints(vault, TABLE, { file: '/two', key: generateKeyPairSync('ed25519').privateKey });
    const [newest] = await vault.query<{ details: string }>(`SELECT details FROM vault.audit WHERE actor_id = 'configuration' ORDER BY sequence DESC LIMIT 1`);
    const { before, now } = JSON.parse(newest!.details) as Record<string, string>;
    expect([before, now]).toEqual([expect.stringMatching(/^\/two ([0-9a-f]{4}-){7}[0-9a-f]{4}$/), expect.stringMatching(/^\/two ([0-9a-f]{4}-){7}[0-9a-f]{4}$/)]);
    expect(now).not.toBe(before);
  });

  it.each([undefined, '', 'sk-canary', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()])('refuse to start without a key that signs', (pem) => {
    expect(() => checkpointKey(pem)).toThrow('BYOK_AUDIT_CHECKPOINT_KEY');
    expect(() => checkpointKey(pem)).not.toThrow('canary');
  });
});
