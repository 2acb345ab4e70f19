import { redisServer, type RedisServer } from '@byok/testing';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const KEY = 'sk-test-good-1234567890abcdef';
const OTHER = 'sk-test-other-1234567890abcde';
const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

const redis: RedisServer | undefined = await redisServer();
if (!redis) process.stderr.write('\n*** NOT RUN: limits on Redis. Install redis-server or start Docker. ***\n\n');
const places = redis ? ['memory', 'redis'] : ['memory'];
afterAll(() => redis?.close());

describe.each(places)('limits counted in %s', (place) => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1, ...(place === 'redis' ? { REDIS_URL: redis!.url } : {}) });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.reset();
    world.vault.keys = [];
    for (const table of ['org', 'app_group', 'app_user', 'token']) await world.db.query(`UPDATE identity.${table} SET settings = '{}'`);
  });
  const ofGroup = (): { type: 'group'; id: string } => ({ type: 'group', id: world.group.id });
  const set = (table: string, id: string, settings: object): Promise<unknown> => world.db.query(`UPDATE identity.${table} SET settings = $2 WHERE id = $1`, [id, JSON.stringify(settings)]);
  const calls = async (count: number): Promise<Response[]> => {
    const answers: Response[] = [];
    for (let each = 0; each < count; each++) answers.push(await world.post('/v1/chat/completions', chat));
    return answers;
  };

  it('let through exactly the requests of a minute, and say what is left', async () => {
    world.vault.hold({ provider: 'openai', secret: KEY, owner: ofGroup() });
    await set('token', world.token.id, { limits: { requestsPerMinute: 3 } });
    const answers = await calls(5);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers.slice(0, 3).map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))).toEqual(['2', '1', '0']);
    expect(answers[0]!.headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(Number(answers[3]!.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(await answers[3]!.json()).toMatchObject({ error: { code: 'limit_exceeded', type: 'rate_limit_error', limitOf: 'token', unit: 'requests' } });
    expect(world.upstream.witness()).toHaveLength(3);
  });

  it('count tokens as the provider counted them, those of running calls included', async () => {
    world.vault.hold({ provider: 'openai', secret: KEY, owner: ofGroup() });
    await set('app_user', world.user.id, { limits: { tokensPerMinute: 1_500 } });
    world.upstream.behave({ usage: { inputTokens: 600, outputTokens: 400 } });
    const answers = await calls(3);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(await answers[2]!.json()).toMatchObject({ error: { limitOf: 'user', unit: 'tokens' } });
  });

  it('let no more calls run at once than they say, however many come together, and take new ones when those are over', async () => {
    world.vault.hold({ provider: 'openai', secret: KEY, owner: ofGroup() });
    await set('org', world.org.id, { limits: { concurrent: 4 } });
    world.upstream.behave({ delayMs: 300 });
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => world.post('/v1/chat/completions', chat)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(statuses.filter((status) => status === 429)).toHaveLength(16);
    expect((await calls(1))[0]!.status).toBe(200);
  });

  it('of a key send the call on to the next key', async () => {
    const limited = world.vault.hold({ provider: 'openai', secret: KEY, owner: { type: 'user', id: world.user.id } });
    world.vault.hold({ provider: 'openai', secret: OTHER, owner: ofGroup() });
    await set('org', world.org.id, { keyLimits: { [limited]: { requestsPerMinute: 1 } } });
    expect((await calls(3)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(world.upstream.witness().map(({ key }) => key)).toEqual([KEY, OTHER, OTHER]);
  });

  it('of a group hold for everybody who uses its key', async () => {
    world.vault.hold({ provider: 'openai', secret: KEY, owner: ofGroup() });
    await set('app_group', world.group.id, { limits: { requestsPerMinute: 2 } });
    expect((await calls(3)).map(({ status }) => status)).toEqual([200, 200, 429]);
  });
});

(redis ? describe : describe.skip)('limits without their Redis', () => {
  it('go on with the declared share, say so, and are whole again when it is back', async () => {
    const gone = (await redisServer())!;
    const world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1, REDIS_URL: gone.url, LIMITS_DEGRADED_SHARE: 0.5 });
    try {
      world.vault.hold({ provider: 'openai', secret: KEY, owner: { type: 'group', id: world.group.id } });
      await world.db.query(`UPDATE identity.token SET settings = '{"limits":{"requestsPerMinute":6}}' WHERE id = $1`, [world.token.id]);
      expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
      await gone.close();
      const statuses: number[] = [];
      for (let each = 0; each < 5; each++) statuses.push((await world.post('/v1/chat/completions', chat)).status);
      expect(statuses).toEqual([200, 200, 200, 429, 429]);
      expect(await (await fetch(`${world.url}/readyz`)).json()).toMatchObject({ ready: true, limits: 'degraded' });
      expect(await (await fetch(`${world.url}/metrics`)).text()).toContain('byok_limits_degraded 1');
    } finally {
      await world.close();
    }
  });
});
