import type { UsageEvent } from '@byok/contracts';
import { newId } from '@byok/kernel';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { ingestBatch } from '../ingest/ingest-batch.js';
import { bundledPrices, importPrices } from '../prices/import-prices.js';
import { openPriceShelf } from '../prices/load-prices.js';
import { anEvent } from '../spec/an-event.js';
import { acknowledgeAlert, listAlerts } from '../alerts/read-alerts.js';
import { createBudget } from './create-budget.js';
import { deleteBudget } from './delete-budget.js';
import { getBudget, listBudgets } from './read-budgets.js';
import { updateBudget } from './update-budget.js';

const log = createLog('test', 'fatal');
const prices = openPriceShelf();
let test: TestDatabase;
let db: Database;
let now = Date.now();
const clock = { now: () => now };

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, poolSize: 30, scope: EVERY_ORG });
  await importPrices({ db, log }, await bundledPrices());
});
beforeEach(() => {
  now = Date.now();
});
afterAll(async () => {
  await db.close();
  await test.close();
});

let orgs = 0;
const newOrg = () => `org_budgets_${++orgs}`;
/** An event of anEvent() costs 0.0035 USD at list price. */
const ingest = (...events: UsageEvent[]) => ingestBatch({ db, prices, log }, 'gw', events);

const aBudget = (orgId: string, change: object = {}) =>
  createBudget(
    { db, clock },
    {
      ...{ id: newId('budget'), orgId, name: 'Test', scope: 'org', scopeId: orgId, amountUsd: '0.035', period: 'month', timeZone: 'UTC' },
      ...{ isHard: false, isShadow: false, includesOwnKeys: true, thresholds: [50, 80, 100], createdBy: 'usr_1', mailTo: '', ...change },
    },
  );
const spent = async (orgId: string, budgetId: string) => (await getBudget({ db, clock }, { orgId, budgetId })).spentUsd;
const alertsOf = async (orgId: string) => (await listAlerts({ db }, { orgId })).items;
const thresholdsOf = async (orgId: string) =>
  (await alertsOf(orgId))
    .filter((alert) => alert.kind === 'budget_threshold')
    .map((alert) => (JSON.parse(alert.factsJson) as { percent: number }).percent)
    .sort((one, other) => one - other);

