import fc from 'fast-check';
import { USAGE_DIMENSIONS, type UsageDimension, type UsageEvent, type UsageItemMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import { anEvent, NO_METERS } from '../spec/an-event.js';
import { billingOfSuite } from '../spec/billing-world.js';
import { ingestBatch } from '../ingest/ingest-batch.js';
import { priceEvent } from '../ingest/price-event.js';
import { getUsage } from './get-usage.js';

const world = billingOfSuite();

let orgs = 0;
const newOrg = () => `org_${++orgs}`;
const PERIOD = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
const START = Date.parse(PERIOD.from);
const ask = (orgId: string, more: object = {}) => getUsage(world, { orgId, ...PERIOD, groupBy: [], filters: {}, after: '', limit: 0, ...more });

const one = <T>(...values: T[]) => fc.constantFrom(...values);
const tokens = fc.integer({ min: 0, max: 100_000 });
const anyEvents = fc.array(
  fc.record({
    requestId: one(...Array.from({ length: 4 }, (_, index) => `req_${String(index).padStart(32, '0')}`)),
    groupId: one('grp_a', 'grp_b', null),
    userId: one('usr_a', 'Usr_B', null),
    tokenId: one('tok_a', null),
    keyId: one('key_a', 'key_b'),
    keyOwner: one('user', 'group', 'platform'),
    model: one('gpt-4o', 'gpt-4o-mini', 'nobody-knows'),
    endpoint: one('chat', 'responses'),
    outcome: one('ok', 'error'),
    startedAt: fc.oneof(fc.integer({ min: START - 86_400_000, max: START + 4 * 86_400_000 }), fc.integer({ min: START, max: START + 30 * 86_400_000 })),
    estimated: fc.boolean(),
    meters: fc.option(fc.record({ inputUncached: tokens, cacheRead: tokens, cacheWrite5m: tokens, output: tokens }).map((meters) => ({ ...NO_METERS, ...meters })), { freq: 9 }),
  }) as fc.Arbitrary<Partial<UsageEvent>>,
  { minLength: 1, maxLength: 60 },
);

/** A call has its tags, whatever is attempted for it. */
const tagsOf = (requestId: string): Record<string, string> => [{}, { project: 'x' }, { project: 'y', team: 'a' }, { project: 'x' }][Number(requestId.at(-1)) % 4]!;
const dateOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);
const PROJECT = 'tag:project';

const VALUE_OF: Record<UsageDimension, (event: UsageEvent) => string | null> = {
  org: (event) => event.orgId,
  group: (event) => event.groupId,
  user: (event) => event.userId,
  token: (event) => event.tokenId,
  key: (event) => event.keyId,
  owner: (event) => event.keyOwner,
  provider: (event) => event.provider,
  model: (event) => event.model,
  endpoint: (event) => event.endpoint,
  hour: (event) => `${new Date(event.startedAt).toISOString().slice(0, 13)}:00:00Z`,
  day: (event) => dateOf(event.startedAt),
  week: (event) => dateOf(event.startedAt - ((new Date(event.startedAt).getUTCDay() + 6) % 7) * 86_400_000),
  month: (event) => dateOf(event.startedAt).slice(0, 7),
  [PROJECT]: (event) => event.tags['project'] ?? null,
};

/** The report as anybody would add it up by hand. */
async function addUp(events: readonly UsageEvent[], groupBy: readonly UsageDimension[], period: { from: number; to: number }): Promise<UsageItemMessage[]> {
  const book = await world.prices.current(world.db);
  const groups = new Map<string, UsageEvent[]>();
  for (const event of events.filter((each) => each.startedAt >= period.from && each.startedAt < period.to)) {
    const values = JSON.stringify(groupBy.map((dimension) => VALUE_OF[dimension]!(event) ?? ''));
    groups.set(values, [...(groups.get(values) ?? []), event]);
  }
  const items = [...groups].map(([values, members]): UsageItemMessage & { order: string } => {
    const sum = (of: (event: UsageEvent) => number) => members.reduce((total, event) => total + of(event), 0);
    const costs = members.map((event) => ({ requestId: event.requestId, ...priceEvent(event, book, event.startedAt) }));
    const known = formatUsd(costs.reduce((total, cost) => total + (cost.costNanoUsd ?? 0n), 0n));
    const unpriced = new Set(costs.filter((cost) => cost.costNanoUsd === null).map((cost) => cost.requestId)).size;
    const input = sum(({ meters }) => (meters ? meters.inputUncached + meters.cacheRead + meters.cacheWrite5m : 0));
    const output = sum(({ meters }) => meters?.output ?? 0);
    return {
      order: values,
      by: Object.fromEntries((JSON.parse(values) as string[]).map((value, index) => [groupBy[index]!, value])),
      requests: new Set(members.map((event) => event.requestId)).size,
      attempts: members.length,
      okAttempts: members.filter((event) => event.outcome === 'ok').length,
      inputTokens: input,
      cachedTokens: sum(({ meters }) => meters?.cacheRead ?? 0),
      outputTokens: output,
      reasoningTokens: 0,
      totalTokens: input + output,
      costUsd: unpriced > 0 ? '' : known,
      chargedUsd: '0.00',
      estimatedRequests: new Set(members.filter((event) => event.estimated).map((event) => event.requestId)).size,
      unpricedRequests: unpriced,
      knownCostUsd: known,
      firstByteMs: null,
      totalMs: null,
    };
  });
  return items.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ order: _order, ...item }) => item);
}

