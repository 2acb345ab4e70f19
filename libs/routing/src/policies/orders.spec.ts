import { KEY_ORDERS } from '@byok/contracts';
import { OWNERS } from '@byok/kernel';
import fc from 'fast-check';
import { endpointOf } from '../conditions.js';
import { whyNone } from '../index.js';
import type { UsableKey } from '../plan.js';
import { aKey, conditions, ids, planOf, pricesOf, reasonOf } from '../routing.builder.js';

const measured = (latencyMs: number, successRate = 1, samples = 10) => ({ latencyMs, successRate, samples });

describe('cheapest', () => {
  const keys = [aKey({ id: 'key_1', provider: 'openai' }), aKey({ id: 'key_2', provider: 'azure-openai', priority: 1 })];
  // Both serve the name: one as its owner, the other is asked for it by a target of its own.
  const two = [aKey({ id: 'key_1', provider: 'google' }), aKey({ id: 'key_2', provider: 'vertex-ai', priority: 200 })];
  const request = { request: { model: 'gemini-2.5-flash' } };

  it('goes by price where one is known, whatever the priority', () => {
    const prices = pricesOf({ 'google/gemini-2.5-flash': 9n, 'vertex-ai/gemini-2.5-flash': 4n });
    expect(ids(planOf(two, { order: 'cheapest' }, { ...request, conditions: conditions({ prices }) }))).toEqual(['key_2', 'key_1']);
    expect(ids(planOf(two, { order: 'priority' }, { ...request, conditions: conditions({ prices }) }))).toEqual(['key_1', 'key_2']);
  });

  it('puts what nobody told the price of last, and falls back to priority without any prices', () => {
    const prices = pricesOf({ 'vertex-ai/gemini-2.5-flash': 4_000_000n });
    expect(ids(planOf(two, { order: 'cheapest' }, { ...request, conditions: conditions({ prices }) }))).toEqual(['key_2', 'key_1']);
    expect(ids(planOf(two, { order: 'cheapest' }, request))).toEqual(['key_1', 'key_2']);
    expect(ids(planOf(keys, { order: 'cheapest' }))).toEqual(['key_1']);
  });

  it('decides between equals of another order too, and is what a user who wants to save gets', () => {
    const prices = pricesOf({ 'google/gemini-2.5-flash': 9n, 'vertex-ai/gemini-2.5-flash': 4n });
    const equals = two.map((key) => ({ ...key, priority: 100 }));
    expect(ids(planOf(equals, {}, { ...request, conditions: conditions({ prices }) }))).toEqual(['key_2', 'key_1']);
    expect(ids(planOf(two, { preferences: { costOptimization: true } }, { ...request, conditions: conditions({ prices }) }))).toEqual(['key_2', 'key_1']);
    expect(ids(planOf(two, { order: 'priority', preferences: { costOptimization: true } }, { ...request, conditions: conditions({ prices }) }))).toEqual(['key_1', 'key_2']);
  });
});

describe('weighted', () => {
  const keys = [aKey({ id: 'key_1' }), aKey({ id: 'key_2' }), aKey({ id: 'key_3' })];
  const firstOf = (draw: string, weights: Record<string, number>): string => ids(planOf(keys, { order: 'weighted', weights }, { request: { draw } }))[0]!;

  it('gives every key its share of the calls', () => {
    const count: Record<string, number> = {};
    for (let call = 0; call < 4_000; call++) {
      const first = firstOf(`req_${call}`, { key_1: 300, key_2: 100, key_3: 0 });
      count[first] = (count[first] ?? 0) + 1;
    }
    expect(count['key_3']).toBeUndefined();
    expect(count['key_1']! / count['key_2']!).toBeGreaterThan(2.7);
    expect(count['key_1']! / count['key_2']!).toBeLessThan(3.3);
  });

  it('draws the same for the same request', () => expect(firstOf('req_x', {})).toBe(firstOf('req_x', {})));
});

