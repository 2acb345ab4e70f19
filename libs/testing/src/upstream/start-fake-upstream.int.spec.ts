import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { startFakeUpstream, type FakeUpstream } from './start-fake-upstream.js';
import { sumUsage } from './witness.js';

const KEY = 'sk-proj-good0000000000000000';
let upstream: FakeUpstream;
let openai: OpenAI;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  openai = new OpenAI({ baseURL: upstream.baseUrls('openai')['openai']!, apiKey: KEY, maxRetries: 0 });
});
afterAll(() => upstream.close());
beforeEach(() => upstream.reset());

describe('the fake upstream', () => {
  it('tells the official openai client the usage it writes down', async () => {
    const answer = await openai.chat.completions.create({ model: 'gpt-4o', user: 'ann', messages: [{ role: 'user', content: 'Hello there' }] });
    const row = upstream.witness()[0]!;
    expect(row).toMatchObject({ provider: 'openai', key: KEY, model: 'gpt-4o', caller: 'ann', status: 200, isFinished: true });
    expect(answer.usage).toMatchObject({ prompt_tokens: row.usage!.inputTokens, completion_tokens: row.usage!.outputTokens });
  });

  it('streams chat with usage only to who asked for it', async () => {
    const request: OpenAI.ChatCompletionCreateParamsStreaming = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
    let usage: unknown;
    for await (const chunk of await openai.chat.completions.create({ ...request, stream_options: { include_usage: true } })) usage = chunk.usage ?? usage;
    expect(usage).toMatchObject({ completion_tokens: upstream.witness()[0]!.usage!.outputTokens });
    for await (const chunk of await openai.chat.completions.create(request)) expect(chunk.usage).toBeUndefined();
    expect(upstream.witness()[1]!.usage).toBeNull();
  });

  it('calls the first tool, in pieces when streamed', async () => {
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } } } }] as const;
    const stream = openai.chat.completions.stream({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Weather?' }], tools: [...tools] });
    const calls = (await stream.finalChatCompletion()).choices[0]!.message.tool_calls;
    expect(calls?.[0]).toMatchObject({ function: { name: 'weather', arguments: '{"city":"a city"}' } });
  });

  it('speaks responses and embeddings', async () => {
    const response = await openai.responses.create({ model: 'gpt-4o', input: 'Hello' });
    expect(response.output_text).toMatch(/^Word0 word1/);
    const events = [];
    for await (const event of await openai.responses.create({ model: 'gpt-4o', input: 'Hello', stream: true })) events.push(event.type);
    expect(events.at(-1)).toBe('response.completed');
    const embedding = await openai.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    expect(embedding.data).toHaveLength(2);
    expect(embedding.data[0]!.embedding).toHaveLength(8);
  });

  it('speaks to the official anthropic client', async () => {
    const anthropic = new Anthropic({ baseURL: `${upstream.url}/anthropic`, apiKey: 'sk-ant-api03-good', maxRetries: 0 });
    const request = { model: 'claude-haiku-4-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello '.repeat(40) }] };
    const message = await anthropic.messages.create(request);
    const final = await anthropic.messages.stream(request).finalMessage();
    expect(final.content).toMatchObject([{ type: 'text', text: (message.content[0] as { text: string }).text }]);
    const [row] = upstream.witness();
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = message.usage;
    expect(input_tokens + cache_read_input_tokens! + cache_creation_input_tokens!).toBe(row!.usage!.inputTokens);
    expect(output_tokens).toBe(row!.usage!.outputTokens);
  });

  it('refuses a bad key and quotes it, as real providers do', async () => {
    const bad = new OpenAI({ baseURL: `${upstream.url}/openai/v1`, apiKey: 'sk-proj-bad-canary', maxRetries: 0 });
    await expect(bad.models.list()).rejects.toThrow(/sk-proj-bad-canary/);
  });

  it('notes an answer that the caller did not wait for', async () => {
    upstream.behave({ betweenEventsMs: 5, textTokens: 1000 });
    const controller = new AbortController();
    const stream = await openai.chat.completions.create({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hi' }] }, { signal: controller.signal });
    for await (const _ of stream) controller.abort();
    while (upstream.openRequests() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(upstream.witness()[0]).toMatchObject({ isAborted: true, usage: null });
  });

  it('fails as often as a rule says and sums what it told', async () => {
    upstream.behave({ when: { model: 'gpt-4o' }, times: 1, status: 503, body: '{"error":{"message":"busy"}}' });
    const call = () => openai.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] });
    await expect(call()).rejects.toMatchObject({ status: 503 });
    const { usage } = await call();
    expect(sumUsage(upstream.witness())).toMatchObject({ requests: 2, outputTokens: usage!.completion_tokens });
  });
});
