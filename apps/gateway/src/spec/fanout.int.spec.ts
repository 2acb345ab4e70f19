import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const GOOD = 'sk-test-good-1234567890abcdef';
const messages = [{ role: 'user', content: 'Hello' }];

interface Part {
  index: number;
  model: string;
  request_id: string;
  status: number;
  provider: string | null;
  response: { choices: { message: { content: string } }[] } | null;
  error: { code: string; request_id: string } | null;
}

describe('POST /v1/fanout', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld();
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'user', id: world.user.id } });
    world.vault.hold({ provider: 'anthropic', secret: 'sk-ant-api03-good', owner: { type: 'user', id: world.user.id } });
  });
  afterAll(() => world.close());
  beforeEach(() => world.reset());
  const ask = (body: unknown, headers: Record<string, string> = {}): Promise<Response> => world.post('/v1/fanout', body, headers);
  const partsOf = async (answer: Response): Promise<Part[]> => ((await answer.json()) as { data: Part[] }).data;

  it('asks every model at once and answers in order, each an ordinary metered call with an id of its own', async () => {
    world.upstream.behave({ delayMs: 300 });
    const models = ['openai/gpt-4o', 'anthropic/claude-sonnet-4-5', 'openai/gpt-4o-mini'];
    const startedAt = Date.now();
    const answer = await ask({ models, messages, max_tokens: 16 });
    expect(Date.now() - startedAt).toBeLessThan(850);
    expect(answer.status).toBe(200);
    const whole = answer.headers.get('x-request-id')!;
    const parts = await partsOf(answer);
    expect(parts.map(({ index, model, status, provider, error }) => [index, model, status, provider, error])).toEqual(models.map((model, index) => [index, model, 200, model.split('/')[0], null]));
    for (const { response } of parts) expect(response!.choices[0]!.message.content).not.toBe('');
    expect(parts.map(({ request_id: id }) => id)).toEqual([1, 2, 3].map((place) => `${whole.slice(0, -2)}${place}0`));
    const events = await world.usage(3);
    expect(events.map((event) => event.requestId).sort()).toEqual(parts.map(({ request_id: id }) => id));
    expect(new Set(events.map((event) => event.eventId)).size).toBe(3);
    expect(events.every((event) => event.outcome === 'ok' && event.meters !== null && event.orgId === world.org.id)).toBe(true);
    expect(world.logLines.filter(({ message, fields }) => message === 'call' && fields['route'] === '/v1/fanout')).toHaveLength(3);
    expect(world.upstream.witness().every((row) => row.body.includes('Hello') && !row.body.includes('"models"'))).toBe(true);
  });

  it('tells what one model refused in its own place, and the others answer', async () => {
    world.upstream.behave({ when: { model: 'gpt-4o-mini' }, status: 400, body: JSON.stringify({ error: { message: 'no', type: 'invalid_request_error' } }) });
    const parts = await partsOf(await ask({ models: ['openai/gpt-4o-mini', 'no-such-model-at-all', 'openai/gpt-4o'], messages }));
    expect(parts.map(({ status, error }) => [status, error?.code])).toEqual([[400, 'invalid_request_error'], [404, 'model_not_found'], [200, undefined]]);
    expect(parts[1]!.error!.request_id).toBe(parts[1]!.request_id);
    expect(parts.map(({ response }) => response === null)).toEqual([true, true, false]);
  });

  it.each([
    [{ messages }, 'models'],
    [{ models: [], messages }, 'models'],
    [{ models: Array(9).fill('openai/gpt-4o'), messages }, 'models'],
    [{ models: ['openai/gpt-4o'], model: 'openai/gpt-4o', messages }, 'model'],
    [{ models: ['openai/gpt-4o'], stream: true, messages }, 'stream'],
  ])('refuses %j', async (body, param) => {
    const answer = await ask(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request', param } });
    expect(world.upstream.witness()).toHaveLength(0);
  });

  it('asks who is calling before anything else, and for POST', async () => {
    expect((await ask({ models: ['openai/gpt-4o'], messages }, { authorization: 'Bearer byok_live_nobody' })).status).toBe(401);
    expect((await fetch(`${world.url}/v1/fanout`)).status).toBe(405);
    expect((await ask('{"models":["a"],"models":["b"]}')).status).toBe(400);
    expect(world.upstream.witness()).toHaveLength(0);
  });

  it('stops every call when the client leaves', async () => {
    world.upstream.behave({ delayMs: 5_000 });
    const controller = new AbortController();
    const gone = fetch(`${world.url}/v1/fanout`, {
      method: 'POST',
      signal: controller.signal,
      headers: { authorization: `Bearer ${world.tokenText}`, 'content-type': 'application/json' },
      body: JSON.stringify({ models: ['openai/gpt-4o', 'openai/gpt-4o-mini'], messages }),
    });
    for (let waited = 0; world.upstream.witness().length < 2 && waited < 2_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    await expect(gone).rejects.toThrow();
    const events = await world.usage(2);
    expect(events.map((event) => event.outcome)).toEqual(['aborted', 'aborted']);
  });
});
