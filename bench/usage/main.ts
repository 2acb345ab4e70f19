/**
 * How long GET /api/usage takes over a year of ten million events, with the function that usage-billing runs on a real PostgreSQL that
 * holds what those events leave behind; and how many events a second are added with their sums. Not in it: HTTP and gRPC.
 * `node --conditions=@byok/source --import @swc-node/register/esm-register bench/usage/main.ts`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { UsageDimension } from '@byok/contracts';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import { ingestBatch } from '../../apps/usage-billing/src/ingest/ingest-batch.js';
import { bundledPrices, importPrices } from '../../apps/usage-billing/src/prices/import-prices.js';
import { openPriceShelf } from '../../apps/usage-billing/src/prices/load-prices.js';
import { getUsage } from '../../apps/usage-billing/src/reports/get-usage.js';
import { anEvent } from '../../apps/usage-billing/src/spec/an-event.js';
import { median } from '../median.js';
import { number, table } from '../report/table.js';
import { fillYear, YEAR } from './fill-year.js';

const ASK_MS = 200;
const RUNS = 7;
const [ORG, END] = ['org_bench', '2026-11-21T00:00:00Z'];
/** A year up to now: the last day is not whole, and its hours and minutes come from finer sums and from the events. */
const PERIOD = { from: '2025-11-21T00:00:00Z', to: '2026-11-21T16:40:20Z' };

const QUESTIONS: readonly (readonly [string, { groupBy: UsageDimension[]; filters?: Record<string, string>; from?: string }])[] = [
  ['everything', { groupBy: [] }],
  ['by month', { groupBy: ['month'] }],
  ['by day and provider', { groupBy: ['day', 'provider'] }],
  ['by model', { groupBy: ['model'] }],
  ['one model, by week', { groupBy: ['week'], filters: { model: 'model_7' } }],
  ['by key', { groupBy: ['key'] }],
  ['one key, by day', { groupBy: ['day'], filters: { key: 'key_7' } }],
  ['by group', { groupBy: ['group'] }],
  ['by user', { groupBy: ['user'] }],
  ['one user, by day', { groupBy: ['day'], filters: { user: 'usr_7' } }],
  ['by tag', { groupBy: ['tag:project'] }],
  ['by tag and group, by month', { groupBy: ['month', 'tag:project', 'group'] }],
  ['by hour, a month of it', { groupBy: ['hour'], from: '2026-10-21T00:00:00Z' }],
];

const server = fork(join(import.meta.dirname, '../../tools/jest/database-server.ts'), [], { execArgv: ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register'] });
await once(server, 'message');
const test = await testDatabase();
const log = createLog('bench', 'fatal');
const [owner, db] = [await openDatabase({ url: test.ownerUrl, applicationName: 'fill', log, statementTimeoutMs: 600_000 }), await openDatabase({ url: test.url('billing'), applicationName: 'bench', log, scope: EVERY_ORG })];
try {
  await measureReports();
  await measureIngest(db);
} finally {
  await Promise.all([owner.close(), db.close()]);
  await test.close();
  server.disconnect();
}

async function measureReports(): Promise<void> {
  await fillYear(owner, ORG, END);
  const rows: string[][] = [];
  for (const [name, question] of QUESTIONS) {
    const times: number[] = [];
    let [source, lines] = ['', 0];
    for (let run = 0; run < RUNS; run++) {
      const began = performance.now();
      const report = await getUsage({ db }, { orgId: ORG, ...PERIOD, filters: {}, ...question, after: '', limit: 0 });
      times.push(performance.now() - began);
      [source, lines] = [report.source, report.items.length];
    }
    rows.push([name, source, String(lines), number(median(times), 1), number(Math.max(...times), 1), median(times) < ASK_MS ? 'yes' : 'no']);
  }
  console.log(`A year of ${number(YEAR.events)} events; milliseconds of ${RUNS} runs.\n\n${table(['question', 'from', 'lines', 'median', 'slowest', `< ${ASK_MS}`], rows)}\n`);
}

async function measureIngest(database: Database): Promise<void> {
  await importPrices({ db: database, log }, await bundledPrices());
  const [batches, size, prices] = [40, 500, openPriceShelf()];
  const users = Array.from({ length: 200 }, (_, index) => `usr_${index}`);
  const made = Array.from({ length: batches }, () => Array.from({ length: size }, (_, index) => anEvent({ orgId: 'org_ingest', userId: users[index % users.length]!, tags: { project: `p${index % 20}` } })));
  const began = performance.now();
  await Promise.all(Array.from({ length: 4 }, async (_, worker) => {
    for (let index = worker; index < batches; index += 4) await ingestBatch({ db: database, log, prices }, 'gw', made[index]!);
  }));
  const seconds = (performance.now() - began) / 1_000;
  console.log(`${number((batches * size) / seconds)} events a second added with all their sums, by four workers in batches of ${size}.`);
}
