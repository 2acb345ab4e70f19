import OpenAI from 'openai';
import { eventually } from '../support/eventually.js';
import { callGateway, HELLO } from '../support/gateway-client.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

type Setting = Awaited<ReturnType<typeof newWorldWithKey>>;

const MODEL = 'gpt-4o-mini';
const MESSAGES: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'What is the weather in Paris?' }];
const TOOLS: OpenAI.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'weather', parameters: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } } } },
];

const { upstream, standalone } = standaloneOfSuite();
let setting: Setting;
let openai: OpenAI;

beforeAll(async () => {
  setting = await newWorldWithKey(standalone, 'SDK');
  openai = new OpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: setting.person.token, maxRetries: 0 });
});
beforeEach(() => upstream.reset());

describe('the official openai client, with only baseURL and apiKey changed', () => {
  it('completes a chat, and the answer says which key served it', async () => {
    const { data, response } = await openai.chat.completions.create({ model: MODEL, messages: MESSAGES }).withResponse();
    expect(data.choices[0]!.message.content).toMatch(/^Word0 word1/);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({ 'x-byok-key-owner': 'group', 'x-byok-key-id': setting.keyId, 'x-using-byok': 'true', 'x-provider': 'openai', 'x-byok-attempts': '1' });
    expect(headers['x-request-id']).toMatch(/^req_[0-9a-f]{32}$/);
    expect(Number(headers['x-credits-charged'])).toBe(0);
  });

  it('sends the provider the group key and never the token of the caller', async () => {
    await openai.chat.completions.create({ model: MODEL, messages: MESSAGES });
    const row = upstream.witness()[0]!;
    expect(row.key).toBe(setting.secret);
    expect(JSON.stringify(row)).not.toContain(setting.person.token);
  });

  it('completes a streamed chat with tools', async () => {
    const stream = openai.chat.completions.stream({ model: MODEL, messages: MESSAGES, tools: TOOLS, stream_options: { include_usage: true } });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]!.message.tool_calls?.[0]).toMatchObject({ function: { name: 'weather', arguments: '{"city":"a city"}' } });
    expect(final.usage?.completion_tokens).toBe(upstream.witness()[0]!.usage!.outputTokens);
  });

  it('streams no usage to a caller who did not ask for it, and meters the call all the same', async () => {
    const before = (await setting.world.usage('org'))[0]?.outputTokens ?? 0;
    for await (const chunk of await openai.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true })) {
      expect(chunk.usage ?? null).toBeNull();
      expect(chunk.choices).toHaveLength(1);
    }
    const told = upstream.witness()[0]!.usage!.outputTokens;
    const after = await eventually(() => setting.world.usage('org'), (lines) => (lines[0]?.outputTokens ?? 0) >= before + told);
    expect(after[0]!.outputTokens).toBeGreaterThanOrEqual(before + told);
  });

  it('embeds', async () => {
    const embedding = await openai.embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'] });
    expect(embedding.data.map((each) => each.embedding.length)).toEqual([8, 8]);
  });

  it('lists models and finds one', async () => {
    const ids: string[] = [];
    for await (const model of openai.models.list()) ids.push(model.id);
    expect(ids).toContain('openai/gpt-4o-mini');
    expect(await openai.models.retrieve(ids[0]!)).toMatchObject({ id: ids[0], object: 'model' });
  });

  it('completes responses, plain and streamed', async () => {
    expect((await openai.responses.create({ model: MODEL, input: 'Hello' })).output_text).toMatch(/^Word0/);
    const types: string[] = [];
    for await (const event of await openai.responses.create({ model: MODEL, input: 'Hello', stream: true })) types.push(event.type);
    expect(types.at(0)).toBe('response.created');
    expect(types.at(-1)).toBe('response.completed');
  });

  it("gets an upstream error as the SDK's own class", async () => {
    upstream.behave({ when: { model: MODEL }, times: 1, status: 429, body: JSON.stringify({ error: { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' } }) });
    await expect(openai.chat.completions.create({ model: MODEL, messages: MESSAGES })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    upstream.behave({ when: { model: MODEL }, times: 1, status: 400, body: JSON.stringify({ error: { message: 'temperature is too hot', type: 'invalid_request_error', param: 'temperature', code: null } }) });
    const refused = await openai.chat.completions.create({ model: MODEL, messages: MESSAGES }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OpenAI.BadRequestError);
    expect((refused as Error).message).toContain('temperature is too hot');
  });

  it('aborts mid-stream: the provider is let go, and the call is metered as an estimate', async () => {
    upstream.behave({ textTokens: 2_000, betweenEventsMs: 10 });
    const before = (await setting.world.usage('org'))[0]?.estimatedRequests ?? 0;
    const controller = new AbortController();
    const stream = await openai.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true }, { signal: controller.signal });
    let seen = 0;
    for await (const _ of stream) if (++seen === 5) controller.abort();
    const row = await eventually(() => upstream.witness()[0]!, (each) => each.isAborted, 5_000);
    expect(row.isAborted).toBe(true);
    const after = await eventually(() => setting.world.usage('org'), (lines) => lines[0]!.estimatedRequests === before + 1);
    expect(after[0]!.estimatedRequests).toBe(before + 1);
  });

  it('passes the bytes of a same-dialect answer through untouched', async () => {
    for (const stream of [false, true]) {
      const body = { model: MODEL, messages: HELLO, stream, ...(stream ? { stream_options: { include_usage: true } } : {}) };
      const ours = await callGateway({ gatewayUrl: standalone.gatewayUrl, token: setting.person.token, body });
      const direct = await callGateway({ gatewayUrl: upstream.url, token: setting.secret, path: '/openai/v1/chat/completions', body });
      const withoutId = (text: string) => text.replaceAll(/fake[0-9a-z]{8}/g, 'fake');
      expect(withoutId(ours.text)).toBe(withoutId(direct.text));
    }
  });
});
