import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const KEY = `r8_${'a1B2'.repeat(9)}x`;
const VERSION = 'meta/meta-llama-3-8b-instruct';
const chat = { model: `replicate/${VERSION}`, messages: [{ role: 'user', content: 'Hello' }] };

/** Replicate as far as predictions go: a test says what each look at the prediction shows. */
class FakeReplicate {
  /** Given in this order to the POST and to every GET of the prediction; the last one stays. */
  looks: object[] = [];
  events: string[] = [];
  /** True: the stream stays open behind its events. */
  hangs = false;
  urls: Record<string, string> = {};
  pollStatus = 200;
  /** How long the first answer takes. */
  waitMs = 0;
  seen: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  forget(): void {
    Object.assign(this, { looks: [succeeded], events: [], hangs: false, pollStatus: 200, waitMs: 0, seen: [] });
    this.urls = { get: 'https://api.replicate.com/v1/predictions/p1', cancel: 'https://api.replicate.com/v1/predictions/p1/cancel', stream: 'https://stream-b.svc.ric1.c.replicate.net/v1/streams/s1' };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get paths(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path}`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.seen.push({ method: request.method!, path: request.url!, headers: request.headers, body });
    if (request.url!.endsWith('/cancel')) return this.#json(response, 200, { id: 'p1', status: 'canceled', urls: this.urls });
    if (request.url === '/v1/streams/s1') return this.#stream(response);
    if (request.method === 'POST') await new Promise((resolve) => setTimeout(resolve, this.waitMs));
    const status = request.method === 'POST' ? 201 : this.pollStatus;
    const look = this.looks.length > 1 ? this.looks.shift() : this.looks[0];
    this.#json(response, status, status >= 400 ? { title: 'Error', detail: 'Something went wrong', status } : { id: 'p1', model: VERSION, created_at: '2026-11-21T12:00:00.123Z', urls: this.urls, ...look });
  }

  #json(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of this.events) response.write(event);
    if (!this.hangs) response.end();
  }
}

const starting = { status: 'starting', output: null, error: null };
const processing = { status: 'processing', output: null, error: null };
const succeeded = { status: 'succeeded', output: ['Hel', 'lo!'], error: null, metrics: { input_token_count: 7, output_token_count: 2, predict_time: 0.5 } };
const output = (text: string): string => `event: output\ndata: ${text}\n\n`;

describe('a call to Replicate', () => {
  const replicate = new FakeReplicate();
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ BYOK_PROVIDER_BASE_URLS: JSON.stringify({ replicate: await replicate.start() }), TOTAL_TIMEOUT_MS: 5_000 });
    world.vault.hold({ provider: 'replicate', secret: KEY, owner: { type: 'user', id: world.user.id } });
  });
  afterAll(async () => {
    replicate.close();
    await world.close();
  });
  beforeEach(() => {
    world.reset();
    replicate.forget();
  });

  const until = async (condition: () => boolean): Promise<void> => {
    for (let waited = 0; !condition() && waited < 8_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };
  /** Sends a call that can be given up. */
  const open = (body: object, seen: (text: string) => void = () => undefined) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${world.tokenText}` };
    const call = httpRequest(`${world.url}/v1/chat/completions`, { method: 'POST', headers }, (answer) => answer.on('data', (chunk) => seen(String(chunk))).on('error', () => undefined));
    call.on('error', () => undefined).end(JSON.stringify(body));
    return call;
  };

  it('is answered by the first request where the prediction is ready in time', async () => {
    const answer = await world.post('/v1/chat/completions', { ...chat, max_tokens: 16, seed: 5 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-byok-dropped-params')).toBe('seed');
    expect(await answer.json()).toMatchObject({ object: 'chat.completion', choices: [{ message: { role: 'assistant', content: 'Hello!' }, finish_reason: 'stop' }], usage: { prompt_tokens: 7, completion_tokens: 2 } });
    expect(replicate.paths).toEqual(['POST /v1/predictions']);
    expect(replicate.seen[0]!.headers).toMatchObject({ prefer: 'wait=60', authorization: `Bearer ${KEY}` });
    expect(JSON.parse(replicate.seen[0]!.body)).toEqual({ version: VERSION, input: { prompt: 'Hello', max_tokens: 16 } });
  });

  it('is looked after until the prediction is ready, and counted once', async () => {
    replicate.looks = [starting, processing, succeeded];
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello!' } }] });
    expect(replicate.paths).toEqual(['POST /v1/predictions', 'GET /v1/predictions/p1', 'GET /v1/predictions/p1']);
    expect(replicate.seen.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    const events = await world.usage(1);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ outcome: 'ok', estimated: false, meters: { inputUncached: 7, output: 2 } });
  });

  it('is streamed from where the prediction says, without the key, and counted by the prediction afterwards', async () => {
    replicate.looks = [starting, processing, succeeded];
    replicate.events = [output('Hel'), output('lo!'), 'event: done\ndata: {}\n\n'];
    const text = await (await world.post('/v1/chat/completions', { ...chat, stream: true })).text();
    expect(text.match(/"content":"[^"]+"/g)).toEqual(['"content":"Hel"', '"content":"lo!"']);
    expect(text.trim().endsWith('data: [DONE]')).toBe(true);
    expect(replicate.paths.slice(0, 2)).toEqual(['POST /v1/predictions', 'GET /v1/streams/s1']);
    expect(replicate.seen[0]!.headers.prefer).toBeUndefined();
    expect(JSON.stringify(replicate.seen[1]!.headers)).not.toContain('r8_');
    expect(replicate.seen[1]!.headers.accept).toBe('text/event-stream');
    const events = await world.usage(1);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ outcome: 'ok', stream: true, estimated: false, meters: { inputUncached: 7, output: 2 } });
    expect(replicate.paths).toEqual(['POST /v1/predictions', 'GET /v1/streams/s1', 'GET /v1/predictions/p1', 'GET /v1/predictions/p1']);
  });

  it('whose count does not come after its stream is estimated, and no failure', async () => {
    replicate.looks = [starting];
    replicate.events = [output('Hel'), output('lo!'), 'event: done\ndata: {}\n\n'];
    replicate.pollStatus = 500;
    expect(await (await world.post('/v1/chat/completions', { ...chat, stream: true })).text()).toContain('[DONE]');
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'ok', estimated: true, meters: { output: 2 } });
    expect(replicate.paths).not.toContain('POST /v1/predictions/p1/cancel');
  });

  it('is streamed in one piece where the model cannot stream', async () => {
    replicate.looks = [starting, succeeded];
    delete replicate.urls.stream;
    const text = await (await world.post('/v1/chat/completions', { ...chat, stream: true })).text();
    expect(text).toContain('Hello!');
    expect(text.trim().endsWith('data: [DONE]')).toBe(true);
  });

  it('tells that the prediction failed, and why', async () => {
    replicate.looks = [starting, { status: 'failed', output: null, error: 'CUDA out of memory' }];
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(502);
    expect(JSON.stringify(await answer.json())).toContain('CUDA out of memory');
  });

  it('that failed in its stream is not passed off as complete', async () => {
    replicate.looks = [starting];
    replicate.events = [output('Hel'), 'event: error\ndata: {"detail":"out of memory"}\n\n', 'event: done\ndata: {"reason":"error"}\n\n'];
    const answer = await world.post('/v1/chat/completions', { ...chat, stream: true });
    const text = await answer.text().catch(() => 'broken off');
    expect(text).not.toContain('[DONE]');
  });

  it('calls the prediction off when the client leaves between two looks', async () => {
    replicate.looks = [processing];
    const call = open(chat);
    await until(() => replicate.paths.includes('GET /v1/predictions/p1'));
    call.destroy();
    await until(() => replicate.paths.includes('POST /v1/predictions/p1/cancel'));
    expect(replicate.seen.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'aborted' });
  });

  it('calls the prediction off when the client leaves while the first answer is waited for', async () => {
    replicate.looks = [processing];
    replicate.waitMs = 200;
    const call = open(chat);
    await until(() => replicate.seen.length === 1);
    call.destroy();
    await until(() => replicate.paths.includes('POST /v1/predictions/p1/cancel'));
    expect(replicate.paths).toEqual(['POST /v1/predictions', 'POST /v1/predictions/p1/cancel']);
  });

  it('calls the prediction off when the client leaves its stream', async () => {
    replicate.looks = [starting];
    replicate.events = [output('Hel')];
    replicate.hangs = true;
    let got = '';
    const call = open({ ...chat, stream: true }, (text) => (got += text));
    await until(() => got.includes('Hel'));
    call.destroy();
    await until(() => replicate.paths.includes('POST /v1/predictions/p1/cancel'));
  });

  it('ends, and calls the prediction off, when all steps together take longer than a call may', async () => {
    replicate.looks = [processing];
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(504);
    await until(() => replicate.paths.includes('POST /v1/predictions/p1/cancel'));
  }, 15_000);

  it('never goes where a prediction leads away from Replicate', async () => {
    replicate.looks = [starting];
    replicate.urls.get = `http://127.0.0.1:${new URL(world.url).port}/v1/predictions/p1`;
    const answer = await world.post('/v1/chat/completions', chat);
    expect(answer.status).toBe(502);
    await until(() => replicate.paths.includes('POST /v1/predictions/p1/cancel'));
    expect(replicate.paths.some((path) => path.startsWith('GET'))).toBe(false);
  });

  it('tells the refusal of a look, and calls the prediction off', async () => {
    replicate.looks = [starting];
    replicate.pollStatus = 402;
    const answer = await world.post('/v1/chat/completions', chat);
    expect(JSON.stringify(await answer.json())).toContain('key_no_credit');
    await until(() => replicate.paths.includes('POST /v1/predictions/p1/cancel'));
  });

  it('with tools is refused before anything is sent', async () => {
    const answer = await world.post('/v1/chat/completions', { ...chat, tools: [{ type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } }] });
    expect(answer.status).toBe(400);
    expect(replicate.paths).not.toContain('POST /v1/predictions');
  });
});
