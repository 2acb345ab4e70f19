import { OWNERS } from '@byok/kernel';
import { resolveModel } from '@byok/providers';
import fc from 'fast-check';
import { planAttempts, whyNone } from './index.js';
import type { Plan, PlanInput, RoutingPolicy, UsableKey } from './index.js';

const POLICY: RoutingPolicy = { orgId: 'org_a', userId: 'usr_a', groupIds: ['grp_a', 'grp_b'], allowedModels: [], platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: true };
const OWNER_IDS = { user: 'usr_a', group: 'grp_a', org: 'org_a', platform: 'platform' } as const;

const aKey = ({ owner, ...facts }: Partial<Omit<UsableKey, 'owner'>> & { owner?: keyof typeof OWNER_IDS | UsableKey['owner'] } = {}): UsableKey => ({
  id: 'key_1',
  owner: typeof owner === 'object' ? owner : { type: owner ?? 'org', id: OWNER_IDS[owner ?? 'org'] },
  provider: 'openai',
  version: 1,
  status: 'active',
  allowedModels: [],
  config: {},
  priority: 0,
  ...facts,
});
const plan = (keys: UsableKey[], policy: Partial<RoutingPolicy> = {}, model = 'gpt-4o', endpoint: PlanInput['request']['endpoint'] = 'chat'): Plan =>
  planAttempts({ request: { model, endpoint }, policy: { ...POLICY, ...policy }, keys, targets: resolveModel(model) });
const ids = ({ attempts }: Plan) => attempts.map(({ keyId }) => keyId);
const reasonOf = ({ considered }: Plan, keyId: string) => considered.find((each) => each.keyId === keyId)?.reason;

describe('planAttempts: order', () => {
  it('goes user, group, org, and inside an owner aggregator, priority, age', () => {
    const keys = [
      aKey({ id: 'key_o1', owner: 'org' }),
      aKey({ id: 'key_u2', owner: 'user', priority: 1 }),
      aKey({ id: 'key_u3', owner: 'user', priority: 1 }),
      aKey({ id: 'key_ur', owner: 'user', provider: 'openrouter', priority: 9 }),
      aKey({ id: 'key_u1', owner: 'user', priority: 0 }),
      aKey({ id: 'key_g1', owner: 'group' }),
    ];
    const input = { request: { model: 'gpt-4o', endpoint: 'chat' as const }, keys, targets: resolveModel('gpt-4o'), maxAttempts: 9 };
    expect(ids(planAttempts({ ...input, policy: POLICY }))).toEqual(['key_ur', 'key_u1', 'key_u2', 'key_u3', 'key_g1', 'key_o1']);
    expect(ids(planAttempts({ ...input, policy: { ...POLICY, aggregator: 'last' } }))).toEqual(['key_u1', 'key_u2', 'key_u3', 'key_ur', 'key_g1', 'key_o1']);
  });

  it('keeps three attempts and says what was left over', () => {
    const many = plan(['key_1', 'key_2', 'key_3', 'key_4'].map((id) => aKey({ id })));
    expect(ids(many)).toEqual(['key_1', 'key_2', 'key_3']);
    expect(reasonOf(many, 'key_4')).toBe('over_attempt_limit');
  });

  it('gives each provider its own name of the model', () => {
    const both = plan([aKey({ id: 'key_1' }), aKey({ id: 'key_2', provider: 'openrouter' })]);
    expect(both.attempts.map(({ provider, upstreamModel }) => [provider.id, upstreamModel])).toEqual([
      ['openrouter', 'openai/gpt-4o'],
      ['openai', 'gpt-4o'],
    ]);
  });
});