describe('latency', () => {
  const keys = [aKey({ id: 'key_1', provider: 'google' }), aKey({ id: 'key_2', provider: 'vertex-ai' })];
  const orderWith = (performance: Map<string, ReturnType<typeof measured>>, draw = ''): string[] => ids(planOf(keys, { order: 'latency' }, { request: { model: 'gemini-2.5-flash', draw }, conditions: conditions({ performance }) }));

  it('goes by what was measured, failures counted as time lost, and tries what was not measured', () => {
    expect(orderWith(new Map([['google/gemini-2.5-flash', measured(900)], ['vertex-ai/gemini-2.5-flash', measured(300)]]))).toEqual(['key_2', 'key_1']);
    expect(orderWith(new Map([['google/gemini-2.5-flash', measured(900)], ['vertex-ai/gemini-2.5-flash', measured(300, 0.2)]]))).toEqual(['key_1', 'key_2']);
    expect(orderWith(new Map([['google/gemini-2.5-flash', measured(100)]]))).toEqual(['key_2', 'key_1']);
  });

  it('asks the slow one again in some calls of a hundred', () => {
    const performance = new Map([['google/gemini-2.5-flash', measured(900)], ['vertex-ai/gemini-2.5-flash', measured(300)]]);
    const slow = Array.from({ length: 2_000 }, (_, call) => orderWith(performance, `req_${call}`)[0]).filter((first) => first === 'key_1').length;
    expect(slow).toBeGreaterThan(10);
    expect(slow).toBeLessThan(120);
  });
});

describe('sticky', () => {
  const keys = ['key_1', 'key_2', 'key_3', 'key_4'].map((id) => aKey({ id }));
  const firstOf = (prefix: string, ring = keys): string => ids(planOf(ring, { order: 'sticky' }, { request: { prefix } }))[0]!;

  it('keeps a conversation with a key, spreads conversations, and moves only what a lost key had', () => {
    const prefixes = Array.from({ length: 400 }, (_, each) => `conversation ${each}`);
    const before = prefixes.map((prefix) => firstOf(prefix));
    expect(new Set(before)).toEqual(new Set(['key_1', 'key_2', 'key_3', 'key_4']));
    expect(prefixes.map((prefix) => firstOf(prefix))).toEqual(before);
    const rest = keys.filter(({ id }) => id !== 'key_2');
    prefixes.forEach((prefix, index) => before[index] === 'key_2' || expect(firstOf(prefix, rest)).toBe(before[index]));
  });
});

describe('narrowing', () => {
  const keys = [aKey({ id: 'key_o' }), aKey({ id: 'key_r', provider: 'openrouter' })];
  it('is of the org and of every group at once', () => {
    expect(ids(planOf(keys, { narrowings: [{ of: 'organisation', allowedProviders: ['openai', 'openrouter'] }, { of: 'group', allowedProviders: ['oai', 'openai'] }] }))).toEqual(['key_o']);
    const none = planOf(keys, { narrowings: [{ of: 'organisation', allowedModels: ['claude-*'] }, { of: 'group', allowedModels: ['gpt-*'] }] });
    expect(ids(none)).toEqual([]);
    expect(whyNone(none).code).toBe('model_not_allowed');
  });

  it('by region goes by what the key chose, or what the org declares; not known is not allowed', () => {
    const regional = [aKey({ id: 'key_eu', config: { data_region: 'eu' } }), aKey({ id: 'key_us', config: { data_region: 'global' } })];
    const eu = { narrowings: [{ of: 'organisation' as const, allowedRegions: ['eu*'] }] };
    expect(ids(planOf(regional, eu))).toEqual(['key_eu']);
    expect(reasonOf(planOf(regional, eu), 'key_us')).toBe('region_not_allowed');
    expect(ids(planOf([aKey({ provider: 'openrouter' })], eu))).toEqual([]);
    expect(ids(planOf([aKey({ provider: 'openrouter' })], { ...eu, declared: { openrouter: { region: 'eu-west' } } }))).toEqual(['key_1']);
  });

  it('by data class goes by what the org declares; what nobody declared is fit for what is public', () => {
    const secret = { narrowings: [{ of: 'organisation' as const, dataClass: 'internal' as const }, { of: 'group' as const, dataClass: 'confidential' as const }] };
    expect(reasonOf(planOf([aKey()], secret), 'key_1')).toBe('data_class_not_allowed');
    expect(ids(planOf([aKey()], { ...secret, declared: { openai: { dataClass: 'internal' } } }))).toEqual([]);
    expect(ids(planOf([aKey()], { ...secret, declared: { openai: { dataClass: 'internal' }, key_1: { dataClass: 'restricted' } } }))).toEqual(['key_1']);
  });

  it('G21 never turns into a bill: what a policy takes away is still a key of one’s own', () => {
    const platform = aKey({ id: 'key_p', owner: 'platform', provider: 'openrouter' });
    for (const narrowing of [{ allowedProviders: ['openrouter'] }, { allowedRegions: ['eu'] }, { dataClass: 'internal' as const }]) {
      const narrowed = { narrowings: [{ of: 'organisation' as const, ...narrowing }], declared: { key_p: { region: 'eu', dataClass: 'restricted' as const } } };
      expect(ids(planOf([aKey(), platform], narrowed))).toEqual([]);
      expect(reasonOf(planOf([aKey(), platform], narrowed), 'key_p')).toBe('platform_credits_not_allowed');
    }
  });
});

