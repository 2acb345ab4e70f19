import { setTimeout as pause } from 'node:timers/promises';
import { AppError, newId } from '@byok/kernel';
import { systemClock } from '@byok/platform';
import { listAlerts } from '../alerts/read-alerts.js';
import { aHold, billingOfSuite, theEvent, type BillingWorld } from '../spec/billing-world.js';
import { createBudget } from './create-budget.js';
import { deleteBudget } from './delete-budget.js';
import { getBudget } from './read-budgets.js';
import { updateBudget } from './update-budget.js';

const world = billingOfSuite();
let deps: { db: BillingWorld['db']; clock: typeof systemClock };

beforeAll(() => {
  deps = { db: world.db, clock: systemClock };
});
afterEach(() => world.assertBooksBalance());

/** A hold is of $0.10. */
const aBudget = async (orgId: string, change: object = {}) =>
  (
    await createBudget(deps, {
      ...{ id: newId('budget'), orgId, name: 'Hard', scope: 'org', scopeId: orgId, amountUsd: '1.00', period: 'month', timeZone: 'UTC' },
      ...{ isHard: true, isShadow: false, includesOwnKeys: true, thresholds: [50, 100], createdBy: 'usr_1', ...change },
    })
  ).id;
const outcomeOf = (asked: Promise<unknown>) => asked.then(() => 'admitted', (error: unknown) => (error instanceof AppError ? error.code : 'failed'));

describe('a hard budget', () => {
  it('G18 that is edited is seen by the next hold: lowered, raised, in shadow, soft, paused and deleted', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    const budgetId = await aBudget(orgId);
    const next = () => outcomeOf(world.takeHold(aHold(orgId)));
    const change = (fields: object) => updateBudget(deps, { orgId, budgetId, ...fields });
    expect(await next()).toBe('admitted');
    await change({ amountUsd: '0.15' });
    expect(await next()).toBe('budget_exceeded');
    await change({ amountUsd: '0.20' });
    expect(await next()).toBe('admitted');
    expect(await next()).toBe('budget_exceeded');
    for (const [off, on] of [[{ isShadow: true }, { isShadow: false }], [{ isHard: false }, { isHard: true }], [{ status: 'paused' }, { status: 'active' }]]) {
      await change(off!);
      expect([off, await next()]).toEqual([off, 'admitted']);
      await change(on!);
      expect([on, await next()]).toEqual([on, 'budget_exceeded']);
    }
    await deleteBudget(deps, { orgId, budgetId });
    expect(await next()).toBe('admitted');
  });

  it('G18 that is lowered in the middle of traffic admits nothing that asks afterwards', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    const budgetId = await aBudget(orgId, { amountUsd: '90.00' });
    let loweredAt = Infinity;
    const asked: { at: number; outcome: Promise<string> }[] = [];
    const traffic = (async () => {
      for (let index = 0; index < 150; index++) {
        asked.push({ at: performance.now(), outcome: outcomeOf(world.takeHold(aHold(orgId))) });
        await pause(2);
      }
    })();
    await pause(100);
    await updateBudget(deps, { orgId, budgetId, amountUsd: '0' });
    loweredAt = performance.now();
    await traffic;
    const outcomes = await Promise.all(asked.map(async ({ at, outcome }) => [at > loweredAt ? 'after' : 'before', await outcome].join(' ')));
    expect(new Set(outcomes.filter((each) => each.startsWith('after')))).toEqual(new Set(['after budget_exceeded']));
    expect(outcomes).toContain('before admitted');
  });

  it('G16 settles a hold in the window in which it was opened, and counts it nowhere else', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    const budgetId = await aBudget(orgId);
    const hold = aHold(orgId);
    await world.takeHold(hold);
    // The window that the budget has by now is another one.
    await updateBudget(deps, { orgId, budgetId, period: 'total' });
    await world.ingest(theEvent(hold, 5_000));
    const rows = await world.db.query<{ window_start: Date; spent: string; held: string }>('SELECT window_start, spent_nano_usd AS spent, held_nano_usd AS held FROM billing.budget_counter WHERE budget_id = $1 AND spent_nano_usd > 0', [budgetId]);
    expect(rows.map(({ spent, held }) => [spent, held])).toEqual([['50000000', '0']]);
    expect(rows[0]!.window_start.getTime()).toBeGreaterThan(0);
    expect(await getBudget(deps, { orgId, budgetId })).toMatchObject({ spentUsd: '0.00', heldUsd: '0.00', remainingUsd: '1.00' });
  });

  it('shows what is held, and alerts once per threshold for what holds have settled, under 50 concurrent ingests', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    const budgetId = await aBudget(orgId, { amountUsd: '5.00', thresholds: [20, 50, 90, 100] });
    const holds = Array.from({ length: 50 }, () => aHold(orgId));
    await Promise.all(holds.map((hold) => world.takeHold(hold)));
    expect(await getBudget(deps, { orgId, budgetId })).toMatchObject({ spentUsd: '0.00', heldUsd: '5.00', remainingUsd: '0.00' });
    expect(await outcomeOf(world.takeHold(aHold(orgId)))).toBe('budget_exceeded');
    await Promise.all(holds.map((hold) => world.ingest(theEvent(hold, 5_000))));
    expect(await getBudget(deps, { orgId, budgetId })).toMatchObject({ spentUsd: '2.50', heldUsd: '0.00', remainingUsd: '2.50' });
    const percents = (await listAlerts(deps, { orgId })).items.map((alert) => (JSON.parse(alert.factsJson) as { percent: number }).percent);
    expect(percents.sort((one, other) => one - other)).toEqual([20, 50]);
  });

  it('counts spending for which nobody asked, such as of calls that were running when it was made', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    const hold = aHold(orgId);
    await world.takeHold(hold);
    const budgetId = await aBudget(orgId, { amountUsd: '0.15' });
    await world.ingest(theEvent(hold, 10_000));
    expect(await getBudget(deps, { orgId, budgetId })).toMatchObject({ spentUsd: '0.10', remainingUsd: '0.05' });
    expect(await outcomeOf(world.takeHold(aHold(orgId)))).toBe('budget_exceeded');
  });

  it('refuses no call on keys of one’s own unless it includes them', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    const budgetId = await aBudget(orgId, { amountUsd: '0.05', includesOwnKeys: false });
    const own = () => outcomeOf(world.takeHold(aHold(orgId, { keyOwner: 'group' })));
    expect(await own()).toBe('admitted');
    await updateBudget(deps, { orgId, budgetId, includesOwnKeys: true });
    expect(await own()).toBe('budget_exceeded');
  });

  it('G26 of a tag is about the tags that the gateway let through, name and value', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    await aBudget(orgId, { scope: 'tag', scopeId: 'project=apollo', amountUsd: '0.05' });
    const tagged = (tags: Record<string, string>) => outcomeOf(world.takeHold(aHold(orgId, { tags })));
    expect([await tagged({ project: 'apollo' }), await tagged({ project: 'gemini' }), await tagged({ other: 'apollo' }), await tagged({})]).toEqual(['budget_exceeded', 'admitted', 'admitted', 'admitted']);
  });
});
