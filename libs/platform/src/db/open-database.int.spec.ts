import { AppError } from '@byok/kernel';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { globSync, readFileSync } from 'node:fs';
import { createLog } from '../log/create-log.js';
import { openDatabase, type Database } from './open-database.js';

const log = createLog('test', 'fatal');
let test: TestDatabase;
let owner: Database;

beforeAll(async () => {
  test = await testDatabase();
  owner = await openDatabase({ url: test.ownerUrl, applicationName: 'owner', log });
  await owner.query('CREATE TABLE public.counter (id int PRIMARY KEY, value int NOT NULL)');
  await owner.query('INSERT INTO public.counter SELECT n, 0 FROM generate_series(1, 2) AS n');
});
afterAll(async () => {
  await owner?.close();
  await test?.close();
});

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const small = (options: { poolSize: number; statementTimeoutMs?: number }) => openDatabase({ url: test.ownerUrl, applicationName: 'small', log, ...options });

describe('a pool of two connections', () => {
  it('H04 is idle again after 200 parallel transactions that fail at every step there is', async () => {
    const db = await small({ poolSize: 2 });
    const steps = [
      () => db.transaction(async () => Promise.reject(new Error('before'))),
      () => db.transaction(async (tx) => tx.query('SELECT wrong FROM nowhere')),
      () => db.transaction(async (tx) => tx.query('SELECT 1').then(() => Promise.reject(new Error('after')))),
      () => db.transaction(async (tx) => tx.query('UPDATE public.counter SET value = value + 1 WHERE id = 1')),
      () => db.query('SELECT 1/0'),
    ];
    const results = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => steps[index % steps.length]!()));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(40);
    expect(await owner.query('SELECT value FROM public.counter WHERE id = 1')).toEqual([{ value: 40 }]);
    expect(await owner.query(`SELECT DISTINCT state FROM pg_stat_activity WHERE application_name = 'small'`)).toEqual([{ state: 'idle' }]);
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await db.close();
  });

  it('H03 does not let a slow database hold up whoever asks: a statement is cancelled, a queue for connections ends, both as 503', async () => {
    const db = await small({ poolSize: 2, statementTimeoutMs: 6_500 });
    const slow = [db.query('SELECT pg_sleep(30)').catch(codeOf), db.query('SELECT pg_sleep(30)').catch(codeOf)];
    const waiting = Array.from({ length: 20 }, () => db.query('SELECT 1').catch(codeOf));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['service_unavailable']));
    expect(await Promise.all(slow)).toEqual(['service_unavailable', 'service_unavailable']);
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await db.close();
  });
});

it.each(['between two statements of a transaction', 'in the middle of a statement'])('H02 tells of a connection that is lost %s as 503, whatever its library calls that, and goes on with another', async (when) => {
  const db = await small({ poolSize: 1 });
  const pidOf = async (from: Pick<Database, 'query'>) => (await from.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]!.pid;
  const end = (pid: number) => owner.query('SELECT pg_terminate_backend($1)', [pid]);
  const lost = db.transaction(async (tx) => {
    const pid = await pidOf(tx);
    if (when === 'in the middle of a statement') setTimeout(() => void end(pid), 100);
    else {
      await end(pid);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await tx.query('SELECT pg_sleep(5)');
  });
  expect(await lost.catch(codeOf)).toBe('service_unavailable');
  expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await db.close();
});

it('H09 tries transactions again that the database took apart because they waited for each other', async () => {
  const arrived: (() => void)[] = [];
  const both = new Promise<void>((resolve) => arrived.push(resolve));
  let waiting = 0;
  let tries = 0;
  const swap = (first: number, second: number) =>
    owner.transaction(async (tx) => {
      tries += 1;
      await tx.query('UPDATE public.counter SET value = value + 1 WHERE id = $1', [first]);
      if (++waiting === 2) arrived[0]!();
      await both;
      await tx.query('UPDATE public.counter SET value = value + 1 WHERE id = $1', [second]);
    });
  await owner.query('UPDATE public.counter SET value = 0');
  await Promise.all([swap(1, 2), swap(2, 1)]);
  expect(await owner.query('SELECT value FROM public.counter ORDER BY id')).toEqual([{ value: 2 }, { value: 2 }]);
  // On a slow machine both may find out at once that they wait for each other, and once more. Each has three tries.
  expect([3, 4, 5, 6]).toContain(tries);
});

it('H09 gives up after three tries, and tries nothing again that would fail the same way', async () => {
  let tries = 0;
  const failing = (code: string) => owner.transaction(() => Promise.reject(Object.assign(new Error('no'), { code: (tries++, code) })));
  await expect(failing('40001')).rejects.toThrow('no');
  expect(tries).toBe(3);
  await expect(failing('23505')).rejects.toThrow('no');
  expect(tries).toBe(4);
});

it('H05 nothing ever changes a schema but a migration: no source turns synchronisation on', () => {
  expect(owner.dataSource.options.synchronize).toBe(false);
  const sources = globSync('{apps,libs}/*/src/**/*.ts').filter((file) => !file.endsWith('.spec.ts'));
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.filter((file) => /synchronize:\s*true|dropSchema|\.synchronize\(/.test(readFileSync(file, 'utf8')))).toEqual([]);
});

it('A09 an id that is missing finds nothing and changes nothing: there is no repository, whose find would take it for "any"', async () => {
  await owner.query('UPDATE public.counter SET value = 7');
  for (const missing of [undefined, null]) {
    expect(await owner.query('SELECT id FROM public.counter WHERE id = $1', [missing])).toEqual([]);
    expect(await owner.query('UPDATE public.counter SET value = 0 WHERE id = $1 RETURNING id', [missing])).toEqual([]);
    expect(await owner.query('DELETE FROM public.counter WHERE id = $1 RETURNING id', [missing])).toEqual([]);
  }
  expect(await owner.query('SELECT DISTINCT value FROM public.counter')).toEqual([{ value: 7 }]);
  const sources = globSync('{apps,libs}/*/src/**/*.ts').filter((file) => !file.endsWith('.spec.ts'));
  expect(sources.filter((file) => /getRepository|\.findOne(By)?\(|createQueryBuilder|@Entity\(/.test(readFileSync(file, 'utf8')))).toEqual([]);
});

it('A12 nothing is searched for with a pattern: no statement asks with LIKE or a regular expression of somebody else', () => {
  const sources = globSync('{apps,libs}/*/src/**/*.ts').filter((file) => !file.endsWith('.spec.ts'));
  expect(sources.filter((file) => /\bI?LIKE \$|SIMILAR TO| !?~\*? \$\d/.test(readFileSync(file, 'utf8')))).toEqual([]);
});
