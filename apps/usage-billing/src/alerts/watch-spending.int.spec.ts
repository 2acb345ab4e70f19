import { newId } from '@byok/kernel';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { createBudget } from '../budgets/create-budget.js';
import { ingestBatch } from '../ingest/ingest-batch.js';
import { bundledPrices, importPrices } from '../prices/import-prices.js';
import { openPriceShelf } from '../prices/load-prices.js';
import { anEvent, NO_METERS } from '../spec/an-event.js';
import { setAlertSettings } from './alert-settings.js';
import { listAlerts } from './read-alerts.js';
import { watchSpending } from './watch-spending.js';

const log = createLog('test', 'fatal');
const prices = openPriceShelf();
const DAY_MS = 86_400_000;
let test: TestDatabase;
let db: Database;
let owner: Database;

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, scope: EVERY_ORG });
  owner = await openDatabase({ url: test.superuserUrl, applicationName: 'test-owner', log });
  await importPrices({ db, log }, await bundledPrices());
});
afterAll(async () => {
  await Promise.all([db.close(), owner.close()]);
  await test.close();
});

let orgs = 0;
const newOrg = () => `org_watch_${++orgs}`;
/** 2.50 USD for every million input tokens of gpt-4o. */
const spend = (orgId: string, startedAt: number, millions: number) =>
  ingestBatch({ db, prices, log }, 'gw', [anEvent({ orgId, startedAt, meters: { ...NO_METERS, inputUncached: millions * 1_000_000, output: 0 } })]);
const watch = (now: number) => Promise.all([1, 2, 3].map(() => watchSpending({ db, clock: { now: () => now } })));
const alertsOf = async (orgId: string) => (await listAlerts({ db }, { orgId })).items.map(({ kind, text }) => [kind, text]);

describe('a budget that will not last', () => {
  const MONTH = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), 1);
  const end = Date.UTC(new Date(MONTH).getUTCFullYear(), new Date(MONTH).getUTCMonth() + 1, 1);
  const at = (part: number) => MONTH + Math.round((end - MONTH) * part);
  const aBudget = (orgId: string, amountUsd: string) =>
    createBudget(
      { db, clock: { now: () => MONTH } },
      {
        ...{ id: newId('budget'), orgId, name: 'Month', scope: 'org', scopeId: orgId, amountUsd, period: 'month', timeZone: 'UTC', isHard: false, isShadow: false },
        ...{ includesOwnKeys: true, thresholds: [], createdBy: 'usr_1' },
      },
    );

  it('is told of once a window, at its pace and not before a fifth of the window', async () => {
    const [orgId, fine] = [newOrg(), newOrg()];
    await aBudget(orgId, '8');
    await aBudget(fine, '11');
    for (const org of [orgId, fine]) await spend(org, MONTH + 1, 1);
    await watch(at(0.1));
    expect(await alertsOf(orgId)).toEqual([]);
    await watch(at(0.25));
    await watch(at(0.26));
    expect(await alertsOf(orgId)).toEqual([['budget_forecast', 'Budget “Month” will not last: USD 2.50 of 8.00 (this month), and at this pace USD 10.00 by the end.']]);
    expect(await alertsOf(fine)).toEqual([]);
  });
});

describe('a day of unusual spending', () => {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const weeks = async (orgId: string, millions: readonly number[]) => {
    for (const [index, amount] of millions.entries()) await spend(orgId, today - (index + 1) * 7 * DAY_MS + 1, amount);
  };

  it('is told of once, against the median of the same weekday, which one odd week does not move', async () => {
    const [orgId, usual] = [newOrg(), newOrg()];
    for (const org of [orgId, usual]) {
      await weeks(org, [1, 1, 9, 2]);
      await spend(org, today - DAY_MS, 9);
    }
    await spend(orgId, Date.now(), 3.1);
    await spend(usual, Date.now(), 2.9);
    await watch(Date.now());
    expect(await alertsOf(orgId)).toEqual([['spending_spike', 'Spending today is unusual: USD 7.75, against a median of USD 2.50 on the same weekday.']]);
    expect(await alertsOf(usual)).toEqual([]);
  });

  it('is not seen where there is too little to compare with', async () => {
    const orgId = newOrg();
    await weeks(orgId, [1, 1]);
    await spend(orgId, Date.now(), 9);
    await watch(Date.now());
    expect(await alertsOf(orgId)).toEqual([]);
  });
});

describe('a low balance', () => {
  // As the owner of the tables: how credits come in is tested elsewhere.
  const setBalance = (orgId: string, nano: number) =>
    owner.query(`INSERT INTO billing.account (org_id, kind, posted_nano_usd) VALUES ($1, 'wallet', $2) ON CONFLICT (org_id, kind) DO UPDATE SET posted_nano_usd = $2`, [orgId, nano]);

  it('is told of each time the credits fall below what the org said, and to nobody who said nothing', async () => {
    const [orgId, silent] = [newOrg(), newOrg()];
    await setAlertSettings({ db }, { orgId, mailTo: [], lowBalanceUsd: '5' });
    for (const org of [orgId, silent]) await setBalance(org, 5_000_000_000);
    await watch(Date.now());
    expect(await alertsOf(orgId)).toEqual([]);
    for (const org of [orgId, silent]) await setBalance(org, 4_999_999_999);
    await watch(Date.now());
    await watch(Date.now());
    expect(await alertsOf(orgId)).toEqual([['low_balance', 'Credits are running low: USD 4.999999999 left, below your limit of 5.00.']]);
    await setBalance(orgId, 9_000_000_000);
    await watch(Date.now());
    await setBalance(orgId, 1_000_000_000);
    await watch(Date.now() + 1);
    expect(await alertsOf(orgId)).toHaveLength(2);
    expect(await alertsOf(silent)).toEqual([]);
  });
});