describe('a soft budget', () => {
  it('counts an event once, however often it comes, and only what it is about', async () => {
    const orgId = newOrg();
    const [all, ofAnn, ofBob, platformOnly, ofTag] = [
      await aBudget(orgId),
      await aBudget(orgId, { scope: 'user', scopeId: 'usr_ann' }),
      await aBudget(orgId, { scope: 'user', scopeId: 'usr_bob' }),
      await aBudget(orgId, { includesOwnKeys: false }),
      await aBudget(orgId, { scope: 'tag', scopeId: 'project=apollo' }),
    ];
    const event = anEvent({ orgId, userId: 'usr_ann', tags: { project: 'apollo' } });
    await ingest(event, event);
    await Promise.all([ingest(event), ingest(event)]);
    await ingest(anEvent({ orgId, userId: 'usr_bob' }));
    expect(await Promise.all([all, ofAnn, ofBob, platformOnly, ofTag].map(({ id }) => spent(orgId, id)))).toEqual(['0.007', '0.0035', '0.0035', '0.00', '0.0035']);
  });

  it('never counts what another org spends, and is not seen, changed or deleted by it', async () => {
    const [mine, theirs] = [newOrg(), newOrg()];
    const { id } = await aBudget(mine);
    await ingest(anEvent({ orgId: theirs }));
    expect(await spent(mine, id)).toBe('0.00');
    const foreign = { orgId: theirs, budgetId: id };
    for (const verb of [getBudget, updateBudget, deleteBudget]) await expect(verb({ db, clock }, { ...foreign, name: 'Mine' })).rejects.toMatchObject({ code: 'not_found' });
    expect((await listBudgets({ db, clock }, { orgId: theirs, isEverything: true })).items).toEqual([]);
    expect(await getBudget({ db, clock }, { orgId: mine, budgetId: id })).toMatchObject({ name: 'Test', status: 'active' });
  });

  it('alerts exactly once per threshold under 50 concurrent ingests, and loses no cent', async () => {
    const orgId = newOrg();
    const { id } = await aBudget(orgId, { amountUsd: '0.175', thresholds: [10, 50, 90, 100, 200] });
    const batches = Array.from({ length: 50 }, () => [anEvent({ orgId })]);
    // Every batch is delivered twice, as a queue may.
    await Promise.all([...batches, ...batches].map((events) => ingest(...events)));
    expect(await spent(orgId, id)).toBe('0.175');
    expect(await thresholdsOf(orgId)).toEqual([10, 50, 90, 100]);
  }, 60_000);

  it('counts in the window in which an attempt began, on its own wall clock', async () => {
    const orgId = newOrg();
    const { id } = await aBudget(orgId, { period: 'day', timeZone: 'America/New_York' });
    // Midnight in New York on the night of 8 March 2026, when the clocks go forward two hours later, and on the night after it.
    const moments = ['2026-03-08T04:59:59Z', '2026-03-08T05:00:00Z', '2026-03-09T03:59:59Z', '2026-03-09T04:00:00Z'].map((text) => Date.parse(text));
    for (const startedAt of moments) await ingest(anEvent({ orgId, startedAt }));
    const rows = await db.query<{ window_start: Date; spent_nano_usd: string }>('SELECT window_start, spent_nano_usd FROM billing.budget_counter WHERE budget_id = $1 ORDER BY 1', [id]);
    expect(rows.map((row) => [row.window_start.toISOString(), row.spent_nano_usd])).toEqual([
      ['2026-03-07T05:00:00.000Z', '3500000'],
      ['2026-03-08T05:00:00.000Z', '7000000'],
      ['2026-03-09T04:00:00.000Z', '3500000'],
    ]);
  });

  it('G16 has nothing to reset: at the turn of a window, late and early events find their own, and each window alerts for itself', async () => {
    const orgId = newOrg();
    const { id } = await aBudget(orgId, { amountUsd: '0.035', thresholds: [100] });
    const newYear = Date.parse('2026-01-01T00:00:00Z');
    const events = Array.from({ length: 20 }, (_, index) => anEvent({ orgId, startedAt: newYear + (index % 2 === 0 ? -1 - index : index) }));
    await Promise.all(events.map((event) => ingest(event)));
    now = newYear - 1;
    expect(await getBudget({ db, clock }, { orgId, budgetId: id })).toMatchObject({ spentUsd: '0.035', windowStart: '2025-12-01T00:00:00.000Z', resetsAt: '2026-01-01T00:00:00.000Z' });
    now = newYear;
    expect(await getBudget({ db, clock }, { orgId, budgetId: id })).toMatchObject({ spentUsd: '0.035', windowStart: '2026-01-01T00:00:00.000Z', resetsAt: '2026-02-01T00:00:00.000Z' });
    expect(await thresholdsOf(orgId)).toEqual([100, 100]);
    now = Date.parse('2026-02-01T00:00:00Z');
    expect(await spent(orgId, id)).toBe('0.00');
  });

  it('takes a new amount for the next event, does not repeat itself, and counts nothing while it is paused', async () => {
    const orgId = newOrg();
    const { id } = await aBudget(orgId, { thresholds: [100] });
    await ingest(anEvent({ orgId }));
    expect(await thresholdsOf(orgId)).toEqual([]);
    await updateBudget({ db, clock }, { orgId, budgetId: id, amountUsd: '0.007' });
    await ingest(anEvent({ orgId }));
    expect(await thresholdsOf(orgId)).toEqual([100]);
    await updateBudget({ db, clock }, { orgId, budgetId: id, amountUsd: '0.0001', status: 'paused' });
    await ingest(anEvent({ orgId }));
    expect(await spent(orgId, id)).toBe('0.007');
    await updateBudget({ db, clock }, { orgId, budgetId: id, status: 'active' });
    await ingest(anEvent({ orgId }));
    expect(await thresholdsOf(orgId)).toEqual([100]);
    expect(await getBudget({ db, clock }, { orgId, budgetId: id })).toMatchObject({ spentUsd: '0.0105', remainingUsd: '-0.0104' });
  });

  it('is gone for lists and counting when it is deleted', async () => {
    const orgId = newOrg();
    const { id } = await aBudget(orgId);
    await deleteBudget({ db }, { orgId, budgetId: id });
    await ingest(anEvent({ orgId }));
    await expect(spent(orgId, id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await alertsOf(orgId)).toEqual([]);
  });

  it.each([[{ amountUsd: '-1' }], [{ amountUsd: '1e9' }], [{ timeZone: 'Mars/Olympus' }], [{ period: 'year' }], [{ scope: 'planet' }], [{ thresholds: [0] }], [{ id: 'bud_1' }]])('refuses %j', async (bad) => {
    await expect(aBudget(newOrg(), bad)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a budget in shadow', () => {
  it('lets everything through, and says how many calls it would have refused', async () => {
    const orgId = newOrg();
    const { id } = await aBudget(orgId, { isHard: true, isShadow: true, amountUsd: '0.0075', thresholds: [] });
    await ingest(anEvent({ orgId }), anEvent({ orgId }));
    expect(await getBudget({ db, clock }, { orgId, budgetId: id })).toMatchObject({ wouldRefuse: 0 });
    await ingest(anEvent({ orgId }), anEvent({ orgId }));
    await ingest(anEvent({ orgId }));
    expect(await getBudget({ db, clock }, { orgId, budgetId: id })).toMatchObject({ wouldRefuse: 3, spentUsd: '0.0175' });
    expect((await alertsOf(orgId)).map((alert) => alert.kind)).toEqual(['budget_would_refuse']);
  });
});

describe('alerts from usage', () => {
  const own = { keyOwner: 'group' as const, keyId: 'key_own', outcome: 'error' as const, errorCode: 'key_rejected', httpStatus: 401, meters: null, usageSource: 'none' as const };
  const paid = { keyOwner: 'platform' as const, keyId: 'key_ours', attempt: 2 };

  it.each(['in order', 'the other way round', 'together'])('tell once a day that a key fails and that credits began to pay for it; events came %s', async (order) => {
    const orgId = newOrg();
    for (let times = 0; times < 3; times++) {
      const requestId = newId('request');
      const events = [anEvent({ orgId, requestId, ...own }), anEvent({ orgId, requestId, ...paid })];
      if (order === 'together') await ingest(...events);
      else for (const event of order === 'in order' ? events : events.reverse()) await ingest(event);
    }
    const alerts = await alertsOf(orgId);
    expect(alerts.map(({ kind, subject }) => [kind, subject]).sort()).toEqual([
      ['credits_started', 'key_own'],
      ['key_failing', 'key_own'],
    ]);
    expect(alerts.map((alert) => alert.text).join(' ')).toContain('key_rejected');
  });

  it('stay silent for a platform key that fails, a model a key may not use, and a second own key', async () => {
    const orgId = newOrg();
    const requestId = newId('request');
    await ingest(anEvent({ orgId, ...own, keyOwner: 'platform' }), anEvent({ orgId, requestId, ...own, errorCode: 'key_permission' }), anEvent({ orgId, requestId, attempt: 2 }));
    expect(await alertsOf(orgId)).toEqual([]);
  });

  it('are acknowledged by their own org only, and by the first who does', async () => {
    const orgId = newOrg();
    await ingest(anEvent({ orgId, ...own }));
    const [alert] = await alertsOf(orgId);
    await expect(acknowledgeAlert({ db }, { orgId: newOrg(), alertId: alert!.id, by: 'usr_x' })).rejects.toMatchObject({ code: 'not_found' });
    await acknowledgeAlert({ db }, { orgId, alertId: alert!.id, by: 'usr_1' });
    expect(await acknowledgeAlert({ db }, { orgId, alertId: alert!.id, by: 'usr_2' })).toMatchObject({ acknowledgedBy: 'usr_1' });
    expect((await listAlerts({ db }, { orgId, isOpen: true })).items).toEqual([]);
  });
});
