import { AppError } from '@byok/kernel';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const KEY = 'sk-test-good-1234567890abcdef';
const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

describe('money before a call', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1 });
    await world.db.query(`UPDATE identity.org SET platform_keys_granted = true, settings = '{"tags":{"division":"labs"},"callerTags":["project"]}' WHERE id = $1`, [world.org.id]);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.reset();
    world.vault.keys = [];
    Object.assign(world.billing, { taken: [], released: [], extended: [], refusal: undefined, maxOutputTokens: 0, leaseMs: 60_000 });
    await world.db.query('DELETE FROM identity.hard_budget');
  });
  const ofGroup = (): { type: 'group'; id: string } => ({ type: 'group', id: world.group.id });
  const holdPlatformKey = (): string => world.vault.hold({ provider: 'openai', secret: KEY, owner: { type: 'platform', id: 'platform' } });
  const sent = (): Record<string, unknown> => JSON.parse(world.upstream.witness().at(-1)!.body) as Record<string, unknown>;

  it('is not asked for when a call on an own key concerns no hard budget', async () => {
    world.vault.hold({ provider: 'openai', secret: KEY, owner: ofGroup() });
    await world.db.query(`INSERT INTO identity.hard_budget VALUES ('bud_' || repeat('0', 32), $1, 'org', $1, false), ('bud_' || repeat('1', 32), $1, 'user', 'usr_other', true)`, [world.org.id]);
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
    expect(world.billing.taken).toEqual([]);
  });

  it('is reserved under the id of the usage event when a platform key pays, and the answer is capped where the caller left it open', async () => {
    const keyId = holdPlatformKey();
    world.billing.maxOutputTokens = 777;
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-credits-held')).toBe('0.012300');
    const [event] = await world.usage(1);
    expect(world.billing.taken).toMatchObject([{ eventId: event!.eventId, orgId: world.org.id, userId: world.user.id, keyId, keyOwner: 'platform', provider: 'openai', model: 'gpt-4o', maxOutputTokens: 0, choices: 1, tags: { division: 'labs' } }]);
    expect(world.billing.taken[0]!.inputTokens).toBeGreaterThan(10);
    expect(sent()).toMatchObject({ max_completion_tokens: 777, model: 'gpt-4o' });
    expect(event!.tags).toEqual({ division: 'labs' });
    expect(world.billing.released).toEqual([]);
  });

  it.each([
    ['/v1/messages', { model: 'anthropic/claude-haiku-4-5', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] }, 50],
    ['/v1/responses', { model: 'openai/gpt-4o', input: 'Hello', max_output_tokens: 60 }, 60],
    ['/v1/chat/completions', { ...chat, max_tokens: 70, n: 2 }, 70],
  ])('takes the cap that the caller set at %s', async (path, body, cap) => {
    holdPlatformKey();
    world.vault.hold({ provider: 'anthropic', secret: 'sk-ant-test-1234567890', owner: { type: 'platform', id: 'platform' } });
    expect((await world.post(path, body)).status).toBe(200);
    expect(world.billing.taken).toMatchObject([{ maxOutputTokens: cap, choices: 'n' in body ? 2 : 1 }]);
  });

  it('caps a field that stands as null, without writing it twice', async () => {
    holdPlatformKey();
    world.billing.maxOutputTokens = 99;
    await world.post('/v1/chat/completions', '{"max_tokens":null,"model":"openai/gpt-4o","messages":[{"role":"user","content":"Hello"}]}');
    expect(world.upstream.witness().at(-1)!.body.match(/max_tokens|max_completion_tokens/g)).toEqual(['max_tokens']);
    expect(sent()).toMatchObject({ max_tokens: 99 });
  });

  it('G19 is reserved on an own key, too, when a hard budget counts own keys', async () => {
    world.vault.hold({ provider: 'openai', secret: KEY, owner: ofGroup() });
    await world.db.query(`INSERT INTO identity.hard_budget VALUES ('bud_' || repeat('2', 32), $1, 'group', $2, true)`, [world.org.id, world.group.id]);
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
    expect(world.billing.taken).toMatchObject([{ keyOwner: 'group', groupId: world.group.id }]);
  });

  it.each([
    ['credits_exhausted', 'openai', '/v1/chat/completions', { error: { code: 'credits_exhausted', type: 'insufficient_quota', reason: 'wallet' } }],
    ['budget_exceeded', 'anthropic', '/v1/messages', { type: 'error', error: { type: 'billing_error', reason: 'wallet' } }],
  ] as const)('G20 is refused with 402 %s in the dialect of %s, and the provider hears nothing', async (code, _dialect, path, shape) => {
    holdPlatformKey();
    world.billing.refusal = new AppError(code, 'There is not enough.', { details: { reason: 'wallet', limitSource: 'credits', remainingUsd: '0.00', remedyHint: 'Ask your admin for credits.' } });
    const answer = await world.post(path, path === '/v1/messages' ? { ...chat, max_tokens: 5 } : chat);
    expect(answer.status).toBe(402);
    expect(await answer.json()).toMatchObject(shape);
    expect(world.upstream.witness()).toEqual([]);
    expect(await world.usage(0)).toEqual([]);
  });

  it('is waited for when billing is away: a call that could overspend is not made', async () => {
    holdPlatformKey();
    world.billing.refusal = new AppError('internal', 'gone');
    world.billing.refusal = new AppError('service_unavailable', 'gone');
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(503);
    expect(world.upstream.witness()).toEqual([]);
  });

  it('is free again when the attempt is not made after all', async () => {
    world.vault.hold({ provider: 'anthropic', secret: 'sk-ant-test-1234567890', owner: { type: 'platform', id: 'platform' } });
    const answer = await world.post('/v1/chat/completions', { ...chat, model: 'anthropic/claude-haiku-4-5', n: 3 });
    expect(answer.status).toBe(400);
    expect(world.billing.released).toEqual(world.billing.taken.map(({ eventId }) => eventId));
    expect(world.billing.released).toHaveLength(1);
  });

  it('keeps its lease for as long as a stream runs, and not longer', async () => {
    holdPlatformKey();
    world.billing.leaseMs = 3_000;
    world.upstream.behave({ delayMs: 2_500 });
    const text = await (await world.post('/v1/chat/completions', { ...chat, stream: true })).text();
    expect(text).toContain('[DONE]');
    expect(world.billing.extended).toContain(world.billing.taken[0]!.eventId);
    expect(world.gateway.deps.holds.running).toBe(0);
  });

  it('G26 is attributed by tags the org leaves to callers, and by no other', async () => {
    world.vault.hold({ provider: 'openai', secret: KEY, owner: ofGroup() });
    expect((await world.post('/v1/chat/completions', chat, { 'x-byok-tags': 'project=apollo' })).status).toBe(200);
    const [event] = await world.usage(1);
    expect(event!.tags).toEqual({ division: 'labs', project: 'apollo' });
    for (const header of ['division=sales', 'team=x', 'project=<script>']) expect((await world.post('/v1/chat/completions', chat, { 'x-byok-tags': header })).status).toBe(400);
  });
});
