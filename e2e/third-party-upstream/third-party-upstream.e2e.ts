import { shareUndiciDispatcher, type FakeUpstream } from '@byok/testing';
import { LLMock } from '@copilotkit/aimock';
import OpenAI from 'openai';
import { anthropic } from '../compatibility/clients/anthropic.js';
import { googleGenai } from '../compatibility/clients/google-genai.js';
import { openaiChat } from '../compatibility/clients/openai-chat.js';
import { openaiResponses } from '../compatibility/clients/openai-responses.js';
import type { Talk } from '../compatibility/conversation.js';
import { UPSTREAMS_OF_MATRIX } from '../compatibility/upstreams.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, type Person, type World } from '../support/world.js';
import { doorman } from './doorman.js';

/** Where aimock answers as each of them: what would be the provider's own base URL. */
const PATHS: Readonly<Record<string, string>> = { openai: '/v1', anthropic: '/v1', google: '/v1beta', 'vertex-ai': '', 'aws-bedrock': '', 'azure-openai': '/openai', ollama: '', cohere: '/v2' };
const MODELS = ['openai/gpt-4o', 'anthropic/claude-haiku-4-5', 'google/gemini-2.5-flash', 'vertex-ai/gemini-2.5-flash', 'aws-bedrock/amazon.nova-lite-v1:0', 'azure-openai/my-gpt', 'ollama/llama3.2', 'cohere/command-a-03-2025'];
const CLIENTS = [openaiChat, openaiResponses, anthropic, googleGenai];
const CALLS_EACH = CLIENTS.length * 6;

/** aimock counts no tokens by itself: it tells what its fixtures say, in each provider's own names. */
const USAGE = { prompt_tokens: 21, completion_tokens: 7, total_tokens: 28, input_tokens: 21, output_tokens: 7 };
const COUNTED = { inputTokens: 21, cachedTokens: 0, outputTokens: 7 };
/** It has none for the counters of Ollama's own chat and always answers with zero. */
const UNCOUNTED = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

const PARIS = [
  { name: 'weather', arguments: { city: 'Paris' } },
  { name: 'clock', arguments: { zone: 'Europe/Paris' } },
];

// Somebody else's idea of what the providers answer: our own fake cannot agree with our own mistakes here.
const providers = new LLMock({ port: 0 });
const { upstream: tokens, standalone } = standaloneOfSuite(async (fake) => {
  await startProviders(fake);
  const baseUrls = Object.fromEntries(Object.entries(PATHS).map(([provider, path]) => [provider, providers.url + path]));
  return { environment: { BYOK_PROVIDER_BASE_URLS: JSON.stringify(baseUrls) } };
});
let world: World;
let person: Person;

async function startProviders(fake: FakeUpstream): Promise<void> {
  shareUndiciDispatcher();
  const toolCalls = PARIS.map((call) => ({ name: call.name, arguments: JSON.stringify(call.arguments) }));
  providers.onMessage('hello there', { content: 'General Kenobi.', usage: USAGE });
  // Left alone it says FUNCTION_CALL as Gemini, which is none of Google's reasons: Google stops with STOP.
  providers.on({ userMessage: 'weather', model: /gemini/, hasToolResult: false }, { toolCalls, usage: USAGE, finishReason: 'stop' });
  providers.on({ userMessage: 'weather', hasToolResult: false }, { toolCalls, usage: USAGE });
  providers.on({ userMessage: 'weather', hasToolResult: true }, { content: 'It is 18 degrees.', usage: USAGE });
  providers.onEmbedding(/.*/, { embedding: [0.25, 0.5] });
  doorman(providers, fake);
  await providers.start();
}

beforeAll(async () => {
  world = await newWorld(standalone, 'Third party');
  person = await world.person('ann');
  await world.key({ type: 'org' }, 'openai', providerKeys.openai());
  for (const provider of Object.keys(PATHS)) {
    const entry = UPSTREAMS_OF_MATRIX.findLast((each) => each.provider === provider);
    if (entry) await world.key({ type: 'org' }, provider, entry.key(tokens), entry.config ? { config: entry.config } : {});
  }
});
afterAll(() => providers.stop());

describe('a third party’s stand-in for the providers', () => {
  describe.each(MODELS)('answers as %s', (model) => {
    it.each(CLIENTS.map((client) => [client.name, client] as const))('to %s through the gateway: plain, streamed, with tools', async (_name, client) => {
      const talk = client.connect(standalone.gatewayUrl, person.token);
      const counted = model.startsWith('ollama/') && client.endpoint !== 'chat' ? UNCOUNTED : COUNTED;
      for (const isStreamed of [false, true]) {
        const ask: Talk = { model, prompt: 'hello there', isStreamed, withTools: false };
        expect(await talk(ask)).toEqual([{ text: 'General Kenobi.', calls: [], usage: counted }]);
        expect(await talk({ ...ask, prompt: 'weather?', withTools: true })).toEqual([
          { text: '', calls: PARIS, usage: counted },
          { text: 'It is 18 degrees.', calls: [], usage: counted },
        ]);
      }
    });
  });

  // Of Gemini it knows the embedding of one text alone, and the gateway asks for all at once.
  it.each(['openai/text-embedding-3-small', 'azure-openai/my-embedding', 'cohere/embed-v4.0'])('embeds as %s', async (model) => {
    const openai = new OpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: person.token, maxRetries: 0 });
    const embedded = await openai.embeddings.create({ model, input: 'anything', encoding_format: 'float' });
    expect(embedded.data[0]!.embedding).toEqual([0.25, 0.5]);
  });

  it('is metered with the counts that it reports itself', async () => {
    const lines = await world.usage('provider,model', MODELS.length * CALLS_EACH + 3);
    for (const model of MODELS) {
      const provider = model.split('/')[0]!;
      // One of the clients reaches Ollama's other chat, which is counted.
      const counted = provider === 'ollama' ? CALLS_EACH / CLIENTS.length : CALLS_EACH;
      const line = lines.find((each) => each.provider === provider && !each.model!.includes('embed'));
      expect(line).toMatchObject({ requests: CALLS_EACH, estimatedRequests: 0, inputTokens: counted * COUNTED.inputTokens, outputTokens: counted * COUNTED.outputTokens });
    }
  });
});