const byKey = (item: UsageItemMessage) => JSON.stringify(Object.values(item.by));
const sorted = (items: readonly UsageItemMessage[]) => [...items].sort((a, b) => (byKey(a) < byKey(b) ? -1 : 1));

describe('getUsage', () => {
  it('equals a plain sum over the events, by any dimensions, in any period, a page at a time', async () => {
    const edge = fc.oneof(fc.constantFrom(0, 1, 5, 31, 40).map((days) => days * 86_400_000), fc.integer({ min: 0, max: 9 * 86_400_000 }));
    const dimensions = fc.oneof(fc.subarray([...USAGE_DIMENSIONS, PROJECT] as UsageDimension[], { minLength: 1 }), fc.subarray([...USAGE_DIMENSIONS, PROJECT] as UsageDimension[], { minLength: 1, maxLength: 2 }));
    await fc.assert(
      fc.asyncProperty(anyEvents, dimensions, fc.integer({ min: 1, max: 7 }), edge, edge, async (facts, groupBy, limit, begin, length) => {
        const orgId = newOrg();
        const events = facts.map((each, index) => anEvent({ ...each, orgId, attempt: index + 1, tags: tagsOf(each.requestId!) }));
        for (const half of [events.slice(0, 20), events.slice(20)]) await ingestBatch(world, 'gw', half);
        const period = { from: START + begin, to: START + begin + length + 1 };
        const items: UsageItemMessage[] = [];
        let after = '';
        do {
          const page = await ask(orgId, { groupBy, after, limit, from: new Date(period.from).toISOString(), to: new Date(period.to).toISOString() });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          items.push(...page.items);
          after = page.next;
        } while (after);
        expect(sorted(items)).toEqual(sorted(await addUp(events, groupBy, period)));
      }),
      { numRuns: 120 },
    );
  });

  it('takes kept sums where they tell the dimensions apart, the events where only those can, and says which', async () => {
    const orgId = newOrg();
    await ingestBatch(world, 'gw', [anEvent({ orgId, startedAt: START })]);
    const source = async (more: object) => (await ask(orgId, more)).source;
    for (const groupBy of [[], ['day', 'provider', 'model', 'owner'], ['key', 'model'], ['week', 'user', 'group'], ['tag:project', 'month'], ['hour']]) expect(await source({ groupBy })).toBe('rollups');
    expect(await source({ groupBy: ['user', 'model'] })).toBe('events');
    expect(await source({ groupBy: ['user'], filters: { provider: 'openai' } })).toBe('events');
    expect(await source({ groupBy: ['key'], from: '2026-03-01T00:00:00Z', to: '2026-03-01T09:00:00Z' })).toBe('events');
  });

  it('tells exact percentiles of what was answered, line by line, for at most 35 days', async () => {
    const orgId = newOrg();
    const call = (model: string, firstByte: number, total: number, outcome: UsageEvent['outcome'] = 'ok') => anEvent({ orgId, model, outcome, startedAt: START, firstByteAt: START + firstByte, endedAt: START + total });
    await ingestBatch(world, 'gw', [
      ...Array.from({ length: 101 }, (_, index) => call('gpt-4o', index, 10 * index)),
      ...Array.from({ length: 50 }, () => call('gpt-4o', 9_999, 9_999, 'error')),
      call('o3', 7, 70, 'cut'),
    ]);
    const { items } = await ask(orgId, { groupBy: ['model'], latency: true });
    expect(items.map(({ by, firstByteMs, totalMs }) => ({ by, firstByteMs, totalMs }))).toEqual([
      { by: { model: 'gpt-4o' }, firstByteMs: { p50: 50, p95: 95 }, totalMs: { p50: 500, p95: 950 } },
      { by: { model: 'o3' }, firstByteMs: null, totalMs: null },
    ]);
    expect((await ask(orgId, { latency: true })).items[0]).toMatchObject({ attempts: 152, okAttempts: 101, firstByteMs: { p50: 50, p95: 95 } });
    await expect(ask(orgId, { latency: true, to: '2026-04-06T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('answers a question without dimensions with one line, zeros when there is nothing', async () => {
    const answer = await ask(newOrg());
    expect(answer).toEqual({
      items: [{ by: {}, requests: 0, attempts: 0, okAttempts: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0, totalTokens: 0, costUsd: '0.00', chargedUsd: '0.00', estimatedRequests: 0, unpricedRequests: 0, knownCostUsd: '0.00', firstByteMs: null, totalMs: null }],
      next: '',
      source: 'rollups',
    });
  });

  it('narrows by any dimension, and by having none', async () => {
    const orgId = newOrg();
    const startedAt = START + 1;
    await ingestBatch(world, 'gw', [
      anEvent({ orgId, startedAt, userId: 'usr_a' }),
      anEvent({ orgId, startedAt, userId: null, model: 'nobody-knows' }),
      anEvent({ orgId, startedAt: startedAt + 86_400_000, userId: 'usr_a' }),
    ]);
    const requests = async (filters: object) => (await ask(orgId, { filters })).items[0]!.requests;
    expect(await requests({ user: 'usr_a' })).toBe(2);
    expect(await requests({ user: '' })).toBe(1);
    expect(await requests({ user: 'usr_a', day: '2026-03-02' })).toBe(1);
    expect(await requests({ model: 'nobody-knows', provider: 'openai', owner: 'group', group: 'grp_1', token: 'tok_1', key: 'key_1', org: orgId })).toBe(1);
    expect(await requests({ org: 'org_of_somebody_else' })).toBe(0);
  });

  it('never shows another org, and shows all to a question without one', async () => {
    const [mine, theirs] = [newOrg(), newOrg()];
    await ingestBatch(world, 'gw', [anEvent({ orgId: mine, startedAt: START }), anEvent({ orgId: theirs, startedAt: START })]);
    expect((await ask(mine, { groupBy: ['org'] })).items.map((item) => item.by['org'])).toEqual([mine]);
    const all = await ask('', { groupBy: ['org'] });
    expect(all.items.map((item) => item.by['org'])).toEqual(expect.arrayContaining([mine, theirs]));
  });

  it('makes a cost unknown by one event without a price, and tells the known part', async () => {
    const orgId = newOrg();
    await ingestBatch(world, 'gw', [anEvent({ orgId, startedAt: START }), anEvent({ orgId, startedAt: START, model: 'nobody-knows' })]);
    expect((await ask(orgId)).items[0]).toMatchObject({ requests: 2, costUsd: '', knownCostUsd: '0.0035', unpricedRequests: 1 });
    expect((await ask(orgId, { groupBy: ['model'] })).items.map((item) => item.costUsd)).toEqual(['0.0035', '']);
  });

  it.each([
    [{ groupBy: ['model; DROP TABLE billing.price'] }],
    [{ filters: { password_hash: 'x' } }],
    [{ from: 'yesterday' }],
    [{ from: PERIOD.to, to: PERIOD.from }],
    [{ after: 'bm90IG91cnM', groupBy: ['model'] }],
    [{ after: Buffer.from('["a","b"]').toString('base64url'), groupBy: ['model'] }],
  ])('refuses %j with invalid_request', async (bad) => {
    await expect(ask('org_x', bad)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('takes hostile values for what they are', async () => {
    const orgId = newOrg();
    const model = `'; DROP TABLE billing.usage_event; --`;
    await ingestBatch(world, 'gw', [anEvent({ orgId, startedAt: START, model })]);
    expect((await ask(orgId, { groupBy: ['model'], filters: { model } })).items[0]).toMatchObject({ by: { model }, requests: 1 });
  });
});
