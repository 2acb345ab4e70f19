import { createOrg, createToken, createUser } from '@byok/identity';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const GOOD = 'sk-test-good-1234567890abcdef';
const BAD = 'sk-bad-canary-Zq8w7e6r5t4y3u2i1o0p';
/** Nobody listens there. */
const DEAD_PORT = 9;
const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };
const limited = (headers: Record<string, string>) => ({ status: 429, body: JSON.stringify({ error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } }), headers });

describe('failures of providers and keys', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1, BYOK_EGRESS_ALLOW: `127.0.0.1/32:${DEAD_PORT}` });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.reset();
    world.vault.keys = [];
    world.vault.notes = [];
    for (const name of [...watch().breakers.open.keys()]) expect(name).toBe('none open');
  });
  const watch = () => world.gateway.deps.watched;
  const ofUser = (): { type: 'user'; id: string } => ({ type: 'user', id: world.user.id });
  const ofGroup = (): { type: 'group'; id: string } => ({ type: 'group', id: world.group.id });
  const posts = () => world.upstream.witness().filter((row) => row.method === 'POST');
  const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { error: { code: string } }).error.code;
  const settled = async (condition: () => boolean): Promise<void> => {
    for (let waited = 0; !condition() && waited < 3_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };
  const metric = async (name: string): Promise<number> => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await fetch(`${world.url}/metrics`)).text())?.[1]);

  it('H14 leaves a limited key alone for that model for as long as the provider asks, and uses the next one meanwhile', async () => {
    const own = world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    const groups = world.vault.hold({ provider: 'openai', secret: `${GOOD}-group`, owner: ofGroup() });
    world.upstream.behave({ when: { key: GOOD, model: 'gpt-4o' }, ...limited({ 'retry-after': '30' }), times: 1 });
    const first = await world.post('/v1/chat/completions', chat);
    expect([first.status, first.headers.get('x-byok-attempts'), first.headers.get('x-byok-key-id')]).toEqual([200, '2', groups]);
    const second = await world.post('/v1/chat/completions', chat);
    expect([second.headers.get('x-byok-attempts'), second.headers.get('x-byok-key-id')]).toEqual(['1', groups]);
    const other = await world.post('/v1/chat/completions', { ...chat, model: 'openai/gpt-4o-mini' });
    expect(other.headers.get('x-byok-key-id')).toBe(own);
    const rest = watch().coolDowns.cooling.get(own)!.get('gpt-4o')!;
    expect(rest.until - Date.now()).toBeGreaterThan(25_000);
    expect(rest.until - Date.now()).toBeLessThanOrEqual(33_000);
    expect(await metric('byok_cooling_keys')).toBe(1);
  });

  it.each([
    ['seconds', () => ({ 'retry-after': '20' }), 20_000],
    ['milliseconds', () => ({ 'retry-after-ms': '20000' }), 20_000],
    ['a date', () => ({ 'retry-after': new Date(Date.now() + 20_500).toUTCString() }), 20_000],
  ])('H14 answers 429 with the time that is left when every key is cooling, without asking the provider: told as %s', async (_, headers, ms) => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.upstream.behave(limited(headers()));
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(429);
    const again = await world.post('/v1/chat/completions', chat);
    expect([again.status, await codeOf(again)]).toEqual([429, 'rate_limited']);
    const left = Number(again.headers.get('retry-after'));
    expect(left).toBeGreaterThan(ms / 1_000 - 3);
    expect(left).toBeLessThanOrEqual(ms / 1_000 * 1.1 + 1);
    expect(posts()).toHaveLength(1);
  });

  it('H14 waits twice as long after every further limit that comes without a time', () => {
    const { coolDowns } = watch();
    const attempt = { keyId: 'key_x', upstreamModel: 'gpt-4o' } as Parameters<typeof coolDowns.answered>[0];
    const error = { code: 'rate_limited', rule: { failure: 'rate' }, details: { upstreamStatus: 429 } } as unknown as Parameters<typeof coolDowns.failed>[1];
    const rests: number[] = [];
    for (let time = 0; time < 9; time++) {
      coolDowns.failed(attempt, error, 0);
      rests.push(coolDowns.cooling.get('key_x')!.get('gpt-4o')!.until);
      coolDowns.tick(60_001);
    }
    coolDowns.forget('key_x');
    rests.forEach((rest, time) => {
      expect(rest).toBeGreaterThanOrEqual(0.8 * Math.min(1_000 * 2 ** time, 60_000));
      expect(rest).toBeLessThanOrEqual(Math.min(1_000 * 2 ** time, 60_000));
    });
  });

  it('H17 tries the same key once more before any byte, and never more than three times in all', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: `${GOOD}-group`, owner: ofGroup() });
    const stop = world.upstream.behave({ status: 500, body: '{}', times: 1 });
    const saved = await world.post('/v1/chat/completions', chat);
    expect([saved.status, saved.headers.get('x-byok-attempts')]).toEqual([200, '2']);
    expect(posts().map((row) => row.key)).toEqual([GOOD, GOOD]);
    stop();
    world.reset();
    world.upstream.behave({ status: 500, body: '{}', times: 3 });
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(502);
    expect(posts().map((row) => row.key)).toEqual([GOOD, GOOD, `${GOOD}-group`]);
    expect((await world.usage(3)).map((event) => event.attempt)).toEqual([1, 2, 3]);
  });

  it('H17 never sends a request again once a byte of the answer is out', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: `${GOOD}-group`, owner: ofGroup() });
    world.upstream.behave({ cutAfterEvents: 2, textTokens: 8, betweenEventsMs: 2, times: 1 });
    const answer = await world.post('/v1/chat/completions', { ...chat, stream: true });
    await answer.text().catch(() => undefined);
    expect(posts()).toHaveLength(1);
  });

  it('H13 has a refused key confirmed by a probe, tells the vault, and takes it back when the provider does', async () => {
    const id = world.vault.hold({ provider: 'openai', secret: BAD, owner: ofUser() });
    expect(await codeOf(await world.post('/v1/chat/completions', chat))).toBe('key_rejected');
    await settled(() => world.vault.notes.length === 1);
    expect(world.vault.notes[0]).toMatchObject({ keyId: id, version: 1, outcome: 'invalid', actor: { tokenId: world.token.id } });
    expect(world.vault.notes[0]!.reason).toContain('refused the key');
    expect(world.vault.notes[0]!.reason).not.toContain('canary');
    expect(world.upstream.witness().filter((row) => row.method === 'GET')).toHaveLength(1);
  });

  it('H13 says nothing against a key whose probe succeeds: one model or one mistake is not the key', async () => {
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.upstream.behave({ when: { path: '/chat/completions' }, status: 401, body: JSON.stringify({ error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }), times: 1 });
    expect(await codeOf(await world.post('/v1/chat/completions', chat))).toBe('key_rejected');
    await settled(() => world.upstream.witness().some((row) => row.method === 'GET' && row.isFinished));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(world.vault.notes).toEqual([]);
  });

  it('H13 says nothing against a key that may not use one model, and leaves it alone for that model only', async () => {
    const id = world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.upstream.behave({ when: { model: 'gpt-4o' }, status: 403, body: JSON.stringify({ error: { message: 'Project does not have access to model', code: 'model_not_found' } }), times: 2 });
    await world.post('/v1/chat/completions', chat);
    expect((await world.post('/v1/chat/completions', { ...chat, model: 'openai/gpt-4o-mini' })).status).toBe(200);
    expect(world.vault.notes).toEqual([]);
    expect([...(watch().coolDowns.cooling.get(id)?.keys() ?? [])]).not.toContain('*');
  });

  it('H13 tells of an account without credit, and that it has some again', async () => {
    const id = world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser() });
    world.upstream.behave({ status: 429, body: JSON.stringify({ error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' } }), times: 1 });
    expect(await codeOf(await world.post('/v1/chat/completions', chat))).toBe('key_no_credit');
    await settled(() => world.vault.notes.length === 1);
    expect(world.vault.notes[0]).toMatchObject({ keyId: id, outcome: 'no-credit' });
    watch().coolDowns.forget(id);
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
    await settled(() => world.vault.notes.length === 2);
    expect(world.vault.notes[1]).toMatchObject({ keyId: id, outcome: 'valid' });
  });

  it('H13 tries a key that was found invalid again, and has it back in service once the provider takes it', async () => {
    const id = world.vault.hold({ provider: 'openai', secret: GOOD, owner: ofUser(), status: 'invalid' });
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(403);
    await settled(() => world.vault.notes.length === 1);
    expect(world.vault.notes[0]).toMatchObject({ keyId: id, outcome: 'valid' });
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
  });

  it('H15 H16 opens the breaker of an endpoint that keeps failing, for the tenant who named it and nobody else', async () => {
    const dead = `http://127.0.0.1:${DEAD_PORT}/v1`;
    const other = await world.db.transaction(async (tx) => {
      const org = await createOrg(tx, { name: 'Other', tier: 'enterprise' });
      const user = await createUser(tx, org.id, { email: 'bob@other.test', name: 'Bob', role: 'member' });
      return { user, ...(await createToken(tx, org.id, { name: 'laptop', userId: user.id, createdBy: user.id })) };
    });
    const asked = { ...chat, model: 'openai-compatible/any' };
    const theirs = (): Promise<Response> =>
      fetch(`${world.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${other.text}`, 'content-type': 'application/json' }, body: JSON.stringify(asked) });
    world.vault.hold({ provider: 'openai-compatible', secret: GOOD, owner: ofUser(), config: { base_url: dead } });
    world.vault.hold({ provider: 'openai-compatible', secret: GOOD, owner: { type: 'user', id: other.user.id }, config: { base_url: dead } });
    for (let time = 0; time < 10; time++) await world.post('/v1/chat/completions', asked);
    const refused = await world.post('/v1/chat/completions', asked);
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0, refused.headers.get('x-byok-attempts')]).toEqual([503, true, null]);
    expect(await metric('byok_open_breakers')).toBe(1);
    const asking = await theirs();
    expect([asking.status, await codeOf(asking), asking.headers.get('x-byok-attempts')]).toEqual([502, 'upstream_unreachable', expect.stringMatching(/^[12]$/)]);
    expect(await metric('byok_open_breakers')).toBe(1);
    watch().breakers.tick(Date.now() + 200_000);
    expect(watch().breakers.open.size).toBe(0);
  });

  it('H15 stops asking an endpoint that fails again and again, lets one call try when its time is over, and closes on its answer', async () => {
    world.vault.hold({ provider: 'groq', secret: GOOD, owner: ofUser() });
    const asked = { ...chat, model: 'groq/llama-3.3-70b-versatile' };
    const stop = world.upstream.behave({ when: { provider: 'groq' }, status: 500, body: '{}' });
    for (let time = 0; time < 11; time++) await world.post('/v1/chat/completions', asked);
    const sent = posts().length;
    const refused = await world.post('/v1/chat/completions', asked);
    expect([refused.status, posts().length]).toEqual([503, sent]);
    expect(sent).toBeLessThanOrEqual(11);
    stop();
    const { breakers } = watch();
    const soon = Date.now() + 7_000;
    const attempt = { provider: { id: 'groq', name: 'Groq' }, owner: ofUser(), config: {} } as unknown as Parameters<typeof breakers.begin>[0];
    breakers.begin(attempt, soon);
    expect(() => breakers.begin(attempt, soon)).toThrow(expect.objectContaining({ code: 'upstream_overloaded' }));
    breakers.answered(attempt, world.org.id, soon);
    expect((await world.post('/v1/chat/completions', asked)).status).toBe(200);
  });
});