describe('preferences', () => {
  const keys = [aKey({ id: 'key_1', provider: 'google' }), aKey({ id: 'key_2', provider: 'vertex-ai' }), aKey({ id: 'key_u', owner: 'user', provider: 'vertex-ai', priority: 900 })];
  const request = { request: { model: 'gemini-2.5-flash' } };
  it('order providers inside an owner only', () => {
    expect(ids(planOf(keys, { preferences: { defaultProvider: 'vertex-ai' } }, request))).toEqual(['key_u', 'key_2', 'key_1']);
    expect(ids(planOf(keys, { preferences: { defaultProvider: 'google' } }, request))).toEqual(['key_u', 'key_1', 'key_2']);
  });
  it('stay with the first provider where switching is off', () => {
    const plan = planOf(keys, { preferences: { autoSwitchProvider: false } }, request);
    expect(ids(plan)).toEqual(['key_u', 'key_2']);
    expect(reasonOf(plan, 'key_1')).toBe('stays_with_provider');
  });
});

describe('cool-downs and breakers', () => {
  const keys = [aKey({ id: 'key_1' }), aKey({ id: 'key_2' })];
  const until = 1_030_000;
  it('leave a key alone for a model, or for all, or an endpoint, until it is over', () => {
    const cooling = (model: string, now = 1_000_000) => ({ conditions: conditions({ now, cooling: new Map([['key_1', new Map([[model, { until, code: 'rate_limited' as const }]])]]) }) });
    expect(ids(planOf(keys, {}, cooling('gpt-4o')))).toEqual(['key_2']);
    expect(ids(planOf(keys, {}, cooling('*')))).toEqual(['key_2']);
    expect(ids(planOf(keys, {}, cooling('gpt-4')))).toEqual(['key_1', 'key_2']);
    expect(ids(planOf(keys, {}, cooling('gpt-4o', until)))).toEqual(['key_1', 'key_2']);
    const openEndpoints = new Map([[endpointOf(keys[0]!), { until, code: 'upstream_unreachable' as const }]]);
    expect(ids(planOf(keys, {}, { conditions: conditions({ openEndpoints }) }))).toEqual([]);
  });

  it('tell the caller why and when to come again', () => {
    const all = new Map(keys.map(({ id }) => [id, new Map([['gpt-4o', { until, code: 'rate_limited' as const }]])]));
    const error = whyNone(planOf(keys, {}, { conditions: conditions({ cooling: all }) }));
    expect([error.code, error.details?.['retryAfterMs']]).toEqual(['rate_limited', 30_000]);
  });

  it('G21 never turn a key that cools down into a bill, unless the org chose that', () => {
    const withPlatform = [keys[0]!, aKey({ id: 'key_p', owner: 'platform' })];
    const cooling = { conditions: conditions({ cooling: new Map([['key_1', new Map([['*', { until, code: 'rate_limited' as const }]])]]) }) };
    expect(ids(planOf(withPlatform, {}, cooling))).toEqual([]);
    expect(ids(planOf(withPlatform, { platformCredits: 'when-no-key-or-key-fails' }, cooling))).toEqual(['key_p']);
  });

  it('of an endpoint that a tenant named speak against that tenant alone', () => {
    const self = (owner: 'user' | 'org', config = { base_url: 'https://llm.example/v1' }) => endpointOf(aKey({ owner, provider: 'openai-compatible', config }));
    expect(self('user')).not.toBe(self('org'));
    expect(self('user')).toBe(self('user'));
    expect(endpointOf(aKey({ owner: 'user' }))).toBe(endpointOf(aKey({ owner: 'org' })));
    expect(endpointOf(aKey({ config: { data_region: 'eu' } }))).not.toBe(endpointOf(aKey({ config: { data_region: 'global' } })));
  });
});

