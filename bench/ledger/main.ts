/**
 * `npm run bench:ledger`: how many calls a second can be reserved and settled on ONE wallet, with the functions that usage-billing
 * runs and a PostgreSQL whose commits are durable. Callers wait for their hold; events are settled in batches of a queue's size,
 * by as many workers as usage-billing has. Not in it: gRPC, the queue itself, the gateway. Options: --seconds=8 --in-flight=500 --budgets=0
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { newId } from '@byok/kernel';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { openTakeHold } from '../../apps/usage-billing/src/charge/take-hold.js';
import { grantCredits } from '../../apps/usage-billing/src/credits/grant-credits.js';
import { ingestBatch } from '../../apps/usage-billing/src/ingest/ingest-batch.js';
import { bundledPrices, importPrices } from '../../apps/usage-billing/src/prices/import-prices.js';
import { openPriceShelf } from '../../apps/usage-billing/src/prices/load-prices.js';
import { aHold, theEvent } from '../../apps/usage-billing/src/spec/billing-world.js';
import { insertBudget } from '../../apps/usage-billing/src/store/budgets.store.js';
import { ownDatabase } from './own-database.js';

const ASK_PER_SECOND = 5_000;
const BATCH = 500;
const WORKERS = 4;
const WARM_UP_MS = 2_000;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' }, 'in-flight': { type: 'string', default: '500' }, budgets: { type: 'string', default: '0' } } });
const plan = { seconds: Number(values.seconds), inFlight: Number(values['in-flight']), budgets: Number(values.budgets) };

const log = createLog('bench', 'fatal');
const server = await ownDatabase();
const db = await openDatabase({ url: server.url('billing'), applicationName: 'bench', log, scope: EVERY_ORG });
try {
  await bench(db);
} finally {
  await db.close();
  await server.stop();
}

async function bench(db: Database): Promise<void> {
  const orgId = await anOrg(db);
  const prices = openPriceShelf();
  const takeHold = openTakeHold({ db, prices, leaseMs: 120_000, defaultMaxOutput: 4096 });
  const finished: ReturnType<typeof theEvent>[] = [];
  // Ids are a gateway's work, not what is measured.
  const wish = aHold(orgId);
  const outcome = theEvent(wish, 1_000);
  let made = 0;
  const latencies: number[] = [];
  const count = { held: 0, settled: 0 };
  let [isOver, isDone] = [false, false];

  const caller = async (): Promise<void> => {
    while (!isOver) {
      const number = (++made).toString(16).padStart(32, '0');
      const ids = { eventId: `evt_${number}`, requestId: `req_${number}` };
      const began = performance.now();
      await takeHold({ ...wish, ...ids });
      latencies.push(performance.now() - began);
      count.held++;
      finished.push({ ...outcome, ...ids });
      // No more calls than can be settled: what is measured is both.
      while (finished.length > 4 * BATCH && !isOver) await pause(1);
    }
  };
  const worker = async (): Promise<void> => {
    while (!isDone || finished.length > 0) {
      const batch = finished.splice(0, BATCH);
      if (batch.length === 0) {
        await pause(1);
        continue;
      }
      const { added } = await ingestBatch({ db, log, prices }, 'bench', batch);
      count.settled += added;
    }
  };
  const callers = Array.from({ length: plan.inFlight }, caller);
  const workers = Array.from({ length: WORKERS }, worker);
  await pause(WARM_UP_MS);
  const [from, settledBefore, cpuBefore] = [performance.now(), count.settled, { own: process.cpuUsage(), server: server.cpuMicroseconds() }];
  latencies.length = 0;
  await pause(plan.seconds * 1_000);
  const settled = count.settled - settledBefore;
  const perSecond = Math.round((settled / (performance.now() - from)) * 1_000);
  const own = process.cpuUsage(cpuBefore.own);
  const cpu = { own: Math.round((own.user + own.system) / settled), server: Math.round((server.cpuMicroseconds() - cpuBefore.server) / settled) };
  const sorted = [...latencies].sort((one, other) => one - other);
  isOver = true;
  await Promise.all(callers);
  isDone = true;
  await Promise.all(workers);
  console.log(`CPU per call: ${cpu.own} µs of Node, ${cpu.server} µs of PostgreSQL; load of the machine ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`);
  await report(db, orgId, perSecond, sorted, count);
}

async function anOrg(db: Database): Promise<string> {
  const owner = await openDatabase({ url: server.url('owner'), applicationName: 'bench-owner', log });
  const orgId = newId('org');
  await owner.query(`INSERT INTO identity.org (id, name, tier) VALUES ($1, 'bench', 'starter')`, [orgId]);
  await owner.close();
  await importPrices({ db, log }, await bundledPrices());
  await grantCredits({ db }, { orgId, amountUsd: '100000000.00', kind: 'paid', idempotencyKey: 'bench', createdBy: 'usr_bench' });
  const scopes = [['org', orgId], ['group', 'grp_1'], ['user', 'usr_1'], ['token', 'tok_1']] as const;
  for (const [scope, scopeId] of scopes.slice(0, plan.budgets)) {
    const rest = { period: 'month', timeZone: 'UTC', isHard: true, isShadow: false, includesOwnKeys: false, thresholds: [], status: 'active', createdBy: 'usr_bench' } as const;
    await insertBudget(db, { id: newId('budget'), orgId, name: scope, scope, scopeId, amountNanoUsd: 10n ** 17n, ...rest, thresholds: [] });
  }
  return orgId;
}

async function report(db: Database, orgId: string, perSecond: number, latencies: readonly number[], count: { held: number; settled: number }): Promise<void> {
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(1);
  const [books] = await db.query<{ sum: string; held: string; spent: string; charges: string }>(
    `SELECT (SELECT COALESCE(sum(amount_nano_usd), 0) FROM billing.posting) AS sum, held_nano_usd AS held, 100000000000000000 - posted_nano_usd AS spent,
            (SELECT sum(base_nano_usd + markup_nano_usd - overrun_nano_usd) FROM billing.charge WHERE org_id = $1) AS charges
     FROM billing.account WHERE org_id = $1 AND kind = 'wallet'`,
    [orgId],
  );
  const isRight = books!.sum === '0' && books!.held === '0' && books!.spent === books!.charges && count.held === count.settled;
  console.log(`One wallet, ${plan.inFlight} calls in flight, ${plan.budgets} hard budgets: ${perSecond} hold+settle/s (ask ${ASK_PER_SECOND}: ${perSecond >= ASK_PER_SECOND ? 'holds' : 'DOES NOT HOLD'})`);
  console.log(`hold latency p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  console.log(isRight ? `books: ${count.settled} calls, postings sum to zero, nothing reserved, wallet = charges` : `BOOKS ARE WRONG: ${JSON.stringify({ ...books, ...count })}`);
  if (!isRight) process.exitCode = 1;
}
