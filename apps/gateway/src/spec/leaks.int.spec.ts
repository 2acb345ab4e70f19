import { request } from 'node:http';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const KEY = 'sk-test-good-canary-9f8e7d6c5b4a';
const PROMPT = 'canary-prompt-the-merger-is-on-friday';
const BAD = 'sk-bad-canary-Zq8w7e6r5t4y3u2i1o0p';
const METRICS_TOKEN = 'a-token-for-the-operators-graphs';
const messages = [{ role: 'user', content: PROMPT }];

describe('what a gateway lets out about its calls', () => {
  let world: GatewayWorld;
  let answers = '';

  /** Calls of every kind and outcome; then everything that was logged, at every level, and what the pages of the operator say. */
  beforeAll(async () => {
    world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1 });
    const user = { type: 'user' as const, id: world.user.id };
    world.vault.hold({ provider: 'openai', secret: KEY, owner: user });
    world.vault.hold({ provider: 'groq', secret: BAD, owner: user });
    const bodies: [string, unknown][] = [
      ['/v1/chat/completions', { model: 'openai/gpt-4o', messages, user: 'ada@acme.test' }],
      ['/v1/chat/completions', { model: 'openai/gpt-4o', messages, stream: true }],
      ['/v1/messages', { model: 'openai/gpt-4o', messages, max_tokens: 5 }],
      ['/v1/chat/completions', { model: 'groq/llama-3.3-70b-versatile', messages }],
      ['/v1/chat/completions', `{"model":"openai/gpt-4o","messages":"${PROMPT}`],
      ['/v1/chat/completions', { model: 'no-such-model', messages }],
      ['/v1/chat/completions', { model: 'openai/gpt-4o', messages, n: -1 }],
      [`/v1beta/models/openai%2Fgpt-4o:generateContent?key=${world.tokenText}`, { contents: [{ role: 'user', parts: [{ text: PROMPT }] }] }],
      [`/v1/nowhere?key=${world.tokenText}&text=${PROMPT}`, {}],
    ];
    for (const [path, body] of bodies) answers += await told(path, body);
    const broken = Object.assign(new Error(`connect failed for ${KEY}`), { key: KEY, headers: { authorization: `Bearer ${KEY}` } });
    world.vault.listFailure = broken as never;
    answers += await told('/v1/chat/completions', { model: 'openai/gpt-4o', messages });
    world.vault.listFailure = undefined;
    world.vault.failure = broken as never;
    answers += await told('/v1/chat/completions', { model: 'openai/gpt-4o', messages });
    world.vault.failure = undefined;
    await world.usage(3);
  });
  afterAll(() => world.close());

  const told = async (path: string, body: unknown): Promise<string> => {
    const answer = await world.post(path, body, path.includes('key=') ? { authorization: '' } : {});
    return `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}\n`;
  };
  const page = async (path: string): Promise<string> => {
    const answer = await fetch(world.url + path);
    return `${JSON.stringify([...answer.headers])} ${await answer.text()}`;
  };

  it('D04 D10 logs no key, token, prompt or answer at any level, whatever comes of a call', () => {
    const log = JSON.stringify(world.logLines.map(({ fields, message }) => [message, fields, ...Object.values(fields).filter((value) => value instanceof Error).map(String)]));
    expect(world.logLines.filter(({ message }) => message === 'call').length).toBeGreaterThanOrEqual(8);
    for (const secret of [world.tokenText, PROMPT, 'merger', 'Hello from the fake']) expect(log).not.toContain(secret);
  });

  it('D10 keeps no prompt and no answer with what is metered', () => {
    expect(world.events.length).toBeGreaterThanOrEqual(3);
    for (const secret of [KEY, BAD, world.tokenText, PROMPT, 'merger']) expect(JSON.stringify(world.events)).not.toContain(secret);
  });

  it('D07 names no tenant, person, token, key or model in metrics and health, and no version of anything', async () => {
    const pages = (await Promise.all(['/metrics', '/healthz', '/readyz'].map(page))).join('\n');
    expect(pages).toContain('byok_calls_total{endpoint="chat",status="200"}');
    const names = [world.org.id, world.org.name, world.user.id, world.user.email, world.token.id, world.token.name, world.tokenText, world.group.id, ...world.vault.keys.map((key) => key.id), 'gpt-4o', 'llama', process.version, process.versions.node];
    for (const name of names) expect(pages).not.toContain(name);
    const labels = new Set([...pages.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) => [...inside.matchAll(/(\w+)="/g)].map(([, name]) => name)));
    expect([...labels].sort()).toEqual(['endpoint', 'kind', 'le', 'quantile', 'space', 'status', 'type'].filter((name) => labels.has(name)));
  });

  it('D07 answers errors without stacks, paths, versions or names of software', () => {
    expect(answers.split('\n').filter((line) => /^5\d\d /.test(line)).length).toBeGreaterThanOrEqual(2);
    expect(answers).not.toMatch(/node_modules|\.ts:\d|\.js:\d|at async|x-powered-by|fastify|nestjs|"server"/i);
    expect(answers).not.toContain(KEY);
    expect(answers).not.toContain(process.version);
  });

  it('D02 sends keys in headers: no address that is dialled holds one', () => {
    const seen = world.upstream.witness();
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const row of seen) expect(JSON.stringify({ ...row, key: null, headers: null })).not.toContain('canary-9f8e');
  });

  it('I18 shows metrics to this machine alone, and to nobody that a proxy speaks for', async () => {
    expect((await fetch(`${world.url}/metrics`)).status).toBe(200);
    for (const headers of [{ 'x-forwarded-for': '203.0.113.7' }, { forwarded: 'for=203.0.113.7' }]) expect((await fetch(`${world.url}/metrics`, { headers: headers as Record<string, string> })).status).toBe(401);
  });

  it('I18 asks for the operator’s token where one is set, from this machine too', async () => {
    const other = await gatewayWorld({ METRICS_TOKEN });
    const statusOf = async (headers: Record<string, string>) => (await fetch(`${other.url}/metrics`, { headers })).status;
    expect([await statusOf({}), await statusOf({ authorization: 'Bearer wrong' }), await statusOf({ authorization: `Bearer ${other.tokenText}` }), await statusOf({ authorization: `Bearer ${METRICS_TOKEN}` })]).toEqual([401, 401, 401, 200]);
    await other.close();
  });

  it('I18 has no page of the queue, of debugging or of the process', async () => {
    for (const path of ['/admin/queues', '/queues', '/bull', '/arena', '/debug', '/debug/pprof', '/env', '/config', '/actuator', '/actuator/env', '/server-status', '/json/version', '/heapdump', '/api/docs', '/.env', '/graphql']) {
      expect([path, (await fetch(world.url + path)).status]).toEqual([path, 404]);
    }
  });

  it('D07 answers TRACE and OPTIONS with nothing of the request', async () => {
    for (const method of ['TRACE', 'OPTIONS']) {
      const text = await new Promise<string>((resolve, reject) => {
        request(`${world.url}/v1/chat/completions`, { method, headers: { authorization: `Bearer ${world.tokenText}` } }, (answer) => {
          let body = JSON.stringify(answer.headers);
          answer.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => resolve(body));
        })
          .on('error', reject)
          .end();
      });
      expect(text).not.toContain(world.tokenText);
    }
  });
});
