import { readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { awsSecretOf } from '@byok/testing';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const FIXTURES = join(import.meta.dirname, '../../../../libs/providers/src');
const AWS_ID = 'AKIACANARY2345672345';

/** One provider for each dialect in which streams come; of Replicate's, which take two steps, its own spec tells. */
const UPSTREAMS = [
  { id: 'mistral', model: 'mistral-small-latest', path: /chat\/completions$/, file: 'mistral/fixtures/stream.txt', type: 'text/event-stream' },
  { id: 'anthropic', model: 'claude-sonnet-4-5', path: /\/messages$/, file: 'anthropic/fixtures/stream.txt', type: 'text/event-stream' },
  { id: 'google', model: 'gemini-2.5-flash', path: /:streamGenerateContent/, file: 'google/fixtures/stream.txt', type: 'text/event-stream' },
  { id: 'openai', model: 'gpt-5', path: /\/responses$/, file: 'dialects/openai-responses/fixtures/stream.txt', type: 'text/event-stream' },
  { id: 'cohere', model: 'command-a-03-2025', path: /^\/(?:v2\/)?chat$/, file: 'cohere/fixtures/stream.txt', type: 'text/event-stream' },
  { id: 'ollama', model: 'qwen3:8b', path: /\/api\/chat$/, file: 'ollama/fixtures/stream.txt', type: 'application/x-ndjson' },
  { id: 'aws-bedrock', model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', path: /converse-stream$/, file: 'aws-bedrock/fixtures/stream.bin', type: 'application/vnd.amazon.eventstream' },
] as const;

const HELLO = [{ role: 'user', content: 'Hello' }];
/** Every dialect of callers: how it asks, how its streams end well, and how one tells that it was cut. */
const CALLERS = [
  { name: 'chat completions', path: () => '/v1/chat/completions', body: { stream: true, messages: HELLO }, ending: '[DONE]', error: { error: { code: 'stream_cut', message: expect.stringContaining('cut off') as string, type: 'server_error' } }, event: '' },
  { name: 'Responses', path: () => '/v1/responses', body: { stream: true, store: false, input: 'Hello' }, ending: 'response.completed', error: { type: 'error', code: 'stream_cut', message: expect.stringContaining('cut off') as string }, event: 'error' },
  { name: 'Messages', path: () => '/v1/messages', body: { stream: true, max_tokens: 100, messages: HELLO }, ending: 'message_stop', error: { type: 'error', error: { type: 'api_error', code: 'stream_cut' } }, event: 'error' },
  { name: 'generateContent', path: (model: string) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`, body: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }, ending: 'finishReason', error: { error: { code: 502, details: [{ reason: 'STREAM_CUT' }] } }, event: '' },
];

/** Tells the beginning of whatever stream is asked for, and then breaks off or hangs up. */
class CutUpstream {
  how: 'breaks off' | 'ends early' = 'breaks off';
  readonly #server: Server = createServer((request, response) => void request.resume().on('end', () => this.#answer(request, response)));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const told = UPSTREAMS.find(({ path }) => path.test(url.split('?')[0]!));
    if (!told) return void response.writeHead(404).end();
    const stream = readFileSync(join(FIXTURES, told.file));
    response.writeHead(200, { 'content-type': told.type });
    response.write(stream.subarray(0, Math.floor(stream.length * 0.75)), () => {
      if (this.how === 'ends early') response.end();
      else setTimeout(() => response.destroy(), 20);
    });
  }
}

describe.each(UPSTREAMS.map((upstream) => [upstream.id, upstream] as const))('a stream of %s', (_, upstream) => {
  const server = new CutUpstream();
  let world: GatewayWorld;
  beforeAll(async () => {
    const url = await server.start();
    world = await gatewayWorld({ BYOK_PROVIDER_BASE_URLS: JSON.stringify({ [upstream.id]: url }) });
    const secret = upstream.id === 'aws-bedrock' ? JSON.stringify({ access_key_id: AWS_ID, secret_access_key: awsSecretOf(AWS_ID) }) : 'sk-test-good-1234567890abcdef';
    const config = { 'aws-bedrock': { region: 'eu-central-1' }, ollama: { base_url: url } }[upstream.id as string] ?? {};
    world.vault.hold({ provider: upstream.id, secret, config, owner: { type: 'user', id: world.user.id } });
  });
  afterAll(async () => {
    await world.close();
    server.close();
  });
  beforeEach(() => world.reset());

  /** With node:http, which shows whether an answer was complete. */
  const call = (path: string, body: object): Promise<{ status: number | undefined; text: string; isComplete: boolean }> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${world.tokenText}` };
      const sent = httpRequest(world.url + path, { method: 'POST', headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk))).on('error', () => undefined);
        answer.on('close', () => resolve({ status: answer.statusCode, text, isComplete: answer.complete }));
      });
      sent.on('error', reject).end(JSON.stringify(body));
    });

  const cases = CALLERS.flatMap((caller) => (['breaks off', 'ends early'] as const).map((how) => [how, caller.name, caller] as const));
  it.each(cases)('that %s tells a caller of %s so in its own dialect, and does not look complete', async (how, __, caller) => {
    server.how = how;
    const model = `${upstream.id}/${upstream.model}`;
    const { status, text, isComplete } = await call(caller.path(model), { ...(caller.path('').startsWith('/v1beta') ? {} : { model }), ...caller.body });
    expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining('data: ') as string });
    const events = text.trim().split(/\r?\n\r?\n/);
    const [, name = '', data = ''] = /^(?:event: (.*)\n)?data: (.*)$/.exec(events.at(-1)!) ?? [];
    expect({ name, data: JSON.parse(data) as object }).toMatchObject({ name: caller.event, data: caller.error });
    expect(events.length).toBeGreaterThan(1);
    expect(text).not.toContain(caller.ending);
    expect(isComplete).toBe(false);
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'cut', errorCode: 'stream_cut', provider: upstream.id });
  });
});
