import { testDatabase, type TestDatabase } from '@byok/testing';
import { appendAudit, listAudit, EVERY_ORG, openDatabase, verifyAudit, createLog, type Database } from '../index.js';

const TABLE = 'vault.audit';

describe('the audit chain', () => {
  let database: TestDatabase;
  let vault: Database;
  let owner: Database;

  beforeAll(async () => {
    database = await testDatabase();
    const log = createLog('test', 'error');
    vault = await openDatabase({ url: database.url('vault'), applicationName: 'test', log, scope: EVERY_ORG });
    owner = await openDatabase({ url: database.ownerUrl, applicationName: 'test', log });
  });
  afterAll(async () => {
    await vault.close();
    await owner.close();
    await database.close();
  });

  const append = (orgId: string, targetId: string) =>
    vault.transaction((tx) => appendAudit(tx, TABLE, { orgId, action: 'key.create', actorId: 'usr_1', targetId, outcome: 'allowed', details: { label: 'x' } }));
  const tamper = (sql: string) =>
    owner.transaction(async (tx) => {
      await tx.query('ALTER TABLE vault.audit DISABLE TRIGGER ALL');
      await tx.query(sql);
      await tx.query('ALTER TABLE vault.audit ENABLE TRIGGER ALL');
    });

  it('I02 does not fork under 50 parallel writers', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => append('org_parallel', `key_${index}`)));
    expect(await verifyAudit(vault, TABLE, 'org_parallel')).toMatchObject({ ok: true, rows: 50 });
    expect((await listAudit(vault, TABLE, 'org_parallel', undefined, 3)).map((row) => row.sequence)).toEqual([50, 49, 48]);
  });

  it.each([
    ['a changed row', `UPDATE vault.audit SET details = '{}' WHERE org_id = 'ORG' AND sequence = 3`, 3],
    ['a removed row', `DELETE FROM vault.audit WHERE org_id = 'ORG' AND sequence = 3`, 3],
    ['a cut tail', `DELETE FROM vault.audit WHERE org_id = 'ORG' AND sequence >= 5`, 5],
  ])('I01 names the first bad row of %s', async (name, sql, first) => {
    const org = `org_${name.replaceAll(' ', '_')}`;
    for (let index = 0; index < 6; index++) await append(org, `key_${index}`);
    await tamper(sql.replace('ORG', org));
    expect(await verifyAudit(vault, TABLE, org)).toMatchObject({ ok: false, firstBadSequence: first });
  });

  it('I01 refuses UPDATE and DELETE to the service that writes it', async () => {
    await append('org_refused', 'key_1');
    await expect(vault.query(`UPDATE vault.audit SET outcome = 'denied'`)).rejects.toThrow(/permission denied|cannot be changed/);
    await expect(vault.query(`DELETE FROM vault.audit`)).rejects.toThrow(/permission denied|cannot be changed/);
    await expect(owner.query(`DELETE FROM vault.audit`)).rejects.toThrow('cannot be changed');
  });

  it('I03 takes the time from the database, whatever the clock of the service says', async () => {
    const real = globalThis.Date;
    globalThis.Date = class extends real {
      constructor(...given: [] | [number]) {
        super(...((given.length > 0 ? given : [0]) as [number]));
      }
      static override now = () => 0;
    } as DateConstructor;
    await append('org_clock', 'key_1').finally(() => void (globalThis.Date = real));
    const [{ fits } = { fits: false }] = await vault.query<{ fits: boolean }>(`SELECT at BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() AS fits FROM vault.audit WHERE org_id = 'org_clock'`);
    expect(fits).toBe(true);
  });

  it('exists if and only if the change does', async () => {
    const failing = vault.transaction(async (tx) => {
      await appendAudit(tx, TABLE, { orgId: 'org_rolled_back', action: 'key.create', actorId: 'usr_1', targetId: 'key_1', outcome: 'allowed' });
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await verifyAudit(vault, TABLE, 'org_rolled_back')).toMatchObject({ ok: true, rows: 0 });
  });
});
