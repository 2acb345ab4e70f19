import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { FunctionCallingConfigMode, GoogleGenAI, type Content } from '@google/genai';
import OpenAI from 'openai';
import Anthropic from '@anthropic-ai/sdk';
import { importPKCS8, SignJWT } from 'jose';
import { createHash, createHmac } from 'node:crypto';
import { awsSecretOf } from './aws-signature.js';
import { shareUndiciDispatcher } from '../undici-dispatcher.js';
import { startFakeUpstream, type FakeUpstream } from './start-fake-upstream.js';

const WEATHER = { type: 'object', required: ['city'], properties: { city: { type: 'string' } } };
const CALL = { city: 'a city' };

let upstream: FakeUpstream;
beforeAll(async () => {
  shareUndiciDispatcher();
  upstream = await startFakeUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => upstream.reset());

async function post(path: string, body: unknown, headers: Record<string, string> = { authorization: 'Bearer key-good' }) {
  const response = await fetch(`${upstream.url}${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, bytes, text: bytes.toString(), json: <T = Record<string, unknown>>() => JSON.parse(bytes.toString()) as T, headers: response.headers };
}

const lastUsage = () => upstream.witness().at(-1)!.usage!;

describe('the fake as Gemini', () => {
  const client = () => new GoogleGenAI({ apiKey: 'AIzaSygood', httpOptions: { baseUrl: `${upstream.url}/google` } });
  const config = { tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: WEATHER }] }], toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } } };

  it('answers and streams to the official client, thoughts counted apart', async () => {
    const answer = await client().models.generateContent({ model: 'gemini-3.1-pro-preview', contents: 'Hello '.repeat(60) });
    expect(answer.text).toMatch(/^Word0 word1/);
    expect(answer.usageMetadata).toMatchObject({ promptTokenCount: lastUsage().inputTokens, cachedContentTokenCount: lastUsage().cachedTokens, thoughtsTokenCount: 5 });
    expect(answer.usageMetadata!.candidatesTokenCount! + 5).toBe(lastUsage().outputTokens);
    let streamed = '';
    for await (const chunk of await client().models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'Hello' })) streamed += chunk.text ?? '';
    expect(streamed).toMatch(/^Word0 word1/);
  });

  it('wants its own signature back with a call, and its calls answered in full', async () => {
    const model = 'gemini-3.1-pro-preview';
    const asked: Content = { role: 'user', parts: [{ text: 'Weather?' }] };
    const first = await client().models.generateContent({ model, contents: [asked], config });
    expect(first.functionCalls).toMatchObject([{ name: 'weather', args: CALL }]);
    const said = first.candidates![0]!.content!;
    const result: Content = { role: 'user', parts: [{ functionResponse: { id: first.functionCalls![0]!.id!, name: 'weather', response: { output: 'sunny' } } }] };
    expect((await client().models.generateContent({ model, contents: [asked, said, result], config })).text).toMatch(/^Word0/);
    const unsigned: Content = { role: 'model', parts: [{ functionCall: first.functionCalls![0]! }] };
    await expect(client().models.generateContent({ model, contents: [asked, unsigned, result], config })).rejects.toThrow(/thought_signature/);
    await expect(client().models.generateContent({ model, contents: [asked, said, { role: 'user', parts: [{ text: 'well?' }] }], config })).rejects.toThrow(/number of function response parts/);
  });

  it('refuses names that its schema does not have, and tells a bad key with 400', async () => {
    const path = '/google/v1beta/models/gemini-2.5-flash:generateContent';
    const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];
    expect((await post(path, { contents, messages: [] })).status).toBe(400);
    expect((await post(path, { contents, tools: [{ functionDeclarations: [{ name: 'weather', parameters: { ...WEATHER, additionalProperties: false } }] }] })).text).toContain('additionalProperties');
    expect((await post(path, { contents }, { 'x-goog-api-key': 'AIzaSybad' })).json()).toMatchObject({ error: { code: 400, details: [{ reason: 'API_KEY_INVALID' }] } });
  });
});

describe('the fake as Vertex', () => {
  const path = '/vertex-ai/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-flash:generateContent';
  const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };

  async function tokenFor(account: { client_email: string; private_key: string }, scope = 'https://www.googleapis.com/auth/cloud-platform') {
    const key = await importPKCS8(account.private_key, 'RS256');
    const assertion = await new SignJWT({ scope }).setProtectedHeader({ alg: 'RS256' }).setIssuer(account.client_email).setAudience('https://oauth2.googleapis.com/token').setIssuedAt().setExpirationTime('1h').sign(key);
    return post('/vertex-ai/token', new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(), { 'content-type': 'application/x-www-form-urlencoded' });
  }

  it('takes only tokens that it gave for what a service account signed', async () => {
    const account = JSON.parse(upstream.serviceAccount()) as { client_email: string; private_key: string };
    const { access_token: token } = (await tokenFor(account)).json();
    expect((await post(path, body, { authorization: `Bearer ${String(token)}` })).status).toBe(200);
    expect((await post(path, body, { authorization: 'Bearer ya29.forged' })).status).toBe(401);
    const other = JSON.parse(upstream.serviceAccount('other')) as { private_key: string };
    expect((await tokenFor({ ...account, private_key: other.private_key })).text).toContain('Invalid JWT Signature');
    expect((await tokenFor(account, 'openid')).status).toBe(400);
  });
});

describe('the fake as Bedrock', () => {
  const path = '/aws-bedrock/model/amazon.nova-lite-v1%3A0/converse';
  const hello = { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] };
  class Sha256 {
    #hash;
    constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
      this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', typeof secret === 'string' ? secret : Buffer.from(secret as Uint8Array));
    }
    update(data: string | Uint8Array) {
      this.#hash.update(data);
    }
    digest = () => Promise.resolve(new Uint8Array(this.#hash.digest()));
    reset() {}
  }

  async function signed(secretAccessKey: string) {
    const body = JSON.stringify(hello);
    const signer = new SignatureV4({ service: 'bedrock', region: 'us-east-1', credentials: { accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey }, sha256: Sha256 as never });
    const { host, hostname, port } = new URL(upstream.url);
    const request = await signer.sign({ method: 'POST', protocol: 'http:', hostname, port: Number(port), path, query: {}, headers: { host, 'content-type': 'application/json' }, body });
    return post(path, body, Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== 'host')));
  }

  it('takes what AWS’ own signer signs with the right secret, and nothing else', async () => {
    expect((await signed(awsSecretOf('AKIAABCDEFGHIJKLMNOP'))).json()).toMatchObject({ stopReason: 'end_turn', usage: { inputTokens: lastUsage().inputTokens } });
    expect(upstream.witness()[0]).toMatchObject({ key: 'AKIAABCDEFGHIJKLMNOP', model: 'amazon.nova-lite-v1:0' });
    const refused = await signed('another secret');
    expect([refused.status, refused.headers.get('x-amzn-errortype')]).toEqual([403, 'InvalidSignatureException']);
  });

  it('streams frames whose checksums hold, usage after the stop', async () => {
    const { bytes } = await post(`${path}-stream`, { ...hello, toolConfig: { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: WEATHER } } }] } });
    const codec = new EventStreamCodec((data) => Buffer.from(data).toString(), (text) => Buffer.from(text));
    const types: unknown[] = [];
    let input = '';
    for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
      const { headers, body } = codec.decode(bytes.subarray(at, at + bytes.readUInt32BE(at)));
      types.push(headers[':event-type']!.value);
      input += (JSON.parse(Buffer.from(body).toString()) as { delta?: { toolUse?: { input: string } } }).delta?.toolUse?.input ?? '';
    }
    expect([types[0], types.at(-2), types.at(-1)]).toEqual(['messageStart', 'messageStop', 'metadata']);
    expect(JSON.parse(input)).toEqual(CALL);
  });

  it('refuses roles that do not take turns, blank texts and tool blocks without tools', async () => {
    const user = { role: 'user', content: [{ text: 'Hi' }] };
    expect((await post(path, { messages: [user, user] })).text).toContain('alternate');
    expect((await post(path, { messages: [{ role: 'user', content: [{ text: ' ' }] }] })).text).toContain('blank');
    const turns = [user, { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'weather', input: {} } }] }, { role: 'user', content: [{ toolResult: { toolUseId: 't', content: [{ text: 'x' }] } }] }];
    expect((await post(path, { messages: turns })).text).toContain('toolConfig');
  });
});

describe('the fake as Cohere, Ollama and Replicate', () => {
  it('speaks Cohere’s events and refuses fields of others', async () => {
    const body = { model: 'command-a-03-2025', messages: [{ role: 'user', content: 'Hi' }] };
    const plain = (await post('/cohere/v2/chat', body)).json();
    expect(plain).toMatchObject({ finish_reason: 'COMPLETE', usage: { tokens: { output_tokens: lastUsage().outputTokens } } });
    const { text } = await post('/cohere/v2/chat', { ...body, stream: true, tools: [{ type: 'function', function: { name: 'weather', parameters: WEATHER } }] });
    expect([...text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name)).toEqual(expect.arrayContaining(['message-start', 'tool-plan-delta', 'tool-call-start', 'tool-call-delta', 'tool-call-end', 'message-end']));
    expect((await post('/cohere/v2/chat', { ...body, top_p: 0.5 })).status).toBe(422);
  });

  it('speaks Ollama’s lines, streaming unless told not to', async () => {
    const body = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] };
    const lines = (await post('/ollama/api/chat', body)).text.trim().split('\n').map((line) => JSON.parse(line) as { done: boolean; eval_count?: number });
    expect(lines.at(-1)).toMatchObject({ done: true, eval_count: lastUsage().outputTokens });
    expect((await post('/ollama/api/chat', { ...body, stream: false })).json()).toMatchObject({ done: true, message: { role: 'assistant' } });
    const turns = [...body.messages, { role: 'assistant', content: '', tool_calls: [{ function: { name: 'weather', arguments: '{}' } }] }];
    expect((await post('/ollama/api/chat', { ...body, messages: turns })).text).toContain('unmarshal');
  });

  it('makes predictions that have to be waited for, polled or streamed', async () => {
    const headers = { authorization: 'Bearer r8_good' };
    const path = '/replicate/v1/models/meta/meta-llama-3-8b-instruct/predictions';
    const waited = (await post(path, { input: { prompt: 'Hi' } }, { ...headers, prefer: 'wait=60' })).json<{ output: string[] }>();
    expect(waited).toMatchObject({ status: 'succeeded', metrics: { output_token_count: lastUsage().outputTokens } });
    const made = (await post(path, { input: { prompt: 'Hi' }, stream: true }, headers)).json<{ urls: { get: string; stream: string } }>();
    const here = (url: string) => upstream.url + new URL(url).pathname;
    const streamed = await (await fetch(here(made.urls.stream), { headers: { accept: 'text/event-stream' } })).text();
    expect([...streamed.matchAll(/^data: (.+)$/gm)].map(([, data]) => data).slice(0, -1).join('')).toBe(waited.output.join(''));
    expect(await (await fetch(here(made.urls.get), { headers })).json()).toMatchObject({ status: 'succeeded', output: waited.output });
    expect((await post(path, { input: { prompt: 'Hi', messages: [] } }, headers)).status).toBe(400);
  });
});

describe('the fake as Azure, Mistral, OpenAI and Anthropic', () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hi' }];
  const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name: 'weather', parameters: WEATHER } }];

  it('knows Azure’s deployments only with an API version', async () => {
    const path = '/azure-openai/openai/deployments/my-gpt/chat/completions';
    expect((await post(path, { messages }, { 'api-key': 'good' })).status).toBe(404);
    expect((await post(`${path}?api-version=2024-10-21`, { messages }, { 'api-key': 'good' })).status).toBe(200);
    expect(upstream.witness().at(-1)).toMatchObject({ model: 'my-gpt', key: 'good' });
  });

  it('is as strict as Mistral about names and ids', async () => {
    const mistral = new OpenAI({ baseURL: `${upstream.url}/mistral/v1`, apiKey: 'good', maxRetries: 0 });
    const { choices } = await mistral.chat.completions.create({ model: 'mistral-small-latest', messages, tools });
    expect(choices[0]!.message.tool_calls![0]!.id).toMatch(/^[a-z0-9]{9}$/);
    await expect(mistral.chat.completions.create({ model: 'mistral-small-latest', messages, seed: 1 })).rejects.toMatchObject({ status: 422 });
  });

  it('calls as many tools as a rule says in responses and messages, and refuses a call without its result', async () => {
    upstream.behave({ toolCalls: 2 });
    const openai = new OpenAI({ baseURL: `${upstream.url}/openai/v1`, apiKey: 'good', maxRetries: 0 });
    const two = [{ type: 'function' as const, name: 'weather', parameters: WEATHER, strict: false }, { type: 'function' as const, name: 'clock', parameters: {}, strict: false }];
    const stream = openai.responses.stream({ model: 'gpt-4o', input: 'Hi', tools: two });
    const called = (await stream.finalResponse()).output.filter((item) => item.type === 'function_call');
    expect(called.map(({ name, arguments: given }) => [name, JSON.parse(given)])).toEqual([['weather', CALL], ['clock', {}]]);
    await expect(openai.responses.create({ model: 'gpt-4o', input: [{ role: 'user', content: 'Hi' }, ...called] })).rejects.toThrow(/No tool output found/);

    const anthropic = new Anthropic({ baseURL: `${upstream.url}/anthropic`, apiKey: 'sk-ant-api03-good', maxRetries: 0 });
    const ask = { model: 'claude-haiku-4-5', max_tokens: 100, tools: [{ name: 'weather', input_schema: WEATHER as never }] };
    const message = await anthropic.messages.stream({ ...ask, messages: [{ role: 'user', content: 'Hi' }] }).finalMessage();
    expect(message.content).toMatchObject([{ type: 'tool_use', name: 'weather', input: CALL }]);
    await expect(anthropic.messages.create({ ...ask, messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: message.content }] })).rejects.toThrow(/tool_result/);
  });
});
