import { createOpenAI } from '@ai-sdk/openai';
import { shareUndiciDispatcher, type BehaviourRule } from '@byok/testing';
import { generateText, type ModelMessage } from 'ai';
import OpenAI from 'openai';
import { baseUrlsOf, UPSTREAMS_OF_MATRIX } from '../compatibility/upstreams.js';
import { eventually } from '../support/eventually.js';
import { callGateway, eventsOf, HELLO } from '../support/gateway-client.js';
import { rawPost } from '../support/raw-post.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, type World } from '../support/world.js';
import { streamersFor, type Streamer } from './streamers.js';

const CALLERS = ['openai chat', 'openai responses', 'anthropic messages', 'gemini generateContent'];
/** One of each way in which providers stream: chat's events, named events, Google's, binary frames, Cohere's, lines, predictions. */
const MODELS = ['mistral/mistral-small-latest', 'perplexity/sonar', 'anthropic/claude-haiku-4-5', 'google/gemini-2.5-flash', 'aws-bedrock/amazon.nova-lite-v1:0', 'cohere/command-a-03-2025', 'ollama/llama3.2'];
const BREAKS: [string, BehaviourRule][] = [
  ['breaks off', { textTokens: 40, cutAfterEvents: 8 }],
  ['ends cleanly without its end', { textTokens: 40, endAfterEvents: 8 }],
];

const { upstream: fake, standalone } = standaloneOfSuite((upstream) => ({ environment: { BYOK_PROVIDER_BASE_URLS: baseUrlsOf(upstream) } }));
let world: World;
let token: string;
let streamers: Map<string, Streamer>;

beforeAll(async () => {
  shareUndiciDispatcher();
  world = await newWorld(standalone, 'Translation');
  for (const upstream of UPSTREAMS_OF_MATRIX.filter(({ name }) => name !== 'Azure (v1)')) {
    await world.key({ type: 'org' }, upstream.provider, upstream.key(fake), upstream.config ? { config: upstream.config } : {});
  }
  token = (await world.serviceToken(null)).token;
  streamers = new Map(streamersFor(standalone.gatewayUrl, token).map((streamer) => [streamer.name, streamer]));
});
beforeEach(() => fake.reset());

const failureOf = (asking: Promise<unknown>) => asking.then(
  () => undefined,
  (error: unknown) => error as Error & { status?: number },
);

const lineOf = async (tokenId: string) => (await world.usage('token')).find((line) => line.token === tokenId);

describe('what a provider cannot be told', () => {
  const ask = (model: string, fields: object) => callGateway({ gatewayUrl: standalone.gatewayUrl, token, body: { model, messages: HELLO, ...fields } });
  const namesIn = (headers: Headers) => headers.get('x-byok-dropped-params')?.split(', ').sort() ?? null;

  it('is named in x-byok-dropped-params, unknown fields too, plain and streamed', async () => {
    const fields = { seed: 7, logit_bias: { '50': 1 }, frequency_penalty: 0.5, an_unknown_field: true, temperature: 0.5 };
    for (const stream of [false, true]) {
      const answer = await ask('anthropic/claude-haiku-4-5', { ...fields, stream });
      expect(answer.status).toBe(200);
      expect(namesIn(answer.headers)).toEqual(['an_unknown_field', 'frequency_penalty', 'logit_bias', 'seed']);
    }
    for (const row of fake.witness()) {
      const sent = JSON.parse(row.body) as object;
      expect(sent).toHaveProperty('temperature', 0.5);
      expect(Object.keys(sent)).not.toEqual(expect.arrayContaining(['seed']));
    }
  });

  it('is not named where everything was sent', async () => {
    const answer = await ask('google/gemini-2.5-flash', { seed: 7, top_k: 20, temperature: 0.5, max_tokens: 50, stop: ['END'] });
    expect([answer.status, namesIn(answer.headers)]).toEqual([200, null]);
    expect(JSON.parse(fake.witness()[0]!.body)).toHaveProperty('generationConfig', expect.objectContaining({ seed: 7, topK: 20, stopSequences: ['END'] }) as object);
  });

  it('is refused where the answer would be another one, before the provider hears of it', async () => {
    const answer = await ask('anthropic/claude-haiku-4-5', { n: 2 });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { type: 'invalid_request_error', code: 'param_not_supported', param: 'n' } });
    expect(fake.witness()).toHaveLength(0);
  });
});

describe('the AI SDK, which believes that every response is kept', () => {
  async function continued(model: string, providerOptions: { openai: { store: boolean } }) {
    const talk = { model: createOpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: token })(model), providerOptions, maxRetries: 0 };
    const asked: ModelMessage[] = [{ role: 'user', content: 'Tell me a story.' }];
    const first = await generateText({ ...talk, messages: asked });
    return generateText({ ...talk, messages: [...asked, ...first.responseMessages, { role: 'user', content: 'Go on.' }] });
  }

  it('goes on where it is told that nothing is, and is told so where it was not', async () => {
    expect((await continued('anthropic/claude-haiku-4-5', { openai: { store: false } })).text).toMatch(/^Word0/);
    await expect(continued('anthropic/claude-haiku-4-5', { openai: { store: true } })).rejects.toThrow(/"store": false/);
    expect((await continued('perplexity/sonar', { openai: { store: true } })).text).toMatch(/^Word0/);
  });
});

