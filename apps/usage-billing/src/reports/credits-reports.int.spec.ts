import type { Savings, Statement } from '@byok/contracts';
import { formatUsd, parseUsd } from '@byok/kernel';
import { billingOfSuite } from '../spec/billing-world.js';
import { anEvent, NO_METERS } from '../spec/an-event.js';
import { getReport } from './get-report.js';
import { getUsage } from './get-usage.js';

const MARCH = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
const world = billingOfSuite();
let orgId: string;

beforeAll(async () => {
  orgId = await world.anOrg({ tier: 'starter', creditsUsd: '100.00' });
  const call = (facts: object) => anEvent({ orgId, startedAt: Date.parse(MARCH.from), meters: { ...NO_METERS, inputUncached: 1_000_000 }, ...facts });
  const platform = { keyOwner: 'platform' as const, keyId: 'key_platform', keyOwnerId: 'platform' };
  await world.ingest(call({}), call({ ...platform, tags: { project: 'x' } }), call({ ...platform, model: 'gpt-4o-mini', tags: { project: 'y' } }), call({ ...platform, model: 'nobody-knows' }));
});

async function ask<T>(report: string, question: object): Promise<T> {
  const { answer } = await getReport({ db: world.db, prices: world.prices, clock: { now: () => Date.parse(MARCH.to) } }, { report, orgId, ...MARCH, filters: {}, question: JSON.stringify(question) });
  return JSON.parse(answer) as T;
}

describe('reports of an org that spends credits', () => {
  it('bill what the wallet paid: base and markup of the tier, apart, as the usage report says', async () => {
    const { weBill, providersBill, costCentres } = await ask<Statement>('statement', { costCentre: 'tag:project' });
    expect(weBill).toMatchObject({ baseUsd: '2.65', markupUsd: '0.265', waivedUsd: '0.00', usd: '2.915', pendingAttempts: 1 });
    expect(weBill.models.map((each) => [each.model, each.listUsd, each.chargedUsd])).toEqual([
      ['gpt-4o', '2.50', '2.75'],
      ['gpt-4o-mini', '0.15', '0.165'],
      ['nobody-knows', '0.00', '0.00'],
    ]);
    expect(100 - (await world.wallet(orgId)).posted).toBeCloseTo(2.915, 9);
    expect(providersBill).toMatchObject({ knownUsd: '2.50', keys: [{ key: 'key_1' }] });
    expect(costCentres.map((each) => [each.costCentre, each.providersBillUsd, each.weBillUsd])).toEqual([
      [null, '2.50', '0.00'],
      ['x', '0.00', '2.75'],
      ['y', '0.00', '0.165'],
    ]);
    const usage = await getUsage({ db: world.db }, { orgId, ...MARCH, groupBy: ['owner'], filters: {}, after: '', limit: 0 });
    expect(usage.items.map((item) => [item.by['owner'], item.chargedUsd])).toEqual([['group', '0.00'], ['platform', '2.915']]);
  });

  it('save against a baseline: cheaper models, and the markup that own keys do not have', async () => {
    const savings = await ask<Savings>('savings', { baseline: 'openai/gpt-4o' });
    expect(savings.steps.map((each) => each.usd)).toEqual(['7.50', '-2.35', '0.00', '0.515', '-0.25']);
    expect(savings).toMatchObject({ tier: 'starter', actualUsd: '5.415', savedUsd: '2.60', attempts: 3, leftOutAttempts: 1 });
    expect(formatUsd(savings.steps.reduce((sum, each) => sum + parseUsd(each.usd), 0n))).toBe(savings.actualUsd);
  });
});
