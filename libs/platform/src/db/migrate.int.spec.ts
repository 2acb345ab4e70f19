import { testDatabase, type TestDatabase } from '@byok/testing';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from './migrate.js';

let test: TestDatabase;
let owner: pg.Client;
let folder: string;

beforeAll(async () => {
  test = await testDatabase();
  owner = new pg.Client({ connectionString: test.ownerUrl });
  await owner.connect();
  folder = mkdtempSync(join(tmpdir(), 'byok-migrations-'));
});
afterAll(async () => {
  await owner?.end();
  await test?.close();
  rmSync(folder, { recursive: true, force: true });
});

const known = globSync('{apps,libs}/*/migrations');
const run = () => migrate({ url: test.ownerUrl, folders: [...known, folder] });
const write = (name: string, sql: string) => writeFileSync(join(folder, `${name}.sql`), `-- Up Migration\n${sql}\n`);
const tableThere = async (name: string) => (await owner.query<{ is_there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is_there', [name])).rows[0]!.is_there;

it('H06 run by five at once, applies each migration once, and all five go on', async () => {
  write('29990101000000_once', 'CREATE TABLE public.once (id int); SELECT pg_sleep(0.5);');
  await Promise.all(Array.from({ length: 5 }, run));
  expect(await tableThere('public.once')).toBe(true);
  const rows = await owner.query(`SELECT name FROM public.schema_migration WHERE name = '29990101000000_once'`);
  expect(rows.rowCount).toBe(1);
});

it('H08 killed half way, leaves nothing behind and can be run again', async () => {
  write('29990102000000_half', 'CREATE TABLE public.half (id int); SELECT pg_sleep(30);');
  const running = run().then(() => 'done', () => 'killed');
  for (let ended = 0; ended === 0; ) ended = (await owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%public.half%' AND pid <> pg_backend_pid() AND state = 'active'`)).rowCount ?? 0;
  expect(await running).toBe('killed');
  expect(await tableThere('public.half')).toBe(false);
  write('29990102000000_half', 'CREATE TABLE public.half (id int);');
  await run();
  expect(await tableThere('public.half')).toBe(true);
});