describe('any keys, any policy', () => {
  const key: fc.Arbitrary<UsableKey> = fc
    .record({
      id: fc.uuid(),
      owner: fc.constantFrom<'user' | 'group' | 'org' | 'platform'>('user', 'group', 'org', 'platform'),
      provider: fc.constantFrom('openai', 'openrouter', 'google', 'vertex-ai', 'groq', 'octoai', 'nobody'),
      status: fc.constantFrom('active', 'active', 'active', 'invalid'),
      config: fc.constantFrom<Record<string, string>>({}, { data_region: 'eu' }, { location: 'eu' }),
      priority: fc.integer({ min: 0, max: 2 }),
    })
    .map(aKey);
  const narrowing = fc.record(
    {
      of: fc.constantFrom('organisation' as const, 'group' as const),
      allowedProviders: fc.constantFrom(['openai'], ['google', 'openrouter'], ['openai', 'google', 'vertex-ai']),
      allowedModels: fc.constantFrom(['gpt-*'], ['gemini-*'], ['google/*']),
      allowedRegions: fc.constantFrom(['eu'], ['global', 'eu']),
      dataClass: fc.constantFrom('public' as const, 'internal' as const, 'restricted' as const),
    },
    { requiredKeys: ['of'] },
  );
  const policy = fc.record({
    order: fc.constantFrom(...KEY_ORDERS),
    platformCredits: fc.constantFrom('never' as const, 'when-no-key' as const, 'when-no-key-or-key-fails' as const),
    aggregator: fc.constantFrom('first' as const, 'last' as const),
    narrowings: fc.array(narrowing, { maxLength: 2 }),
    declared: fc.constantFrom({}, { openai: { region: 'eu', dataClass: 'internal' as const } }),
    weights: fc.constantFrom({}, { openai: 0, google: 5 }),
  });
  const facts = fc.record({
    prices: fc.constantFrom(null, pricesOf({ 'google/gemini-2.5-flash': 3n, 'vertex-ai/gemini-2.5-flash': 2n })),
    performance: fc.constantFrom(new Map(), new Map([['google/gemini-2.5-flash', measured(500, 0.5)]])),
  });
  const model = fc.constantFrom('gpt-4o', 'gemini-2.5-flash', 'openai/gpt-oss-120b', 'nothing');
  const draw = fc.uuid();
  const all = { maxAttempts: 100 };

  it('never plan a key that was not there, nor one twice', () =>
    fc.assert(
      fc.property(fc.array(key, { maxLength: 10 }), policy, facts, model, draw, (keys, chosen, known, name, lot) => {
        const planned = ids(planOf(keys, chosen, { request: { model: name, draw: lot, prefix: lot }, conditions: conditions(known) }));
        expect(new Set(planned).size).toBe(planned.length);
        for (const id of planned) expect(keys.map((each) => each.id)).toContain(id);
      }),
    ));

  it('keep the order of owners whatever order was chosen', () =>
    fc.assert(
      fc.property(fc.array(key, { maxLength: 10 }), policy, facts, model, draw, (keys, chosen, known, name, lot) => {
        const owners = planOf(keys, chosen, { ...all, request: { model: name, draw: lot }, conditions: conditions(known) }).attempts.map(({ owner }) => OWNERS.indexOf(owner.type));
        expect(owners).toEqual([...owners].sort((left, right) => left - right));
      }),
    ));

  it('give the same plan whatever order the keys come in', () =>
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 10, selector: ({ id }) => id }), policy, facts, model, draw, (keys, chosen, known, name, lot) => {
        const rest = { request: { model: name, draw: lot, prefix: lot }, conditions: conditions(known) };
        expect(planOf([...keys].reverse(), chosen, rest)).toEqual(planOf(keys, chosen, rest));
      }),
    ));

  it('only lose attempts by one more narrowing, and never gain a bill', () =>
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 10, selector: ({ id }) => id }), policy, narrowing, model, (keys, chosen, more, name) => {
        const wide = ids(planOf(keys, chosen, { ...all, request: { model: name } }));
        const narrow = ids(planOf(keys, { ...chosen, narrowings: [...chosen.narrowings, more] }, { ...all, request: { model: name } }));
        expect(wide.filter((id) => narrow.includes(id))).toEqual(narrow);
      }),
    ));

  it('say truly what a plan rests on: one that rests on keys is the same under any conditions and for any request', () =>
    fc.assert(
      fc.property(fc.array(key, { maxLength: 8 }), policy, facts, model, draw, (keys, chosen, known, name, lot) => {
        const plain = planOf(keys, chosen, { request: { model: name } });
        const other = planOf(keys, chosen, { request: { model: name, draw: lot, prefix: lot }, conditions: conditions(known) });
        if (plain.restsOn === 'keys') expect(ids(other)).toEqual(ids(plain));
        if (plain.restsOn !== 'request') expect(ids(planOf(keys, chosen, { request: { model: name, draw: lot, prefix: lot } }))).toEqual(ids(plain));
      }),
    ));
});
