import { newId } from '@byok/kernel';
import { anEvent, NO_METERS } from '../spec/an-event.js';
import { billingWorld, type BillingWorld } from '../spec/billing-world.js';
import { importCostExport } from './import-cost-export.js';
import { postAdjustment } from './post-adjustment.js';
import { getReconciliation, listReconciliations } from './read-reconciliations.js';

let world: BillingWorld;
let orgId: string;

beforeAll(async () => {
  world = await billingWorld();
  orgId = await world.anOrg({ creditsUsd: '5.00' });
  const call = (keyId: string, model: string, startedAt: string, output: number, keyOwner: 'platform' | 'group' = 'platform') =>
    anEvent({ orgId, keyId, keyOwner, keyOwnerId: keyOwner === 'platform' ? 'platform' : 'grp_1', model, startedAt: Date.parse(startedAt), meters: { ...NO_METERS, output } });
  await world.ingest(
    call('key_a', 'gpt-4o-2024-08-06', '2026-09-01T00:00:00Z', 10_000),
    call('key_a', 'gpt-4o', '2026-09-01T23:59:59Z', 10_000),
    call('key_b', 'gpt-4o', '2026-09-02T00:00:00Z', 10_000),
    call('key_b', 'nobody-knows', '2026-09-02T00:00:00Z', 1),
    call('key_own', 'gpt-4o', '2026-09-02T00:00:00Z', 10_000, 'group'),
    call('key_a', 'gpt-4o', '2026-09-03T00:00:00Z', 10_000),
  );
});
afterAll(async () => {
  await world.assertBooksBalance();
  await world.close();
});

const CSV = 'date,key,model,amount\n2026-09-01,their-a,GPT-4o,0.20\n2026-09-02,their-b,gpt-4o,0.13\n2026-09-02,their-c,gpt-4o,0.01\n';
const take = (facts: object = {}) => importCostExport(world, { provider: 'openai', format: 'generic', csv: CSV, keys: { 'their-a': 'key_a', 'their-b': 'key_b' }, models: {}, actor: 'usr_operator', ...facts });
const report = (id: string, by: string[] = [], limit = 100, after = '') => getReconciliation(world, { id, by, after, limit });

describe('reconciliation', () => {
  it('shows by day, key and model what a provider says and what we counted, and where one of us saw nothing', async () => {
    const { id, theirsUsd, from, to } = await take();
    expect([theirsUsd, from, to]).toEqual(['0.34', '2026-09-01', '2026-09-02']);
    const { items, oursUsd, differenceUsd } = await report(id);
    expect([oursUsd, differenceUsd]).toEqual(['0.30', '0.04']);
    expect(items.map(({ day, key, model, oursUsd: ours, theirsUsd: theirs, differenceUsd: difference, unpricedEvents }) => [day, key, model, ours, theirs, difference, unpricedEvents])).toEqual([
      ['2026-09-01', 'key_a', 'gpt-4o', '0.20', '0.20', '0.00', 0],
      ['2026-09-02', 'key_b', 'gpt-4o', '0.10', '0.13', '0.03', 0],
      ['2026-09-02', 'key_b', 'nobody-knows', '0.00', '0.00', '0.00', 1],
      ['2026-09-02', 'their-c', 'gpt-4o', '0.00', '0.01', '0.01', 0],
    ]);
    expect((await report(id, ['key'])).items.map((row) => [row.key, row.differenceUsd])).toEqual([['key_a', '0.00'], ['key_b', '0.03'], ['their-c', '0.01']]);
    expect((await report(id, ['day'])).items.map((row) => [row.day, row.differenceUsd])).toEqual([['2026-09-01', '0.00'], ['2026-09-02', '0.04']]);
    const first = await report(id, [], 3);
    expect((await report(id, [], 3, first.next)).items).toEqual(items.slice(3));
  });

  it('counts keys of tenants only when the export names them', async () => {
    const { id } = await take({ csv: 'date,key,amount\n2026-09-02,mine,0.10\n', keys: { mine: 'key_own' } });
    expect((await report(id)).items.map((row) => [row.key, row.model, row.oursUsd, row.theirsUsd])).toEqual([['key_b', '', '0.10', '0.00'], ['key_own', '', '0.10', '0.10']]);
  });

  it('keeps the same export once', async () => {
    const [one, other] = await Promise.all([take(), take()]);
    expect(other.id).toBe(one.id);
    expect((await listReconciliations(world, { after: '', limit: 1 })).items).toHaveLength(1);
    await expect(report(newId('reconciliation'))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('posts an adjustment as a journal of its own, once for each reference, never below what a wallet has', async () => {
    const { id: reconciliationId } = await take();
    const before = (await world.wallet(orgId)).posted;
    const adjust = (amountUsd: string, reference: string) => postAdjustment(world, { reconciliationId, orgId, amountUsd, reason: 'cache writes were not counted', reference, actor: 'usr_operator' });
    const done = await Promise.all([adjust('0.04', 'a'), adjust('0.04', 'a'), adjust('0.040', 'a')]);
    expect(new Set(done.map((each) => each.journalId)).size).toBe(1);
    expect((await world.wallet(orgId)).posted).toBeCloseTo(before - 0.04, 9);
    await adjust('-1', 'b');
    expect((await world.wallet(orgId)).posted).toBeCloseTo(before + 0.96, 9);
    await expect(adjust('0.05', 'a')).rejects.toMatchObject({ code: 'conflict' });
    await expect(adjust('100', 'c')).rejects.toMatchObject({ code: 'conflict' });
    await expect(adjust('0', 'd')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await world.db.query(`SELECT kind, ref ->> 'reconciliationId' AS source FROM billing.journal WHERE id = $1`, [done[0]!.journalId])).toEqual([{ kind: 'adjustment', source: reconciliationId }]);
  });
});
