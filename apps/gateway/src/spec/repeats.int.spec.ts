import { createOrg, createToken, createUser } from '@byok/identity';
import type { OrgId } from '@byok/kernel';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const GOOD = 'sk-test-good-1234567890abcdef';
const steady = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }], temperature: 0 };

describe('answers to requests that repeat', () => {
  let world: GatewayWorld;
  let bobs: string;
  let strangers: { text: string; userId: string; orgId: OrgId };
  beforeAll(async () => {
    world = await gatewayWorld();
    bobs = await world.db.transaction(async (tx) => {
      const bob = await createUser(tx, world.org.id, { email: 'bob@acme.test', name: 'Bob', role: 'member' });
      return (await createToken(tx, world.org.id, { name: 'laptop', userId: bob.id, createdBy: bob.id })).text;
    });
    strangers = await world.db.transaction(async (tx) => {
      const org = await createOrg(tx, { name: 'Other', tier: 'enterprise' });
      const eve = await createUser(tx, org.id, { email: 'eve@other.test', name: 'Eve', role: 'member' });
      return { text: (await createToken(tx, org.id, { name: 'laptop', userId: eve.id, createdBy: eve.id })).text, userId: eve.id, orgId: org.id };
    });
    for (const org of [world.org.id, strangers.orgId]) world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'org', id: org } });
  });
  afterAll(() => world.close());
  const turn = async (cache: object): Promise<void> => {
    await world.db.query(`UPDATE identity.org SET settings = jsonb_build_object('cache', $1::jsonb)`, [JSON.stringify({ ttlSeconds: 300, maxBytes: 1_000_000, ...cache })]);
    for (const org of [world.org.id, strangers.orgId]) await world.db.query(`SELECT pg_notify('byok_change', $1)`, [JSON.stringify({ org, kind: 'org', id: org })]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  beforeEach(async () => {
    await turn({ enabled: true });
    world.reset();
  });
  const ask = (body: unknown, headers: Record<string, string> = {}, path = '/v1/chat/completions'): Promise<Response> => world.post(path, body, headers);
  const asBob = { authorization: '' };
  const told = async (answer: Response): Promise<[string | null, string]> => [answer.headers.get('x-byok-cache'), await answer.text()];
  beforeAll(() => void (asBob.authorization = `Bearer ${bobs}`));

  it('are not kept unless the org turned that on', async () => {
    await turn({ enabled: false });
    for (let time = 0; time < 2; time++) expect((await told(await ask(steady)))[0]).toBeNull();
    expect(world.upstream.witness()).toHaveLength(2);
  });

  it('are the first one again, for everybody in the org who may ask, at no cost and with a line in the usage', async () => {
    const [miss, first] = await told(await ask(steady));
    const again = await ask({ temperature: 0.0, messages: steady.messages, model: steady.model }, asBob);
    expect([again.status, again.headers.get('x-byok-attempts'), again.headers.get('x-credits-charged'), again.headers.get('x-provider'), again.headers.get('content-type')]).toEqual([200, '0', '0.00', 'openai', 'application/json']);
    expect([miss, ...(await told(again))]).toEqual(['miss', 'hit', first]);
    expect(world.upstream.witness()).toHaveLength(1);
    const [, repeated] = await world.usage(2);
    expect(repeated).toMatchObject({ outcome: 'ok', cache: 'hit', meters: null, usageSource: 'none', estimated: false, provider: 'openai', model: 'gpt-4o', attempt: 1, requestId: again.headers.get('x-request-id') });
    expect(again.headers.get('x-request-id')).not.toBeNull();
    expect(world.logLines.at(-1)!.fields).toMatchObject({ requestId: again.headers.get('x-request-id'), attempts: 0, provider: 'openai', keyOwner: 'org' });
  });

  it('A10 never cross from one org to another', async () => {
    await told(await ask(steady));
    const [cache] = await told(await ask(steady, { authorization: `Bearer ${strangers.text}` }));
    expect(cache).toBe('miss');
    expect(world.upstream.witness()).toHaveLength(2);
  });

  it('are streams as they were, to their last byte', async () => {
    const [miss, first] = await told(await ask({ ...steady, stream: true }));
    const [hit, again] = await told(await ask({ ...steady, stream: true }));
    expect([miss, hit, again]).toEqual(['miss', 'hit', first]);
    expect(again).toContain('[DONE]');
    expect((await told(await ask(steady)))[0]).toBe('miss');
  });

  it('are given only where the request leaves nothing to chance, or asks for it; and never where it says no', async () => {
    const { temperature: _, ...lively } = steady;
    const twice = async (body: object, headers: Record<string, string> = {}, path?: string): Promise<(string | null)[]> => [(await told(await ask(body, headers, path)))[0], (await told(await ask(body, headers, path)))[0]];
    expect(await twice(lively)).toEqual([null, null]);
    expect(await twice({ ...lively, temperature: 0.7 })).toEqual([null, null]);
    expect(await twice({ ...lively, seed: 7 })).toEqual(['miss', 'hit']);
    expect(await twice(lively, { 'x-byok-cache': 'on' })).toEqual(['miss', 'hit']);
    expect(await twice(steady, { 'x-byok-cache': 'off' })).toEqual([null, null]);
    expect(await twice({ model: 'openai/text-embedding-3-small', input: 'x' }, {}, '/v1/embeddings')).toEqual(['miss', 'hit']);
    expect(await twice({ model: 'openai/gpt-4o', input: 'x', temperature: 0 }, {}, '/v1/responses')).toEqual([null, null]);
  });

  it('are never what failed, was cut, or came from another model in its place', async () => {
    const body = { ...steady, messages: [{ role: 'user', content: 'Another' }] };
    world.upstream.behave({ status: 400, body: JSON.stringify({ error: { message: 'no' } }), times: 1 });
    expect((await ask(body)).status).toBe(400);
    world.upstream.behave({ cutAfterEvents: 2, textTokens: 9, betweenEventsMs: 1, times: 1 });
    await (await ask({ ...body, stream: true })).text().catch(() => undefined);
    expect((await told(await ask(body)))[0]).toBe('miss');
    expect((await told(await ask({ ...body, stream: true })))[0]).toBe('miss');
  });

  it('are gone when a key or the org changes, and dressed for the route that asks', async () => {
    const path = '/api/v1/llm/chat/completions';
    const [, first] = await told(await ask(steady, {}, path));
    const [hit, again] = await told(await ask(steady));
    expect([hit, JSON.parse(first)]).toEqual(['hit', { ...(JSON.parse(again) as object), 'x-using-byok': 'true', 'x-provider': 'openai', 'x-credits-charged': '0.00' }]);
    await world.db.query(`SELECT pg_notify('byok_change', $1)`, [JSON.stringify({ org: world.org.id, kind: 'key', id: 'key_x' })]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await told(await ask(steady)))[0]).toBe('miss');
  });
});