describe('embeddings', () => {
  it.each(['mistral/mistral-embed', 'google/gemini-embedding-001', 'cohere/embed-v4.0'])('come to the openai client from %s, in the form that it asks for, with what they took', async (model) => {
    const openai = new OpenAI({ baseURL: `${standalone.gatewayUrl}/v1`, apiKey: token, maxRetries: 0 });
    const input = ['one text', 'and another'];
    // It asks for base64 unless told otherwise, and reads it itself.
    for (const format of [{}, { encoding_format: 'float' as const }]) {
      const answer = await openai.embeddings.create({ model, input, ...format });
      expect(answer.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([[0, 8], [1, 8]]);
      expect(answer.data[0]!.embedding).not.toEqual(answer.data[1]!.embedding);
      expect(answer.usage.prompt_tokens).toBe(fake.witness().at(-1)!.usage!.inputTokens);
    }
  });
});

describe.each(CALLERS)('a caller of %s', (caller) => {
  const streamer = () => streamers.get(caller)!;

  describe.each(BREAKS)('whose stream %s at the provider', (_what, rule) => {
    it.each(MODELS)('keeps what came, and then gets an error of its own client: %s', async (model) => {
      fake.behave(rule);
      let heard = '';
      const error = await failureOf(streamer().stream(model, (text) => (heard += text)));
      expect(heard).toMatch(/^Word0 word1/);
      expect(error).toBeInstanceOf(streamer().errors.base);
      expect(error!.message).not.toBe('');
    });

    it('finds the error as the last event and no end of an orderly answer, and pays for an estimate', async () => {
      const own = await world.serviceToken(null);
      for (const model of MODELS) {
        fake.reset();
        fake.behave(rule);
        const { status, text } = await rawPost(`${standalone.gatewayUrl}${streamer().path(model)}`, { authorization: `Bearer ${own.token}` }, JSON.stringify(streamer().body(model)));
        expect(status).toBe(200);
        expect(eventsOf(text).at(-1)).toMatchObject({ error: { message: expect.stringMatching(/\w/) as string } });
        expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed|"finishReason"|"finish_reason":"/);
      }
      const line = await eventually(() => lineOf(own.id), (each) => each?.requests === MODELS.length);
      expect(line).toMatchObject({ requests: MODELS.length, estimatedRequests: MODELS.length });
    });
  });

  it.each([
    ['anthropic/claude-haiku-4-5', 429, JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message: 'Slow down, please.' } })],
    ['anthropic/claude-haiku-4-5', 400, JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: 'messages: much too odd' } })],
    ['google/gemini-2.5-flash', 429, JSON.stringify({ error: { code: 429, message: 'Quota exceeded for requests per minute.', status: 'RESOURCE_EXHAUSTED' } })],
    ['google/gemini-2.5-flash', 400, JSON.stringify({ error: { code: 400, message: 'contents: much too odd', status: 'INVALID_ARGUMENT' } })],
    ['vertex-ai/gemini-2.5-flash', 503, JSON.stringify({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } })],
    ['aws-bedrock/amazon.nova-lite-v1:0', 429, JSON.stringify({ __type: 'ThrottlingException', message: 'Too many requests, wait.' })],
    ['aws-bedrock/amazon.nova-lite-v1:0', 400, JSON.stringify({ __type: 'ValidationException', message: 'messages: much too odd' })],
    ['cohere/command-a-03-2025', 429, JSON.stringify({ id: 'x', message: 'You are past the per minute limit.' })],
    ['cohere/command-a-03-2025', 400, JSON.stringify({ id: 'x', message: 'messages: much too odd' })],
    ['ollama/llama3.2', 404, JSON.stringify({ error: "model 'llama3.2' not found" })],
    ['ollama/llama3.2', 503, JSON.stringify({ error: 'server busy, please try again. maximum pending requests exceeded' })],
    ['replicate/meta/meta-llama-3-8b-instruct', 429, JSON.stringify({ title: 'Throttled', detail: 'Request was throttled.', status: 429 })],
    ['perplexity/sonar', 429, JSON.stringify({ error: { message: 'Too many requests.', type: 'rate_limit', code: 429 } })],
    ['mistral/mistral-small-latest', 429, JSON.stringify({ object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited', code: '1300' })],
  ] as const)('is told of a refusal of %s with %i in its client’s own class', async (model, status, body) => {
    fake.behave({ when: { path: '/token' }, times: 1 });
    fake.behave({ status, body });
    for (const ask of [() => streamer().ask(model), () => streamer().stream(model, () => undefined)]) {
      const error = await failureOf(ask());
      expect(error).toBeInstanceOf(streamer().errors[status]);
      expect(error!.status).toBe(status);
      if (status === 400) expect(error!.message).toContain('much too odd');
    }
    if (status < 500) return;
    // An endpoint that only ever fails is left alone after a while, and others here still want it.
    fake.reset();
    for (let good = 0; good < 6; good++) await streamer().ask(model);
  });
});
