import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

describe('a call', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld();
    world.vault.hold({ provider: 'openai', secret: 'sk-test-one-1234567890abcdef', owner: { type: 'group', id: world.group.id } });
    world.vault.hold({ provider: 'anthropic', secret: 'sk-ant-test-one-1234567890abcdef', owner: { type: 'group', id: world.group.id } });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.reset();
  });

  const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

  it('goes through to the provider and comes back with its facts in the headers', async () => {
    const answer = await world.post('/v1/chat/completions', chat);
    const body = (await answer.json()) as { choices: unknown[]; usage: { prompt_tokens: number; completion_tokens: number } };
    expect(answer.status).toBe(200);
    expect(body.choices).toHaveLength(1);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'x-byok-key-owner': 'group', 'x-using-byok': 'true', 'x-provider': 'openai', 'x-credits-charged': '0.00', 'x-byok-attempts': '1', 'x-request-id': expect.stringMatching(/^req_/) });
    const [row] = world.upstream.witness();
    expect(row).toMatchObject({ key: 'sk-test-one-1234567890abcdef', model: 'gpt-4o', path: '/openai/v1/chat/completions' });
    const [event] = await world.usage(1);
    expect(event).toMatchObject({ outcome: 'ok', orgId: world.org.id, userId: world.user.id, tokenId: world.token.id, groupId: world.group.id, provider: 'openai', model: 'gpt-4o', estimated: false, usageSource: 'provider', httpStatus: 200 });
    expect(event!.meters).toMatchObject({ output: body.usage.completion_tokens });
  });

  it('streams, and hides the usage chunk that it asked for itself', async () => {
    const answer = await world.post('/v1/chat/completions', { ...chat, stream: true });
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(text).toContain('data: [DONE]');
    expect(text).not.toContain('prompt_tokens');
    expect(JSON.parse(world.upstream.witness()[0]!.body)).toMatchObject({ stream_options: { include_usage: true } });
    const [event] = await world.usage(1);
    expect(event).toMatchObject({ outcome: 'ok', stream: true, estimated: false, meters: { output: world.upstream.witness()[0]!.usage!.outputTokens } });
  });

  it('passes Anthropic messages through in their own dialect', async () => {
    const answer = await world.post('/v1/messages', { model: 'anthropic/claude-sonnet-4-5', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] }, { authorization: '', 'x-api-key': world.tokenText });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ type: 'message' });
    expect(world.upstream.witness()[0]).toMatchObject({ key: 'sk-ant-test-one-1234567890abcdef', model: 'claude-sonnet-4-5' });
    expect((await world.usage(1))[0]).toMatchObject({ endpoint: 'messages', outcome: 'ok', estimated: false });
  });

  it('puts the facts into the JSON body of the seed 004 route', async () => {
    const answer = await world.post('/api/v1/llm/chat/completions', chat);
    expect(await answer.json()).toMatchObject({ object: 'chat.completion', 'x-using-byok': 'true', 'x-provider': 'openai', 'x-credits-charged': '0.00' });
  });

  it('answers the inference route of seed 003', async () => {
    const answer = await world.post('/api/inference', { prompt: 'Hello world', provider: 'openai', model: 'gpt-4o' });
    expect(await answer.json()).toMatchObject({ success: true, provider: 'openai', isBYOK: true, text: expect.any(String), usage: { totalTokens: expect.any(Number) } });
  });

  it('lists the models the keys reach', async () => {
    const answer = await fetch(`${world.url}/v1/models`, { headers: { authorization: `Bearer ${world.tokenText}` } });
    const { data } = (await answer.json()) as { data: { id: string }[] };
    expect(data.some((model) => model.id.startsWith('openai/'))).toBe(true);
    expect(data.some((model) => model.id.startsWith('groq/'))).toBe(false);
  });

  it('serves health, readiness and metrics through Nest', async () => {
    expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${world.url}/readyz`)).json()).toMatchObject({ ready: true, notices: 'ok' });
    const metrics = await (await fetch(`${world.url}/metrics`)).text();
    expect(metrics).toContain('byok_calls_total{endpoint="chat",status="200"}');
    expect(metrics).not.toContain(world.org.id);
  });
});
