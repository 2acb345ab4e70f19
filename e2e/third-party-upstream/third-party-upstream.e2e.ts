import Anthropic from '@anthropic-ai/sdk';
import { LLMock } from '@copilotkit/aimock';
import OpenAI from 'openai';
import { startStandalone, type Standalone } from '../support/start-standalone.js';
import { newWorldWithKey } from '../support/world.js';
import { providerKeys } from '../support/provider-keys.js';

type Setting = Awaited<ReturnType<typeof newWorldWithKey>>;

const messages: { role: 'user'; content: string }[] = [{ role: 'user', content: 'hello there' }];
const weather = { name: 'weather', schema: { type: 'object' as const, properties: { city: { type: 'string' } } } };

// Somebody else's idea of what the providers answer: our own fake cannot agree with our own mistakes here.
const providers = new LLMock({ port: 0 });
let standalone: Standalone;
let setting: Setting;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  providers.onMessage('hello there', { content: 'General Kenobi.' });
  providers.onMessage('weather', { toolCalls: [{ name: 'weather', arguments: '{"city":"Paris"}' }] });
  providers.onEmbedding(/.*/, { embedding: [0.25, 0.5] });
  await providers.start();
  const baseUrls = { openai: `${providers.url}/v1`, anthropic: `${providers.url}/v1` };
  standalone = await startStandalone({ environment: { BYOK_PROVIDER_BASE_URLS: JSON.stringify(baseUrls) } });
  setting = await newWorldWithKey(standalone, 'Third party');
  await setting.world.key({ type: 'org' }, 'anthropic', providerKeys.anthropic());
  openai = new OpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: setting.person.token, maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: standalone.gatewayUrl, apiKey: setting.person.token, maxRetries: 0 });
});
afterAll(async () => {
  await standalone?.stop();
  await providers.stop();
});

describe('a third party’s stand-in for the providers', () => {
  it('answers the openai client through the gateway: chat, streamed chat, tools, responses, embeddings', async () => {
    const chat = await openai.chat.completions.create({ model: 'gpt-4o', messages });
    expect(chat.choices[0]!.message.content).toBe('General Kenobi.');

    let streamed = '';
    for await (const chunk of await openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true })) streamed += chunk.choices[0]?.delta.content ?? '';
    expect(streamed).toBe('General Kenobi.');

    const tools = [{ type: 'function' as const, function: { name: weather.name, parameters: weather.schema } }];
    const called = await openai.chat.completions.stream({ model: 'gpt-4o', messages: [{ role: 'user', content: 'weather?' }], tools }).finalChatCompletion();
    expect(called.choices[0]!.message.tool_calls![0]).toMatchObject({ function: { name: 'weather', arguments: '{"city":"Paris"}' } });

    const responses = await openai.responses.create({ model: 'gpt-4o', input: 'hello there' });
    expect(responses.output_text).toBe('General Kenobi.');

    const embedded = await openai.embeddings.create({ model: 'text-embedding-3-small', input: 'anything', encoding_format: 'float' });
    expect(embedded.data[0]!.embedding).toEqual([0.25, 0.5]);
  });

  it('answers the Anthropic client through the gateway: messages, streamed messages, tools', async () => {
    const ask = { model: 'claude-haiku-4-5', max_tokens: 100 };
    const whole = await anthropic.messages.create({ ...ask, messages });
    expect(whole.content).toMatchObject([{ type: 'text', text: 'General Kenobi.' }]);

    expect(await anthropic.messages.stream({ ...ask, messages }).finalText()).toBe('General Kenobi.');

    const tools = [{ name: weather.name, input_schema: weather.schema }];
    const called = await anthropic.messages.stream({ ...ask, tools, messages: [{ role: 'user', content: 'weather?' }] }).finalMessage();
    expect(called.content).toMatchObject([{ type: 'tool_use', name: 'weather', input: { city: 'Paris' } }]);
  });

  it('is metered with the counts that it reports itself', async () => {
    const lines = await setting.world.usage('provider', 8);
    expect(lines.map((line) => [line.provider, line.requests, line.estimatedRequests])).toEqual(
      expect.arrayContaining([
        ['openai', 5, 0],
        ['anthropic', 3, 0],
      ]),
    );
  });
});
