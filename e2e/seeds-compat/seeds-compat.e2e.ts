import type { AdminClient } from '../support/admin-client.js';
import { callGateway, HELLO } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, type Person, type World } from '../support/world.js';

const { upstream, standalone } = standaloneOfSuite();
let world: World;
let ann: Person;
let session: AdminClient;

beforeAll(async () => {
  world = await newWorld(standalone, 'Seeds');
  ann = await world.person('ann');
  session = await world.session(ann);
});
beforeEach(() => upstream.reset());

describe('/api/byok/* as its first users know it', () => {
  it('lists providers and what each needs', async () => {
    const { success, providers } = await session.get('/api/byok/providers');
    expect(success).toBe(true);
    expect(providers).toContainEqual(expect.objectContaining({ id: 'openai', name: 'OpenAI', requiresConfig: false, configFields: expect.any(Array) }));
  });

  it('D13 validates a key for who is signed in, stores it nowhere, and writes down that it was tried', async () => {
    const apiKey = providerKeys.openai();
    const answer = await session.post('/api/byok/validate', { provider: 'openai', apiKey });
    expect(answer).toMatchObject({ success: true, provider: 'openai', valid: true, outcome: 'valid', balanceUsd: null });
    expect(upstream.witness()).toMatchObject([{ key: apiKey }]);
    expect(await session.post('/api/byok/validate', { provider: 'openai', apiKey: 'sk-bad-1234567890abcdefghijklmnop' })).toMatchObject({ success: true, valid: false, outcome: 'invalid' });
    expect(JSON.stringify(await session.get('/api/keys'))).not.toContain('openai');
    const unsigned = await fetch(`${standalone.adminUrl}/api/byok/validate`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ provider: 'openai', apiKey }) });
    expect(unsigned.status).toBe(401);
    const audit = JSON.stringify(await world.owner.get(`/api/orgs/${world.orgId}/audit`));
    expect(audit).toContain('key.validate');
    expect(audit).not.toContain(apiKey);
  });

  it("stores a person's key after testing it, shows that it is there, and takes it away", async () => {
    const apiKey = providerKeys.openai();
    const stored = await session.post('/api/byok/keys/openai', { apiKey, name: 'Production Key', description: 'Main OpenAI key' });
    expect(stored).toMatchObject({ success: true, keyId: expect.stringMatching(/^key_/), provider: 'openai' });
    expect(upstream.witness()[0]).toMatchObject({ key: apiKey });

    const { userId, providers } = await session.get('/api/byok/keys');
    expect(userId).toBe(ann.id);
    expect(providers).toContainEqual({ provider: 'openai', name: 'OpenAI', hasUserKey: true, hasGroupKey: false });
    expect(await session.delete('/api/byok/keys/openai')).toMatchObject({ success: true });
    const after = await session.get('/api/byok/keys');
    expect(JSON.stringify(after)).not.toContain('"hasUserKey":true');
  });

  it('adds a person to a group and a key to the group, for its admins only', async () => {
    const groupId = await world.group('development');
    expect(await world.owner.post(`/api/byok/groups/${groupId}/users/${ann.id}`)).toMatchObject({ success: true });
    const body = { apiKey: providerKeys.openai(), name: 'Team Key', allowedUsers: 'all' };
    expect((await session.call('POST', `/api/byok/groups/${groupId}/keys/openai`, body)).status).toBe(403);
    expect(await world.owner.post(`/api/byok/groups/${groupId}/keys/openai`, body)).toMatchObject({ success: true, provider: 'openai' });
    expect((await session.get('/api/byok/keys'))['providers']).toContainEqual({ provider: 'openai', name: 'OpenAI', hasUserKey: false, hasGroupKey: true });
  });

  it('counts keys and calls', async () => {
    const { stats } = await session.get('/api/byok/stats');
    expect(stats).toMatchObject({ userKeys: 0, groupKeys: 1, providers: ['openai'], totalUsage: expect.any(Number) });
  });
});

describe('the calls of earlier systems', () => {
  it("POST /api/inference takes a prompt and uses the caller's key for that provider", async () => {
    const answer = await callGateway({ gatewayUrl: standalone.gatewayUrl, token: ann.token, path: '/api/inference', body: { prompt: 'Hello world', provider: 'openai', model: 'gpt-4o-mini' } });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Word0 word1');
    expect(upstream.witness()[0]).toMatchObject({ provider: 'openai', model: 'gpt-4o-mini' });
  });

  it('POST /api/v1/llm/chat/completions takes a session token and tells in the body who paid', async () => {
    const answer = await callGateway({ gatewayUrl: standalone.gatewayUrl, token: session.credential!, path: '/api/v1/llm/chat/completions', body: { model: 'openai/gpt-4o-mini', messages: HELLO } });
    expect(answer.body).toMatchObject({ object: 'chat.completion', 'x-using-byok': 'true', 'x-provider': 'openai', 'x-credits-charged': '0.00' });
    expect(answer.headers.get('x-using-byok')).toBe('true');
  });

  it('books them like every other call', async () => {
    expect(await world.usage('user', 2)).toMatchObject([{ user: ann.id, requests: 2 }]);
  });
});
