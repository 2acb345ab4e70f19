import { AppError } from '@byok/kernel';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const GOOD = 'sk-test-good-1234567890abcdef';
const BAD = 'sk-bad-canary-Zq8w7e6r5t4y3u2i1o0p';
const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

interface ErrorAnswer {
  error: { message: string; type: string; code: string; param: string | null };
}

describe('what can go wrong before the first byte', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1 });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.reset();
    world.vault.keys = [];
    world.vault.opened = [];
    world.vault.failure = undefined;
  });
  const ofGroup = (): { type: 'group'; id: string } => ({ type: 'group', id: world.group.id });
  const ofUser = (): { type: 'user'; id: string } => ({ type: 'user', id: world.user.id });
  const errorOf = async (answer: Response): Promise<ErrorAnswer['error']> => ((await answer.json()) as ErrorAnswer).error;

  it('D01 answers a key that the provider refuses with 502, without a piece of the key in answer, headers or log', async () => {
    world.vault.hold({ provider: 'openai', secret: BAD, owner: ofUser() });
    const answer = await world.post('/v1/chat/completions', chat);
    const text = await answer.text();
    expect(answer.status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'key_rejected' } });
    expect(answer.headers.get('x-should-retry')).toBe('false');
    const everything = text + JSON.stringify([...answer.headers]) + JSON.stringify(world.logLines) + JSON.stringify(await world.usage(1));
    for (let start = 0; start + 8 <= BAD.length; start++) expect(everything).not.toContain(BAD.slice(start, start + 8));
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'error', errorCode: 'key_rejected', httpStatus: 401, meters: null, usageSource: 'none' });
  });

  it('goes to the next key when one is refused, and meters both attempts under one request', async () => {
    world.vault.hold({ provider: 'openai', secret: BAD, owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofGroup() });
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-byok-attempts')).toBe('2');
    expect(answer.headers.get('x-byok-key-owner')).toBe('group');
    const events = await world.usage(2);
    expect(events.map((event) => [event.attempt, event.outcome, event.keyOwner])).toEqual([[1, 'error', 'user'], [2, 'ok', 'group']]);
    expect(new Set(events.map((event) => event.requestId)).size).toBe(1);
    expect(new Set(events.map((event) => event.eventId)).size).toBe(2);
  });

  it('G21 never turns to platform credits because an own key failed, unless the org chose that', async () => {
    world.vault.hold({ provider: 'openai', secret: BAD, owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'platform', id: 'platform' } });
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(502);
    expect(world.upstream.witness().every((row) => row.key === BAD)).toBe(true);
  });

  it('E02 stops at a key that fails its integrity check: no other key is opened or used', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofGroup() });
    world.vault.failure = new AppError('integrity_failed', 'The stored key failed its integrity check.');
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(503);
    expect(await errorOf(answer)).toMatchObject({ code: 'integrity_failed' });
    expect(world.upstream.witness().filter((row) => row.method === 'POST')).toHaveLength(0);
  });

  it('H11 answers 503 with Retry-After for a cold key while the vault is away, and tries no other', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'platform', id: 'platform' } });
    world.vault.failure = new AppError('service_unavailable', 'The key-vault service cannot be reached.');
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(world.upstream.witness().filter((row) => row.method === 'POST')).toHaveLength(0);
  });

  it('opens the new version of a key that was rotated after it was listed', async () => {
    const id = world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    const listed = world.vault.usableKeys.bind(world.vault);
    world.vault.usableKeys = async (request) => {
      const answer = await listed(request);
      world.vault.usableKeys = listed;
      world.vault.keys = world.vault.keys.map((key) => ({ ...key, version: 2, secret: `${GOOD}-rotated` }));
      return answer;
    };
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(200);
    expect(world.vault.opened).toEqual([id]);
    expect(world.upstream.witness()[0]!.key).toBe(`${GOOD}-rotated`);
  });

  it('B07 does not follow a redirect, and shows the key to no second host', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofGroup() });
    for (const status of [301, 302, 307, 308]) {
      world.upstream.reset();
      world.upstream.behave({ status, body: '', headers: { location: `${world.upstream.url}/elsewhere/v1/chat/completions` } });
      const answer = await world.post('/v1/chat/completions', chat);
      expect(answer.status).toBe(502);
      expect(await errorOf(answer)).toMatchObject({ code: 'upstream_redirect' });
      expect(answer.headers.get('location')).toBeNull();
      expect(world.upstream.witness()).toHaveLength(1);
    }
  });

  it("passes on the provider's rate limit as 429 with Retry-After", async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.upstream.behave({ status: 429, body: JSON.stringify({ error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } }), headers: { 'retry-after': '7' } });
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await errorOf(answer)).toMatchObject({ code: 'rate_limited', type: 'rate_limit_error' });
  });

  it('B13 strips cookies, locations and names of ours from the answer', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.upstream.behave({ headers: { 'set-cookie': 'a=b', 'strict-transport-security': 'max-age=1', location: '/x', 'x-credits-charged': '99', 'x-byok-key-owner': 'forged', 'x-ratelimit-remaining-requests': '41' } });
    const answer = await world.post('/v1/chat/completions', chat);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).not.toHaveProperty('set-cookie');
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('location');
    expect(headers).toMatchObject({ 'x-credits-charged': '0.00', 'x-byok-key-owner': 'user', 'x-ratelimit-remaining-requests': '41' });
  });

  it('C13 passes on nothing that a browser would run, whatever an endpoint calls it', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    for (const type of ['text/html; charset=utf-8', 'image/svg+xml', 'text/javascript', 'application/xhtml+xml']) {
      world.upstream.behave({ when: {}, times: 1, status: 200, body: '<script>alert(1)</script>', headers: { 'content-type': type } });
      const answer = await world.post('/v1/chat/completions', chat);
      expect([type, answer.headers.get('content-type'), answer.headers.get('x-content-type-options')]).toEqual([type, expect.not.stringMatching(/html|xml|script/), answer.status === 200 ? 'nosniff' : answer.headers.get('x-content-type-options')]);
    }
    const answer = await world.post('/v1/chat/completions', chat);
    expect([answer.status, answer.headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
  });

  it('B18 sends a key to nobody when the vault says that it is of another provider than the list said', async () => {
    const id = world.vault.hold({ provider: 'groq', secret: GOOD, owner: ofUser() });
    const openKey = world.vault.openKey.bind(world.vault);
    world.vault.openKey = async (request) => ({ ...(await openKey(request)), provider: 'openai' });
    const answer = await world.post('/v1/chat/completions', { ...chat, model: 'groq/llama-3.3-70b-versatile' });
    world.vault.openKey = openKey;
    expect([answer.status, (await errorOf(answer)).code, world.vault.opened]).toEqual([503, 'integrity_failed', [id]]);
    expect(world.upstream.witness()).toEqual([]);
  });

  it('B10 lets no header of the caller reach the provider but switches of its dialect', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    await world.post('/v1/chat/completions', chat, { 'x-api-base': 'http://evil.example', cookie: 'a=b', 'openai-organization': 'org-x', 'openai-beta': 'assistants=v2', 'x-forwarded-for': '1.2.3.4' });
    const { headers } = world.upstream.witness()[0]!;
    for (const name of ['x-api-base', 'cookie', 'openai-organization', 'x-forwarded-for']) expect(headers).not.toHaveProperty(name);
    expect(headers['openai-beta']).toBe('assistants=v2');
    expect(JSON.stringify(headers)).not.toContain(world.tokenText);
  });

  it('says that a model is unknown, and which owners were looked at for a model without a key', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    const unknown = await world.post('/v1/chat/completions', { ...chat, model: 'no-such-model-at-all' });
    expect(unknown.status).toBe(404);
    expect(await errorOf(unknown)).toMatchObject({ code: 'model_not_found' });
    const noKey = await world.post('/v1/chat/completions', { ...chat, model: 'groq/llama-3.3-70b-versatile' });
    expect(noKey.status).toBe(403);
    expect((await errorOf(noKey)).code).toBe('no_key_available');
  });

  it('marks a call on a platform key as charged later', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'platform', id: 'platform' } });
    await world.db.query(`UPDATE identity.org SET platform_keys_granted = true WHERE id = $1`, [world.org.id]);
    const answer = await world.post('/api/v1/llm/chat/completions', chat);
    expect(await answer.json()).toMatchObject({ 'x-using-byok': 'false', 'x-credits-charged': 'pending' });
    expect(answer.headers.get('x-using-byok')).toBe('false');
  });
});