describe('planAttempts: consent', () => {
  const platform = aKey({ id: 'key_p', owner: 'platform' });

  it('never spends platform credits under never', () => {
    expect(ids(plan([platform], { platformCredits: 'never' }))).toEqual([]);
    expect(reasonOf(plan([platform], { platformCredits: 'never' }), 'key_p')).toBe('platform_credits_not_allowed');
  });

  it('spends them under when-no-key only for a caller without a key for the model', () => {
    expect(plan([platform]).attempts).toMatchObject([{ keyId: 'key_p', usesPlatformCredits: true }]);
    expect(ids(plan([platform, aKey({ provider: 'anthropic' })]))).toEqual(['key_p']);
    expect(ids(plan([platform, aKey({ allowedModels: ['gpt-3*'] })]))).toEqual(['key_p']);
    expect(ids(plan([platform, aKey()]))).toEqual(['key_1']);
  });

  it.each(['invalid', 'undecryptable'])('G21 never turns an own key that is %s into a bill', (status) => {
    expect(ids(plan([platform, aKey({ status })]))).toEqual([]);
    expect(ids(plan([platform, aKey({ status })], { platformCredits: 'when-no-key-or-key-fails' }))).toEqual(['key_p']);
  });

  it('falls to platform credits after an own key only where that was chosen, and last', () => {
    expect(ids(plan([platform, aKey()], { platformCredits: 'when-no-key-or-key-fails' }))).toEqual(['key_1', 'key_p']);
  });

  it('counts an own key that cannot do what is asked as an own key', () => {
    const keys = [aKey({ id: 'key_a', provider: 'anthropic' }), aKey({ id: 'key_p', owner: 'platform', provider: 'openrouter' })];
    expect(ids(plan(keys, {}, 'claude-sonnet-5', 'embeddings'))).toEqual([]);
    expect(whyNone(plan(keys, {}, 'claude-sonnet-5', 'embeddings')).code).toBe('dialect_not_supported');
  });

  it('plans a key of another dialect where a translation reaches it, and says where', () => {
    const keys = [aKey({ id: 'key_a', provider: 'anthropic' })];
    expect(plan(keys, {}, 'claude-sonnet-5', 'chat').attempts).toMatchObject([{ keyId: 'key_a', endpoint: 'messages' }]);
    expect(plan([aKey()], {}, 'gpt-4o', 'messages').attempts).toMatchObject([{ keyId: 'key_1', endpoint: 'chat' }]);
    expect(plan([aKey()], {}, 'gpt-4o', 'responses').attempts).toMatchObject([{ keyId: 'key_1', endpoint: 'responses' }]);
  });

  it('uses no platform key that was not granted', () => expect(reasonOf(plan([platform], { platformKeysGranted: false }), 'key_p')).toBe('platform_keys_not_granted'));
});

describe('planAttempts: keys that are left alone', () => {
  const resting = (isGuess: boolean) => ({ now: 0, cooling: new Map([['key_1', new Map([['*', { until: 5, code: 'key_rejected' as const, isGuess }]])]]), openEndpoints: new Map(), performance: new Map(), prices: null });
  const planned = (keys: UsableKey[], isGuess: boolean) => planAttempts({ request: { model: 'gpt-4o', endpoint: 'chat' }, policy: POLICY, keys, targets: resolveModel('gpt-4o'), conditions: resting(isGuess) });

  it('are not tried while another one is left', () => expect(ids(planned([aKey(), aKey({ id: 'key_2', owner: 'group' })], true))).toEqual(['key_2']));
  it('are tried all the same when nothing else is left and only we said until when', () => expect(ids(planned([aKey()], true))).toEqual(['key_1']));
  it('are not tried before the time that their provider named', () => expect(ids(planned([aKey()], false))).toEqual([]));
  it('come before a platform key that nobody agreed to pay', () => expect(ids(planned([aKey(), aKey({ id: 'key_p', owner: 'platform' })], true))).toEqual(['key_1']));
});

describe('planAttempts: allowed models', () => {
  it.each([
    [['gpt-4o'], 'gpt-4o', true],
    [['gpt-4o'], 'openai/gpt-4o', true],
    [['openai/gpt-4*'], 'gpt-4o', true],
    [['gpt-4*'], 'gpt-4o', true],
    [['*'], 'gpt-4o', true],
    [['gpt-4'], 'gpt-4o', false],
    [['claude-*'], 'gpt-4o', false],
    [['anthropic/*'], 'gpt-4o', false],
    [['openai'], 'gpt-4o', false],
  ])('%j and %s: %s', (allowedModels, model, isAllowed) => {
    expect(ids(plan([aKey()], { allowedModels }, model))).toHaveLength(isAllowed ? 1 : 0);
    expect(ids(plan([aKey({ allowedModels })], {}, model))).toHaveLength(isAllowed ? 1 : 0);
    expect(ids(plan([aKey({ provider: 'openrouter' })], { allowedModels }, model))).toHaveLength(isAllowed ? 1 : 0);
  });

  it('does not let a host of the same bare name pass for the owner', () => {
    expect(ids(plan([aKey({ provider: 'openai-compatible' })], { allowedModels: ['gpt-4o'] }, 'vllm/gpt-4o'))).toEqual([]);
  });

  it('A14 does not let an aggregator key around the list of a token', () => {
    const result = plan([aKey({ provider: 'openrouter' })], { allowedModels: ['gpt-*'] }, 'anthropic/claude-opus-5');
    expect(ids(result)).toEqual([]);
    expect(whyNone(result).code).toBe('model_not_allowed');
  });
});

