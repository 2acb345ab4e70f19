import { tasksOfModel } from '@byok/providers';
import { whyNone } from './index.js';
import { aKey, conditions, ids, pricesOf, requestOf } from './routing.builder.js';

const openai = aKey({ id: 'key_o', provider: 'openai' });
const anthropic = aKey({ id: 'key_a', provider: 'anthropic' });
const platform = aKey({ id: 'key_p', owner: 'platform', provider: 'openrouter' });
const signs = (facts: object) => () => ({ endpoint: 'chat' as const, text: 'hello', characters: 100, hasTools: false, hasImages: false, asksToReason: false, ...facts });
const modelsOf = (plan: ReturnType<typeof requestOf>): string[] => plan.attempts.map(({ model }) => model);

describe('aliases', () => {
  it('stand for a model, and only as a whole name', () => {
    const names = { aliases: { fast: 'openai/gpt-4o-mini' } };
    expect(requestOf([openai], 'fast', { names }).attempts).toMatchObject([{ model: 'openai/gpt-4o-mini', upstreamModel: 'gpt-4o-mini' }]);
    expect(whyNone(requestOf([openai], 'constructor', { names })).code).toBe('model_not_found');
    expect(whyNone(requestOf([openai], '__proto__', { names: { ...names, fallbacks: {} } })).code).toBe('model_not_found');
  });
  it('never get a model past a list: what counts is what they stand for', () => {
    const plan = requestOf([anthropic], 'gpt-4o', { names: { aliases: { 'gpt-4o': 'claude-opus-5' } }, policy: { allowedModels: ['gpt-*'] } });
    expect(ids(plan)).toEqual([]);
    expect(whyNone(plan).code).toBe('model_not_allowed');
  });
});

describe('fallback models', () => {
  const names = { fallbacks: { 'gpt-4o': ['claude-sonnet-5', 'gpt-4o-mini'] } };
  it('come after every key of the model itself', () => {
    expect(modelsOf(requestOf([anthropic, openai], 'gpt-4o', { names }))).toEqual(['gpt-4o', 'claude-sonnet-5', 'gpt-4o-mini']);
    expect(modelsOf(requestOf([anthropic], 'gpt-4o', { names }))).toEqual(['claude-sonnet-5']);
  });
  it('are not more than six attempts in all', () => {
    const many = ['1', '2', '3', '4'].flatMap((each) => [aKey({ id: `key_o${each}` }), aKey({ id: `key_a${each}`, provider: 'anthropic' })]);
    expect(modelsOf(requestOf(many, 'gpt-4o', { names }))).toEqual([...Array<string>(3).fill('gpt-4o'), ...Array<string>(3).fill('claude-sonnet-5')]);
  });
  it('G21 never spend platform credits in place of a key that fails', () => {
    expect(ids(requestOf([openai, platform], 'gpt-4o', { names }))).toEqual(['key_o', 'key_o']);
    expect(ids(requestOf([aKey({ id: 'key_o', status: 'invalid' }), platform], 'gpt-4o', { names: { fallbacks: { 'gpt-4o': ['claude-sonnet-5'] } } }))).toEqual([]);
    expect(ids(requestOf([platform], 'gpt-4o', { names: { fallbacks: { 'gpt-4o': ['claude-sonnet-5'] } } }))).toEqual(['key_p', 'key_p']);
  });
  it('stay with the first provider where switching is off', () => expect(ids(requestOf([openai, anthropic], 'gpt-4o', { names, policy: { preferences: { autoSwitchProvider: false } } }))).toEqual(['key_o', 'key_o']));
});

