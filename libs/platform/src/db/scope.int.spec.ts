import { testDatabase, type TestDatabase } from '@byok/testing';
import type { Socket } from 'node:net';
import pg from 'pg';
import { createLog } from '../log/create-log.js';
import { openDatabase, type Database } from './open-database.js';
import { EVERY_ORG, narrowScope, withinScope } from './scope.js';

const log = createLog('test', 'fatal');
const [A, B] = [`org_${'a'.repeat(32)}`, `org_${'b'.repeat(32)}`];
const SCHEMAS = { identity: ['admin', 'gateway', 'vault'], gateway: ['gateway'], vault: ['vault'], billing: ['billing'] } as const;
const MINE = 'SELECT id FROM identity.org ORDER BY id';

let test: TestDatabase;
let owner: Database;
let db: Database;

beforeAll(async () => {
  test = await testDatabase();
  owner = await openDatabase({ url: test.ownerUrl, applicationName: 'owner', log });
  for (const org of [A, B]) {
    await owner.query(`INSERT INTO identity.org (id, name, tier) VALUES ($1, 'x', 'trial')`, [org]);
    await owner.query(`INSERT INTO identity.app_user (id, org_id, email, name, role) VALUES ($1, $2, $3, 'X', 'member')`, [org.replace('org', 'usr'), org, `${org}@example.com`]);
    await owner.query(`INSERT INTO gateway.upstream_state (org_id, holder, handle, key_id) VALUES ($1, 'x', $2, 'key_1')`, [org, 'h'.repeat(43)]);
    await owner.query(`INSERT INTO vault.audit_head (org_id, sequence, hash) VALUES ($1, 1, '')`, [org]);
    await owner.query(`INSERT INTO billing.chargeback (org_id, rules, updated_by) VALUES ($1, '{}', 'usr_1')`, [org]);
  }
  db = await openDatabase({ url: test.url('admin'), applicationName: 'admin', log, poolSize: 1 });
});
afterAll(async () => {
  await Promise.all([db?.close(), owner?.close()]);
  await test?.close();
});

const tenantTables = (schema: string) =>
  owner.query<{ name: string; isHeld: boolean }>(
    `SELECT c.oid::regclass::text AS name, c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS "isHeld"
       FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid <> 'billing.price'::regclass
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped) ORDER BY 1`,
    [schema],
  );

describe.each(Object.entries(SCHEMAS))('the schema %s', (schema, roles) => {
  it('A11 has a policy on every table with an org_id; a migration that adds one adds: ENABLE ROW LEVEL SECURITY; CREATE POLICY of_org …, as in *_rls.sql', async () => {
    const tables = await tenantTables(schema);
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.filter((table) => !table.isHeld).map((table) => table.name)).toEqual([]);
  });

  it.each(roles)('A11 shows raw SQL as byok_%s nothing without a scope, an org its own rows, and everything when that is asked for by name', async (role) => {
    const client = new pg.Client({ connectionString: test.url(role) });
    await client.connect();
    const [readable] = [(await tenantTables(schema)).map((table) => table.name)];
    const orgsIn = async (table: string): Promise<string[]> => (await client.query<{ org_id: string }>(`SELECT DISTINCT org_id FROM ${table} WHERE org_id LIKE 'org_%' ORDER BY 1`)).rows.map((row) => row.org_id);
    const seen = { nothing: 0, one: 0, all: 0 };
    for (const table of readable) {
      if (!(await client.query<{ may: boolean }>(`SELECT has_column_privilege($1::regclass, 'org_id', 'SELECT') AS may`, [table])).rows[0]!.may) continue;
      expect([table, await orgsIn(table)]).toEqual([table, []]);
      await client.query(`BEGIN; SET LOCAL byok.org_id TO '${A}'`);
      expect([table, (await orgsIn(table)).filter((org) => org !== A)]).toEqual([table, []]);
      seen.one += (await orgsIn(table)).length;
      await client.query(`SET LOCAL byok.org_id TO '*'`);
      seen.all += (await orgsIn(table)).length;
      await client.query('COMMIT');
      seen.nothing += (await orgsIn(table)).length;
    }
    await client.end();
    expect([seen.nothing, seen.all]).toEqual([0, seen.one * 2]);
    expect(seen.one).toBeGreaterThan(0);
  });
});

it('A11 keeps two alternating tenants apart over 1,000 turns each on a pool of one connection, in statements and in transactions', async () => {
  const mine = (org: string, turn: number) =>
    turn % 2 === 0 ? db.forOrg(org).query<{ id: string }>(MINE) : db.forOrg(org).transaction((tx) => tx.query<{ id: string }>(MINE));
  const turns = await Promise.all(Array.from({ length: 2_000 }, (_, turn) => mine(turn % 4 < 2 ? A : B, turn).then((rows) => [turn % 4 < 2 ? A : B, ...rows.map((row) => row.id)])));
  expect(turns.filter(([asked, ...got]) => got.length !== 1 || got[0] !== asked)).toEqual([]);
  expect(await db.query(MINE)).toEqual([]);
});

