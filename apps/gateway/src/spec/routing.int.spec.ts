import type { OrgRouting, Preferences } from '@byok/contracts';
import { changeSettings, updateOrg } from '@byok/identity';
import { systemClock } from '@byok/platform';
import { openPriceBook, type PriceVersion } from '@byok/pricing';
import { explain } from '../probe/explain.js';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const ASK = { messages: [{ role: 'user', content: 'Hello' }] };
const price = (provider: string, model: string, rate: bigint): PriceVersion => ({
  ...{ id: `prc_${model}`, layer: 'imported', orgId: null, provider, model, match: { equals: model }, rank: 0, precedence: 0 },
  ...{ rates: { input: rate, output: rate }, tiers: [], requestFee: 0n, effectiveFrom: null, effectiveTo: null, dailyWindow: null, source: 'spec' },
});

describe('routing', () => {
  let world: GatewayWorld;
  let openaiKeys: string[];
  let anthropicKey: string;
  beforeAll(async () => {
    world = await gatewayWorld();
    const owner = { type: 'group' as const, id: world.group.id };
    openaiKeys = ['one', 'two', 'three'].map((name) => world.vault.hold({ provider: 'openai', secret: `sk-test-${name}-1234567890abcdef`, owner }));
    anthropicKey = world.vault.hold({ provider: 'anthropic', secret: 'sk-ant-test-one-1234567890abcdef', owner });
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await set({});
    world.gateway.deps.watched.prices = null;
  });

  /** Waits until the gateway has heard of it. */
  const set = async (routing: OrgRouting, preferences?: Preferences): Promise<void> => {
    world.reset();
    await world.db.transaction((tx) => changeSettings(tx as never, world.org.id, 'org', { routing, preferences }));
    await new Promise((resolve) => setTimeout(resolve, 60));
  };
  const chat = (model: string, more: object = {}, headers: Record<string, string> = {}): Promise<Response> => world.post('/v1/chat/completions', { model, ...ASK, ...more }, headers);
  const explained = (model: string, more: object = {}, task = '') =>
    explain({ ...world.gateway.deps, db: world.db, clock: systemClock }, { tokenId: world.token.id, sessionId: '', model, endpoint: 'chat', task, body: Buffer.from(JSON.stringify({ model, ...ASK, ...more })) });

  it('calls what an alias stands for, and says so', async () => {
    await set({ aliases: { fast: 'openai/gpt-4o-mini' } });
    const answer = await chat('fast');
    expect([answer.status, answer.headers.get('x-byok-model'), world.upstream.witness()[0]?.model]).toEqual([200, 'openai/gpt-4o-mini', 'gpt-4o-mini']);
    expect((await world.usage(1))[0]).toMatchObject({ model: 'gpt-4o-mini', provider: 'openai' });
  });

  it('chooses a model for auto by what the request shows, by auto:<task>, and by the header', async () => {
    world.gateway.deps.watched.prices = openPriceBook([price('openai', 'gpt-5.4-nano', 1n), price('openai', 'gpt-5.4-mini', 5n), price('openai', 'gpt-5.6-sol', 50n), price('anthropic', 'claude-haiku-4-5', 9n), price('anthropic', 'claude-sonnet-5', 30n)]);
    await set({});
    const modelOf = async (answer: Promise<Response>): Promise<string | null> => (await answer).headers.get('x-byok-model');
    expect(await modelOf(chat('auto'))).toBe('openai/gpt-5.4-nano');
    expect(await modelOf(chat('auto', { messages: [{ role: 'user', content: '```ts\nlet x\n```' }] }))).toBe('openai/gpt-5.4-mini');
    expect(await modelOf(chat('auto:reasoning'))).toBe('anthropic/claude-sonnet-5');
    expect(await modelOf(chat('auto', {}, { 'x-byok-task': 'code' }))).toBe('openai/gpt-5.4-mini');
    expect((await chat('auto', {}, { 'x-byok-task': 'Not A Task' })).status).toBe(400);
    await set({ tasks: { chat: ['anthropic/claude-haiku-4-5'] } });
    expect(await modelOf(chat('auto'))).toBe('anthropic/claude-haiku-4-5');
    const none = await chat('auto:poetry');
    expect([none.status, await none.text()]).toEqual([403, expect.stringContaining('poetry')]);
  });

  it('obeys a policy from the next call on, in what it forbids and in what it allows again', async () => {
    expect((await chat('gpt-4o')).status).toBe(200);
    await set({ allowedProviders: ['anthropic'] });
    const refused = await chat('gpt-4o');
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'no_key_available' } }]);
    await set({ allowedModels: ['claude-*'] });
    expect((await (await chat('gpt-4o')).json()) as object).toMatchObject({ error: { code: 'model_not_allowed' } });
    await set({});
    expect((await chat('gpt-4o')).status).toBe(200);
  });

  it('lets a group narrow what its org allows, and never widen it', async () => {
    await set({ allowedModels: ['gpt-*'] });
    const ofGroup = async (routing: object): Promise<void> => {
      await world.db.transaction((tx) => changeSettings(tx as never, world.org.id, { group: world.group.id }, { routing }));
      await new Promise((resolve) => setTimeout(resolve, 60));
    };
    await ofGroup({ allowedModels: ['gpt-*', 'claude-*'] });
    expect((await chat('claude-sonnet-5')).status).toBe(403);
    expect((await chat('gpt-4o')).status).toBe(200);
    await ofGroup({ allowedModels: ['gpt-3*'] });
    expect((await chat('gpt-4o')).status).toBe(403);
    await ofGroup({});
  });

  it('spreads calls by weight, and keeps conversations with a key where the order is sticky', async () => {
    await set({ order: 'weighted' });
    const first = new Set<string | null>();
    for (let call = 0; call < 40; call++) first.add((await chat('gpt-4o')).headers.get('x-byok-key-id'));
    expect([...first].sort()).toEqual([...openaiKeys].sort());
    await set({ order: 'sticky' });
    const keyOf = async (content: string, answers: object[] = []): Promise<string | null> => (await chat('gpt-4o', { messages: [{ role: 'system', content }, ...answers], temperature: answers.length })).headers.get('x-byok-key-id');
    const long = (each: number): string => `You are assistant ${each}. ${'Be precise. '.repeat(120)}`;
    const conversations = Array.from({ length: 12 }, (_, each) => long(each));
    const begun = await Promise.all(conversations.map((each) => keyOf(each)));
    expect(new Set(begun).size).toBeGreaterThan(1);
    expect(await Promise.all(conversations.map((each) => keyOf(each, [{ role: 'user', content: 'And now?' }])))).toEqual(begun);
  });

  it('caps what a caller did not limit themselves, and refuses more than their preferences allow', async () => {
    await set({}, { maxTokensPerRequest: 200 });
    await chat('gpt-4o');
    expect(JSON.parse(world.upstream.witness()[0]!.body)).toMatchObject({ max_completion_tokens: 200 });
    world.reset();
    await chat('gpt-4o', { max_tokens: 50 });
    expect(JSON.parse(world.upstream.witness()[0]!.body)).not.toHaveProperty('max_completion_tokens');
    expect((await chat('gpt-4o', { max_tokens: 201 })).status).toBe(400);
    const translated = await chat('claude-sonnet-5', { max_tokens: 201 });
    expect(translated.status).toBe(400);
  });

  it('lists under /v1/models what a call would be planned for, with the names that the org gave', async () => {
    const list = async (): Promise<string[]> => {
      const answer = await fetch(`${world.url}/v1/models`, { headers: { authorization: `Bearer ${world.tokenText}` } });
      return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    await set({ aliases: { fast: 'openai/gpt-4o-mini', dream: 'mistral/none', pick: 'auto:code' } });
    expect(await list()).toEqual(expect.arrayContaining(['fast', 'openai/gpt-4o-mini', 'openai/text-embedding-3-small', 'anthropic/claude-opus-5']));
    expect(await list()).not.toContain('dream');
    await set({ allowedModels: ['claude-*'] });
    expect((await list()).every((id) => id.startsWith('anthropic/'))).toBe(true);
  });

  describe('explain', () => {
    it.each([
      ['a plain model', 'gpt-4o', {}, {}],
      ['an alias', 'fast', {}, { aliases: { fast: 'claude-sonnet-5' } }],
      ['a sticky order', 'gpt-4o', { messages: [{ role: 'system', content: 'x'.repeat(2_000) }] }, { order: 'sticky' }],
      ['a fallback', 'openrouter/nothing', {}, { fallbacks: { 'openrouter/nothing': ['claude-sonnet-5'] } }],
      ['a task', 'auto', { messages: [{ role: 'user', content: 'Prove the theorem' }] }, { tasks: { reasoning: ['claude-sonnet-5', 'gpt-4o'] } }],
      ['a narrowing', 'gpt-4o', {}, { declared: { openai: { region: 'us' } }, allowedRegions: ['global', 'us'] }],
    ] as const)('names for %s the key and the model that a call then gets', async (_name, model, more, routing) => {
      await set(routing as OrgRouting);
      const told = await explained(model, more);
      const first = told.candidates.find(({ attempt }) => attempt === 1)!;
      const answer = await chat(model, more);
      expect([answer.status, answer.headers.get('x-byok-key-id'), answer.headers.get('x-byok-model'), answer.headers.get('x-provider')]).toEqual([200, first.keyId, first.model, first.provider]);
      expect(told.errorCode).toBe('');
    });

    it('says of every key what became of it, in order, with the cost, and asks no provider', async () => {
      world.gateway.deps.watched.prices = openPriceBook([price('openai', 'gpt-4o', 2_000_000n)]);
      await set({});
      const told = await explained('gpt-4o', { max_tokens: 1_000 });
      expect(told.candidates.map(({ keyId, attempt, reason }) => [keyId, attempt, reason])).toEqual([
        ...openaiKeys.map((id, index) => [id, index + 1, '']),
        [anthropicKey, 0, 'model_not_served'],
      ]);
      expect(told.candidates[0]!.estimatedCostUsd).toMatch(/^0\.002\d*$/);
      expect(told.outputTokens).toBe(1_000);
      expect(world.upstream.witness()).toEqual([]);
    });

    it('tells the error that a call would be answered', async () => {
      await set({ allowedModels: ['claude-*'] });
      const told = await explained('gpt-4o');
      const answer = (await (await chat('gpt-4o')).json()) as { error: { code: string; message: string } };
      expect([told.errorCode, told.errorMessage]).toEqual([answer.error.code, answer.error.message]);
      expect(told.candidates.every(({ attempt }) => attempt === 0)).toBe(true);
    });

    it('says that prices are not known where an order would go by them', async () => {
      await set({ order: 'cheapest' });
      expect((await explained('gpt-4o')).notes).toEqual([expect.stringContaining('No prices')]);
    });

    it('names no platform key by its id', async () => {
      const id = world.vault.hold({ provider: 'groq', secret: 'gsk_test-1234567890abcdef', owner: { type: 'platform', id: 'platform' } });
      await world.db.transaction((tx) => updateOrg(tx as never, world.org.id, { policy: { platformKeysGranted: true } }));
      await new Promise((resolve) => setTimeout(resolve, 60));
      const told = await explained('groq/openai/gpt-oss-120b');
      expect(told.candidates.find(({ ownerType }) => ownerType === 'platform')).toMatchObject({ keyId: '', ownerId: '', attempt: 1 });
      expect(JSON.stringify(told)).not.toContain(id);
      expect(told.notes.join()).toContain('markup');
    });
  });

  // Last, because it leaves the keys refused.
  it('falls to another model where no key could serve the one asked for, in the other dialect, too', async () => {
    await set({ fallbacks: { 'gpt-4o': ['claude-sonnet-5'] } });
    world.upstream.behave({ when: { provider: 'openai' }, status: 401, body: '{"error":{"code":"invalid_api_key","message":"no"}}' });
    const answer = await chat('gpt-4o');
    expect([answer.status, answer.headers.get('x-byok-model'), answer.headers.get('x-byok-key-id')]).toEqual([200, 'claude-sonnet-5', anthropicKey]);
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
  });
});
