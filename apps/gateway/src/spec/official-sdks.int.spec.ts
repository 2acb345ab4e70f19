import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

describe('the official SDKs, with only base URL and key changed', () => {
  let world: GatewayWorld;
  let openai: OpenAI;
  let anthropic: Anthropic;
  beforeAll(async () => {
    world = await gatewayWorld();
    world.vault.hold({ provider: 'openai', secret: 'sk-test-good-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
    world.vault.hold({ provider: 'anthropic', secret: 'sk-ant-good-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
    openai = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: world.tokenText, maxRetries: 0 });
    anthropic = new Anthropic({ baseURL: world.url, apiKey: world.tokenText, maxRetries: 0 });
  });
  afterAll(() => world.close());
  beforeEach(() => world.reset());

  const messages = [{ role: 'user' as const, content: 'What is the weather in Paris?' }];
  const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }];

  it('openai: chat', async () => {
    const answer = await openai.chat.completions.create({ model: 'openai/gpt-4o', messages });
    expect(answer.choices[0]!.message.content).toEqual(expect.any(String));
    expect(answer._request_id).toMatch(/^req_/);
  });

  it('openai: streamed chat with tools', async () => {
    const stream = await openai.chat.completions.create({ model: 'openai/gpt-4o', messages, tools, stream: true });
    let calls = 0;
    for await (const chunk of stream) {
      expect(chunk.choices.length).toBeGreaterThan(0);
      calls += chunk.choices[0]!.delta.tool_calls?.length ?? 0;
    }
    expect(calls).toBeGreaterThan(0);
  });

  it('openai: streamed usage when it is asked for', async () => {
    const stream = await openai.chat.completions.create({ model: 'openai/gpt-4o', messages, stream: true, stream_options: { include_usage: true } });
    let total = 0;
    for await (const chunk of stream) total += chunk.usage?.total_tokens ?? 0;
    expect(total).toBeGreaterThan(0);
  });

  it('openai: embeddings, responses, models', async () => {
    expect((await openai.embeddings.create({ model: 'openai/text-embedding-3-small', input: 'Hello' })).data[0]!.embedding.length).toBeGreaterThan(0);
    expect((await openai.responses.create({ model: 'openai/gpt-4o', input: 'Hello' })).output_text).toEqual(expect.any(String));
    const ids: string[] = [];
    for await (const model of openai.models.list()) ids.push(model.id);
    expect(ids.length).toBeGreaterThan(0);
    expect((await openai.models.retrieve(ids[0]!)).id).toBe(ids[0]);
  });

  it('openai: streamed responses', async () => {
    const types: string[] = [];
    for await (const event of await openai.responses.create({ model: 'openai/gpt-4o', input: 'Hello', stream: true })) types.push(event.type);
    expect(types.at(-1)).toBe('response.completed');
  });

  it("openai: an upstream error is the SDK's own error class", async () => {
    world.upstream.behave({ status: 429, body: JSON.stringify({ error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } }) });
    await expect(openai.chat.completions.create({ model: 'openai/gpt-4o', messages })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    world.upstream.reset();
    world.upstream.behave({ status: 400, body: JSON.stringify({ error: { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' } }) });
    await expect(openai.chat.completions.create({ model: 'openai/gpt-4o', messages })).rejects.toMatchObject({ constructor: OpenAI.BadRequestError, code: 'context_length_exceeded' });
    world.upstream.reset();
    await expect(openai.chat.completions.create({ model: 'no-such-model', messages })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'wrong', maxRetries: 0 }).chat.completions.create({ model: 'openai/gpt-4o', messages })).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('openai: a cut stream is an error, not a short answer', async () => {
    world.upstream.behave({ cutAfterEvents: 3, textTokens: 20, betweenEventsMs: 5 });
    const read = async (): Promise<void> => {
      for await (const _chunk of await openai.chat.completions.create({ model: 'openai/gpt-4o', messages, stream: true }));
    };
    await expect(read()).rejects.toThrow(/cut off/);
  });

  it('openai: abort in the middle of a stream reaches the provider', async () => {
    world.upstream.behave({ textTokens: 500, betweenEventsMs: 10 });
    const stream = await openai.chat.completions.create({ model: 'openai/gpt-4o', messages, stream: true });
    for await (const _chunk of stream) stream.controller.abort();
    for (let waited = 0; !world.upstream.witness()[0]!.isAborted && waited < 3_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(world.upstream.witness()[0]!.isAborted).toBe(true);
  });

  it('anthropic: messages and streamed messages', async () => {
    const answer = await anthropic.messages.create({ model: 'anthropic/claude-opus-4-6', max_tokens: 50, messages });
    expect(answer.content[0]).toMatchObject({ type: 'text' });
    const stream = anthropic.messages.stream({ model: 'claude-opus-4-6', max_tokens: 50, messages });
    expect((await stream.finalMessage()).usage.output_tokens).toBeGreaterThan(0);
  });

  it("anthropic: errors are the SDK's own", async () => {
    world.upstream.behave({ status: 529, body: JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }) });
    await expect(anthropic.messages.create({ model: 'claude-opus-4-6', max_tokens: 50, messages })).rejects.toBeInstanceOf(Anthropic.InternalServerError);
    await expect(anthropic.messages.create({ model: 'no-such-model', max_tokens: 50, messages })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    expect((await anthropic.models.list()).data.length).toBeGreaterThan(0);
  });
});