it('A11 leaves no scope behind on the connection, also when the work failed, and takes none from outside of a transaction', async () => {
  await expect(db.forOrg(A).query('SELECT 1/0')).rejects.toThrow('division by zero');
  await expect(db.forOrg(A).transaction((tx) => tx.query('SELECT wrong FROM nowhere'))).rejects.toThrow('nowhere');
  expect(await db.query(MINE)).toEqual([]);
  expect(await db.acrossOrgs().query(MINE)).toEqual([{ id: A }, { id: B }]);
  expect(await db.query(MINE)).toEqual([]);
});

it('A11 refuses to write a row of another org, and finds none of them to change', async () => {
  const mine = db.forOrg(A);
  await expect(mine.query(`INSERT INTO identity.app_user (id, org_id, email, name, role) VALUES ($1, $2, 'm@example.com', 'M', 'owner')`, [`usr_${'c'.repeat(32)}`, B])).rejects.toThrow('row-level security');
  await expect(mine.query(`UPDATE identity.app_user SET org_id = $1`, [B])).rejects.toThrow('row-level security');
  expect(await mine.query(`UPDATE identity.app_user SET name = 'Taken' RETURNING org_id`)).toEqual([{ org_id: A }]);
  expect(await mine.query(`UPDATE identity.app_user SET name = 'Taken' WHERE org_id = $1 RETURNING id`, [B])).toEqual([]);
  await expect(db.query(`INSERT INTO identity.org (id, name, tier) VALUES ($1, 'x', 'trial')`, [`org_${'c'.repeat(32)}`])).rejects.toThrow('row-level security');
});

it('A11 gives all statements of a piece of work its scope, and the work beside it its own', async () => {
  const work = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return [await db.query(MINE), await db.transaction((tx) => tx.query(MINE))];
  };
  expect(await Promise.all([withinScope(A, work), withinScope(B, work), work()])).toEqual([[[{ id: A }], [{ id: A }]], [[{ id: B }], [{ id: B }]], [[], []]]);
  expect(await withinScope(EVERY_ORG, () => db.forOrg(B).query(MINE))).toEqual([{ id: B }]);
});

it('A11 narrows work that finds out whose it is, and leaves a transaction its own isolation', async () => {
  const work = async () => {
    const before = await db.query(MINE);
    narrowScope(A);
    return [before, await db.query(MINE), await db.acrossOrgs().query(MINE)];
  };
  expect(await withinScope(EVERY_ORG, work)).toEqual([[{ id: A }, { id: B }], [{ id: A }], [{ id: A }, { id: B }]]);
  const isolated = db.forOrg(A).transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    return tx.query<{ transaction_isolation: string }>('SHOW transaction_isolation');
  });
  expect(await isolated).toEqual([{ transaction_isolation: 'repeatable read' }]);
});

it('A11 costs a statement no round trip: what sets the scope, and what ends it, goes out with it', async () => {
  const runner = db.dataSource.createQueryRunner();
  const { stream } = ((await runner.connect()) as { connection: { stream: Socket } }).connection;
  await runner.release();
  const write = stream.write.bind(stream) as (...sent: unknown[]) => boolean;
  let sent = '';
  let sentBeforeAnswer = '';
  stream.once('data', () => (sentBeforeAnswer = sent));
  stream.write = ((data: Buffer, ...rest: unknown[]) => ((sent += data.toString('latin1')), write(data, ...rest))) as typeof stream.write;
  expect(await db.forOrg(A).query(MINE)).toEqual([{ id: A }]);
  stream.write = write as typeof stream.write;
  for (const part of ['BEGIN; SET LOCAL', 'identity.org', 'COMMIT']) expect(sentBeforeAnswer).toContain(part);
});

it.each(['a statement', 'a transaction'])('H02 tells of a connection that is lost under %s in a scope as 503, and goes on with another', async (what) => {
  const superuser = await openDatabase({ url: test.superuserUrl, applicationName: 'superuser', log });
  const mine = db.forOrg(A);
  const slow = 'SELECT pg_sleep(20) /* lost */';
  const lost = (what === 'a statement' ? mine.query(slow) : mine.transaction((tx) => tx.query(slow))).catch((error: { code?: string }) => error.code);
  for (let ended = 0; ended === 0; ) ended = (await superuser.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'admin' AND state = 'active' AND query LIKE '%lost%'`)).length;
  await superuser.close();
  expect(await lost).toBe('service_unavailable');
  expect(await mine.query(MINE)).toEqual([{ id: A }]);
});

it('A11 takes an id for a scope and nothing else', () => {
  for (const scope of ["x'; SET byok.org_id TO '*", '', 'a b', EVERY_ORG]) expect(() => db.forOrg(scope)).toThrow();
});
