import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsSecretOf, startFakeUpstream, type FakeUpstream } from '@byok/testing';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const ID = 'ASIACANARY2345672345';
const TOKEN = 'canaryToken//0123456789+abcdefghijklmnopqrstuvwxyz==';
const SECRET = JSON.stringify({ access_key_id: ID, secret_access_key: awsSecretOf(ID), session_token: TOKEN });
const MODEL = 'us.anthropic.claude-sonnet-4-6';
const chat = { model: MODEL, messages: [{ role: 'user', content: 'Hello' }] };

describe('a call to AWS Bedrock', () => {
  let upstream: FakeUpstream;
  let world: GatewayWorld;
  beforeAll(async () => {
    upstream = await startFakeUpstream();
    world = await gatewayWorld({ BYOK_PROVIDER_BASE_URLS: JSON.stringify(upstream.baseUrls('aws-bedrock')) });
    world.vault.hold({ provider: 'aws-bedrock', secret: SECRET, config: { region: 'eu-central-1' }, owner: { type: 'user', id: world.user.id } });
  });
  afterAll(async () => {
    await world.close();
    await upstream.close();
  });
  beforeEach(() => world.reset());

  it("is signed so that AWS's own calculation agrees, and answered in the caller's dialect", async () => {
    const answer = await world.post('/v1/chat/completions', { ...chat, max_tokens: 50, temperature: 0.5, seed: 5 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-byok-dropped-params')).toBe('seed');
    const body = (await answer.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
    expect(body).toMatchObject({ object: 'chat.completion', model: expect.any(String) as string, choices: [{ message: { role: 'assistant', content: expect.stringMatching(/./) as string }, finish_reason: 'stop' }] });
    const [event] = await world.usage(1);
    expect(event).toMatchObject({ outcome: 'ok', estimated: false, usageSource: 'provider', provider: 'aws-bedrock' });
    expect(event!.meters).toMatchObject({ output: body.usage.completion_tokens });
  });

  it('is streamed from binary frames as events, with usage after the last of them', async () => {
    const answer = await world.post('/v1/chat/completions', { ...chat, stream: true, stream_options: { include_usage: true } });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const text = await answer.text();
    expect(text.trim().endsWith('data: [DONE]')).toBe(true);
    expect(text).toMatch(/"finish_reason":"stop"[\s\S]*"usage":\{"prompt_tokens":\d+/);
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'ok', usageSource: 'provider' });
  });

  it('takes a tool call and its result there and back', async () => {
    const tools = [{ type: 'function', function: { name: 'weather.get', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
    const first = (await (await world.post('/v1/chat/completions', { ...chat, tools })).json()) as { choices: { finish_reason: string; message: { tool_calls: { id: string; function: { name: string } }[] } }[] };
    const { message, finish_reason: finish } = first.choices[0]!;
    expect([finish, message.tool_calls[0]!.function.name]).toEqual(['tool_calls', 'weather.get']);
    const messages = [...chat.messages, message, { role: 'tool', tool_call_id: message.tool_calls[0]!.id, content: 'Rain' }];
    const second = await world.post('/v1/chat/completions', { ...chat, tools, messages });
    expect(second.status).toBe(200);
    expect(await second.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it('of the Messages dialect reaches the same model', async () => {
    const answer = await world.post('/v1/messages', { model: MODEL, max_tokens: 20, messages: chat.messages });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ type: 'message', stop_reason: 'end_turn' });
  });
});

describe('what AWS Bedrock may do in the middle of a stream', () => {
  const codec = new EventStreamCodec((bytes) => Buffer.from(bytes as Uint8Array).toString(), (text) => Buffer.from(text));
  const frame = (kind: 'event' | 'exception', type: string, payload: object): Buffer => {
    const headers = { ':message-type': { type: 'string' as const, value: kind }, [`:${kind}-type`]: { type: 'string' as const, value: type } };
    return Buffer.from(codec.encode({ headers, body: Buffer.from(JSON.stringify(payload)) }));
  };
  const begun = Buffer.concat([frame('event', 'messageStart', { role: 'assistant' }), frame('event', 'contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Rain' } })]);
  const damaged = frame('event', 'contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Snow' } });
  damaged[damaged.length - 20]! ^= 1;
  let answer = Buffer.alloc(0);
  let server: Server;
  let world: GatewayWorld;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).end(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    world = await gatewayWorld({ BYOK_PROVIDER_BASE_URLS: JSON.stringify({ 'aws-bedrock': `http://127.0.0.1:${(server.address() as AddressInfo).port}` }) });
    world.vault.hold({ provider: 'aws-bedrock', secret: SECRET, config: { region: 'eu-central-1' }, owner: { type: 'user', id: world.user.id } });
  });
  afterAll(async () => {
    await world.close();
    server.close();
  });
  beforeEach(() => world.reset());

  /** What the caller has heard when its connection is closed, in whatever way. */
  async function heard(): Promise<string> {
    const response = await world.post('/v1/chat/completions', { ...chat, stream: true });
    let text = '';
    try {
      for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
    } catch {
      // Cut on purpose: an incomplete answer must not look like a complete one.
    }
    return text;
  }

  it.each([
    ['an exception that quotes the key', Buffer.concat([begun, frame('exception', 'modelStreamErrorException', { message: `Failed for ${ID} with ${TOKEN} and ${awsSecretOf(ID)}` })])],
    ['a damaged frame', Buffer.concat([begun, damaged])],
    ['half a frame', Buffer.concat([begun, damaged.subarray(0, 30)])],
    ['no end', begun],
    ['a length that cannot be', Buffer.concat([begun, Buffer.alloc(64, 0xff)])],
  ])('%s: the text so far and an error, never an orderly end, nothing of the key', async (_, bytes) => {
    answer = bytes;
    const text = await heard();
    expect(text).toContain('"content":"Rain"');
    expect(text).toContain('"error"');
    expect(text).not.toMatch(/\[DONE\]|"finish_reason":"stop"|Snow/);
    expect(text).not.toMatch(/CANARY|canaryToken/);
    expect(text).not.toContain(awsSecretOf(ID).slice(0, 10));
    expect((await world.usage(1))[0]).toMatchObject({ outcome: expect.stringMatching(/cut|error/) as string });
  });
});