describe('whyNone', () => {
  it('names the owners that were looked at when nobody has a key', () => {
    const error = whyNone(plan([]));
    expect(error.code).toBe('no_key_available');
    for (const owner of ['user', 'group', 'org', 'platform']) expect(error.message).toContain(owner);
    expect(error.details).toMatchObject({ ownersLookedAt: ['user', 'group', 'org', 'platform'] });
  });

  it.each([
    ['an unknown model', plan([aKey()], {}, 'no-such-model'), 'model_not_found'],
    ['an unknown provider', plan([aKey()], {}, 'nobody/model'), 'model_not_found'],
    ['a vendor that only an aggregator reaches', plan([aKey()], {}, 'nova-pro'), 'no_key_available'],
    ['a dead provider', plan([], {}, 'octoai/llama'), 'provider_discontinued'],
    ['a dead provider with a key', plan([aKey({ provider: 'octoai' })], {}, 'octoai/llama'), 'provider_discontinued'],
    ['what the provider has no endpoint for', plan([aKey({ provider: 'anthropic' })], {}, 'claude-sonnet-5', 'embeddings'), 'dialect_not_supported'],
    ['the same without any key', plan([], {}, 'claude-sonnet-5', 'embeddings'), 'dialect_not_supported'],
    ['a key for other models', plan([aKey({ allowedModels: ['gpt-3*'] })]), 'model_not_allowed'],
    ['a broken key', plan([aKey({ status: 'invalid' })]), 'no_key_available'],
  ])('answers %s with %s', (_name, result, code) => {
    expect(result.attempts).toEqual([]);
    expect(whyNone(result).code).toBe(code);
  });

  it('tells nothing of keys the caller has no part in, nor of ids of the platform', () => {
    const foreign = aKey({ id: 'key_foreign', owner: { type: 'user', id: 'usr_other' } });
    const error = whyNone(plan([foreign, aKey({ id: 'key_platform', owner: 'platform' })], { platformKeysGranted: false }));
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/key_foreign|usr_other|key_platform/);
  });

  it('shows a model name of the caller short and on one line', () => {
    const { message } = whyNone(plan([], {}, `${'x'.repeat(200)}\n`));
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(300);
  });
});