describe('auto', () => {
  const prices = pricesOf({ 'openai/gpt-5.6-sol': 50n, 'openai/gpt-5.4-mini': 5n, 'openai/gpt-5.4-nano': 1n, 'anthropic/claude-haiku-4-5': 4n, 'anthropic/claude-sonnet-5': 30n });
  const known = { conditions: conditions({ prices }) };

  it('takes the cheapest model that is good enough for the task', () => {
    expect(modelsOf(requestOf([openai, anthropic], 'auto:chat', known))[0]).toBe('openai/gpt-5.4-nano');
    expect(modelsOf(requestOf([openai, anthropic], 'auto:code', known))[0]).toBe('anthropic/claude-haiku-4-5');
    expect(modelsOf(requestOf([openai, anthropic], 'auto:reasoning', known))[0]).toBe('anthropic/claude-sonnet-5');
    expect(modelsOf(requestOf([openai], 'auto:embeddings', { ...known, signs: signs({ endpoint: 'embeddings' }) }))).toEqual(['openai/text-embedding-3-small']);
  });

  it('goes by what the request shows, unless the caller says', () => {
    const plan = requestOf([openai, anthropic], 'auto', { ...known, signs: signs({ text: '```x```' }) });
    expect([plan.task, modelsOf(plan)[0]]).toEqual([{ task: 'code', because: 'the last message holds a code fence or a diff', needs: [] }, 'anthropic/claude-haiku-4-5']);
    expect(requestOf([openai], 'auto', { ...known, task: 'reasoning', signs: signs({ text: '```x```' }) }).task).toEqual({ task: 'reasoning', because: 'the caller said so', needs: [] });
  });

  it('takes the models that the org lists for a task, and no others', () => {
    const names = { tasks: { code: ['claude-opus-5', 'best'], sql: ['gpt-4o'] }, aliases: { best: 'gpt-5.6-sol' }, taskRules: [{ task: 'sql', anyOf: ['select'] }] };
    expect(modelsOf(requestOf([openai, anthropic], 'auto:code', { ...known, names }))).toEqual(['gpt-5.6-sol', 'claude-opus-5']);
    expect(modelsOf(requestOf([openai], 'auto', { ...known, names, signs: signs({ text: 'SELECT 1' }) }))).toEqual(['gpt-4o']);
    expect(whyNone(requestOf([openai], 'auto:poetry', { ...known, names }))).toMatchObject({ code: 'no_key_available', message: expect.stringContaining('poetry') as string });
  });

  it('leaves out what is cooling down, and puts the one that succeeds more often first among equals', () => {
    const cooling = new Map([['key_a', new Map([['*', { until: 2_000_000, code: 'rate_limited' as const }]])]]);
    expect(modelsOf(requestOf([openai, anthropic], 'auto:code', { conditions: conditions({ prices, cooling }) }))[0]).toBe('openai/gpt-5.4-mini');
    const names = { tasks: { code: ['gpt-4o', 'claude-opus-5'] } };
    const performance = new Map([['openai/gpt-4o', { latencyMs: 1, successRate: 0.4, samples: 9 }], ['anthropic/claude-opus-5', { latencyMs: 900, successRate: 1, samples: 9 }]]);
    expect(modelsOf(requestOf([openai, anthropic], 'auto:code', { names, conditions: conditions({ performance }) }))).toEqual(['claude-opus-5', 'gpt-4o']);
  });

  it('prefers the nearest owner, then what the caller prefers, over the price', () => {
    const own = aKey({ id: 'key_u', owner: 'user', provider: 'anthropic' });
    expect(modelsOf(requestOf([openai, own], 'auto:chat', known))[0]).toBe('anthropic/claude-haiku-4-5');
    expect(modelsOf(requestOf([openai, anthropic], 'auto:chat', { ...known, policy: { preferences: { preferredModels: ['claude-sonnet-5'] } } }))[0]).toBe('anthropic/claude-sonnet-5');
    expect(modelsOf(requestOf([openai, anthropic], 'auto:chat', { ...known, policy: { preferences: { defaultProvider: 'anthropic' } } }))[0]).toBe('anthropic/claude-haiku-4-5');
  });

  it('asks only who can do what the request needs', () => {
    const jamba = aKey({ id: 'key_j', provider: 'ai21' });
    expect(ids(requestOf([jamba], 'auto:chat', { signs: signs({ hasImages: true }) }))).toEqual([]);
    expect(ids(requestOf([jamba], 'auto:chat', { signs: signs({ hasTools: true }) }))).not.toEqual([]);
  });

  it('respects every list: of the token, of the policy, of the key', () => {
    expect(modelsOf(requestOf([openai, anthropic], 'auto:chat', { ...known, policy: { allowedModels: ['claude-*'] } })).every((model) => model.startsWith('anthropic/'))).toBe(true);
    expect(modelsOf(requestOf([openai, anthropic], 'auto:chat', { ...known, policy: { narrowings: [{ of: 'group', allowedProviders: ['anthropic'] }] } })).every((model) => model.startsWith('anthropic/'))).toBe(true);
  });

  it('G21 spends no platform credits where a key of one’s own is for the task, whatever that key does', () => {
    const names = { tasks: { chat: ['gpt-4o', 'openrouter/auto', 'meta-llama/llama-3.3-70b'] } };
    expect(ids(requestOf([openai, platform], 'auto:chat', { names }))).toEqual(['key_o']);
    expect(ids(requestOf([aKey({ id: 'key_o', status: 'invalid' }), platform], 'auto:chat', { names }))).toEqual([]);
    expect(ids(requestOf([platform], 'auto:chat', { names })).length).toBeGreaterThan(0);
    expect(ids(requestOf([openai, platform], 'auto:chat', { names, policy: { platformCredits: 'when-no-key-or-key-fails' } }))).toContain('key_p');
  });
});

describe('tasksOfModel', () => {
  it.each([
    ['us.anthropic.claude-sonnet-5', 'reasoning', true],
    ['accounts/fireworks/models/kimi-k2p6', 'code', true],
    ['@cf/baai/bge-m3', 'embeddings', true],
    ['@cf/baai/bge-m3', 'chat', false],
    ['gpt-5.4-nano', 'reasoning', false],
    ['gpt-5.6-sol', 'reasoning', true],
    ['text-embedding-3-small', 'embeddings', true],
    ['whisper-1', 'chat', false],
    ['never-heard-of-it', 'chat', true],
    ['never-heard-of-it', 'code', false],
  ] as const)('%s for %s: %s', (name, task, isFit) => expect(tasksOfModel(name).includes(task)).toBe(isFit));
});