describe('any keys, any policy', () => {
  const owner = fc.record({ type: fc.constantFrom(...OWNERS), id: fc.constantFrom('usr_a', 'usr_x', 'grp_a', 'grp_b', 'grp_x', 'org_a', 'org_x', 'platform') });
  const key = fc.record({
    id: fc.uuid(),
    owner,
    provider: fc.constantFrom('openai', 'openrouter', 'anthropic', 'groq', 'octoai', 'no-such-provider'),
    version: fc.integer({ min: 1, max: 9 }),
    status: fc.constantFrom('active', 'active', 'active', 'invalid', 'undecryptable', 'disabled', 'revoked'),
    allowedModels: fc.constantFrom<string[]>([], [], ['gpt-*'], ['claude-*'], ['openai/*']),
    config: fc.constant({}),
    priority: fc.integer({ min: -3, max: 3 }),
  });
  const policy = fc.record({
    orgId: fc.constant('org_a'),
    userId: fc.constantFrom('usr_a', null),
    groupIds: fc.constantFrom<string[]>([], ['grp_a'], ['grp_a', 'grp_b']),
    allowedModels: fc.constantFrom<string[]>([], [], ['gpt-*'], ['anthropic/*']),
    platformCredits: fc.constantFrom('never' as const, 'when-no-key' as const, 'when-no-key-or-key-fails' as const),
    aggregator: fc.constantFrom('first' as const, 'last' as const),
    platformKeysGranted: fc.boolean(),
  });
  const model = fc.constantFrom('gpt-4o', 'openai/gpt-4o', 'claude-sonnet-5', 'openrouter/auto', 'groq/llama', 'octoai/x', 'nobody/x', 'nothing');
  const endpoint = fc.constantFrom('chat' as const, 'messages' as const, 'embeddings' as const);
  const anyPlan = (check: (input: PlanInput, result: Plan) => void) =>
    fc.assert(
      fc.property(fc.array(key, { maxLength: 12 }), policy, model, endpoint, fc.integer({ min: 1, max: 12 }), (keys, chosen, name, where, maxAttempts) => {
        const input = { request: { model: name, endpoint: where }, policy: chosen, keys, targets: resolveModel(name), maxAttempts };
        check(input, planAttempts(input));
      }),
      { numRuns: 3000 },
    );

  it('A14 never plans a key of an owner the caller cannot reach', () =>
    anyPlan(({ policy: chosen }, { attempts }) => {
      const reach = new Set([`user ${chosen.userId}`, ...chosen.groupIds.map((id) => `group ${id}`), `org ${chosen.orgId}`]);
      for (const { owner: { type, id } } of attempts) expect(type === 'platform' ? chosen.platformKeysGranted : reach.has(`${type} ${id}`)).toBe(true);
    }));

  it('never spends platform credits without consent, and only behind every own key', () =>
    anyPlan(({ policy: chosen }, { attempts }) => {
      const paid = attempts.map(({ usesPlatformCredits }) => usesPlatformCredits);
      if (chosen.platformCredits === 'never') expect(paid).not.toContain(true);
      if (chosen.platformCredits === 'when-no-key') expect(new Set(paid).size).toBeLessThan(2);
      expect([...paid].sort()).toEqual(paid);
      for (const { usesPlatformCredits, owner: { type } } of attempts) expect(usesPlatformCredits).toBe(type === 'platform');
    }));

  it('plans only healthy keys of live providers where a translation reaches them, at most as many as asked', () =>
    anyPlan(({ keys, request, maxAttempts }, { attempts }) => {
      expect(attempts.length).toBeLessThanOrEqual(maxAttempts!);
      for (const attempt of attempts) {
        const planned = keys.find(({ id }) => id === attempt.keyId)!;
        expect(planned).toMatchObject({ status: 'active', provider: attempt.provider.id, version: attempt.keyVersion });
        expect(attempt.provider.status.state).not.toBe('discontinued');
        expect(attempt.provider.endpoints).toHaveProperty(attempt.endpoint);
        if (attempt.endpoint !== request.endpoint) expect(attempt.provider.endpoints).not.toHaveProperty(request.endpoint);
      }
    }));

  it('keeps the order of owners, and gives the same plan for the same keys in any order', () =>
    anyPlan((input, result) => {
      const ranks = result.attempts.map(({ owner: { type } }) => OWNERS.indexOf(type));
      expect([...ranks].sort()).toEqual(ranks);
      expect(ids(planAttempts({ ...input, keys: [...input.keys].reverse() }))).toEqual(ids(result));
    }));

  it('accounts for every key, and can always say why a plan is empty', () =>
    anyPlan(({ keys }, result) => {
      expect(result.considered.map(({ keyId }) => keyId).sort()).toEqual(keys.map(({ id }) => id).sort());
      expect(result.considered.filter(({ kept }) => kept).map(({ keyId }) => keyId)).toEqual(ids(result));
      for (const { kept, reason, detail } of result.considered) expect([kept, detail.length > 10]).toEqual([reason === null, true]);
      if (result.attempts.length === 0) expect(whyNone(result).message.length).toBeGreaterThan(20);
    }));

  it('never narrows less when a token gets a list of models', () =>
    anyPlan((input, result) => {
      const narrowed = planAttempts({ ...input, policy: { ...input.policy, allowedModels: ['gpt-4o'] } });
      const own = (each: Plan) => each.attempts.filter(({ usesPlatformCredits }) => !usesPlatformCredits).length;
      if (input.policy.allowedModels.length === 0) expect(own(narrowed)).toBeLessThanOrEqual(own(result));
    }));
});
