import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai';
import { runInThisContext } from 'node:vm';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import type { ChatAnswer } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { geminiGenerate } from './index.js';

const METERS = { inputUncached: 8, cacheRead: 2, cacheWrite5m: 0, cacheWrite1h: 0, output: 7, reasoning: 3, audioIn: 0, audioOut: 0 };
const base = { id: 'chatcmpl-1', model: 'gpt-5.4', createdAt: 1, meters: METERS, vendor: {} };
const SUNNY: ChatAnswer = { ...base, choices: [{ index: 0, parts: [{ type: 'reasoning', text: 'Look it up.' }, { type: 'text', text: 'It is sunny in Paris – 18 °C.' }], finish: 'stop' }] };
const CALLS: ChatAnswer = { ...base, choices: [{ index: 0, parts: [{ type: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Paris"}', signature: 'c2ln' }, { type: 'tool-call', id: 'call_b', name: 'weather', arguments: '{"city":"Rome"}' }], finish: 'tool-calls' }] };

/** A gateway without a network: what the client sends is read, what it gets is written, both in the dialect of Google. */
class Gateway {
  readonly requests: ChatRequest[] = [];
  readonly #answers: ChatAnswer[];

  constructor(...answers: ChatAnswer[]) {
    this.#answers = answers;
  }

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    const body = JSON.parse(input instanceof Request ? await input.text() : (init?.body as string)) as Record<string, unknown>;
    const request = { ...geminiGenerate.readRequest(body), stream: url.includes(':streamGenerateContent?alt=sse') };
    this.requests.push(request);
    const about = { request, requestId: 'req_1', now: 0 };
    const answer = this.#answers.shift()!;
    if (!request.stream) return Response.json(geminiGenerate.writeAnswer(answer, about));
    const writer = geminiGenerate.streamWriter(about);
    return new Response(partsOfAnswer(answer).map((part) => writer.write(part)).join(''), { headers: { 'content-type': 'text/event-stream' } });
  };
}

const RESULTS = [
  { id: 'call_a', name: 'weather', parts: [{ type: 'text', text: '{"celsius":18}' }] },
  { id: 'call_b', name: 'weather', parts: [{ type: 'text', text: '{"celsius":18}' }] },
];

/** Jest's own globals lack the member by which Node's fetch finds its connections, and @google/genai asks for it. */
function shareDispatcher(): void {
  const name = Symbol.for('undici.globalDispatcher.1');
  const outer = runInThisContext('new Headers(); globalThis') as Record<symbol, unknown>;
  (globalThis as Record<symbol, unknown>)[name] ??= outer[name];
}

describe('@google/genai', () => {
  beforeAll(shareDispatcher);
  const realFetch = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = realFetch;
  });
  function clientOf(gateway: Gateway): GoogleGenAI {
    globalThis.fetch = gateway.fetch as typeof fetch;
    return new GoogleGenAI({ apiKey: 'byok_test', httpOptions: { baseUrl: 'http://gateway.example' } });
  }

  it('gets a plain answer with its usage', async () => {
    const answer = await clientOf(new Gateway(SUNNY)).models.generateContent({ model: 'gpt-5.4', contents: 'Weather?' });
    expect({ text: answer.text, finish: answer.candidates?.[0]?.finishReason, model: answer.modelVersion, id: answer.responseId }).toEqual({ text: 'It is sunny in Paris – 18 °C.', finish: 'STOP', model: 'gpt-5.4', id: 'chatcmpl-1' });
    expect(answer.usageMetadata).toMatchObject({ promptTokenCount: 10, cachedContentTokenCount: 2, candidatesTokenCount: 4, thoughtsTokenCount: 3, totalTokenCount: 17 });
  });

  it('gets the same as a stream', async () => {
    const chunks = [];
    for await (const chunk of await clientOf(new Gateway(SUNNY)).models.generateContentStream({ model: 'gpt-5.4', contents: 'Weather?' })) chunks.push(chunk);
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe('It is sunny in Paris – 18 °C.');
    expect(chunks.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }], usageMetadata: { totalTokenCount: 17 } });
  });

  it.each([false, true])('calls tools at the same time and gives their results back, streamed: %s', async (isStream) => {
    const gateway = new Gateway(CALLS, SUNNY);
    const declaration = { name: 'weather', description: 'Tells it.', parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] } };
    const chat = clientOf(gateway).chats.create({ model: 'gpt-5.4', config: { systemInstruction: 'Be brief.', temperature: 0, tools: [{ functionDeclarations: [declaration] }], toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } } } });
    const send = async (message: Parameters<typeof chat.sendMessage>[0]) => {
      if (!isStream) return [await chat.sendMessage(message)];
      const chunks = [];
      for await (const chunk of await chat.sendMessageStream(message)) chunks.push(chunk);
      return chunks;
    };
    const calls = (await send({ message: 'Weather in Paris and Rome?' })).flatMap(({ functionCalls }) => functionCalls ?? []);
    expect(calls).toEqual([{ id: 'call_a', name: 'weather', args: { city: 'Paris' } }, { id: 'call_b', name: 'weather', args: { city: 'Rome' } }]);
    const said = await send({ message: calls.map(({ id, name }) => ({ functionResponse: { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), response: { celsius: 18 } } })) });
    expect(said.map(({ text }) => text ?? '').join('')).toBe('It is sunny in Paris – 18 °C.');
    expect(gateway.requests[0]).toMatchObject({ stream: isStream, temperature: 0, toolChoice: 'required', tools: [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }] });
    expect(gateway.requests[1]!.messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Weather in Paris and Rome?' }] },
      { role: 'assistant', parts: CALLS.choices[0]!.parts },
      { role: 'tool', results: RESULTS },
    ]);
  });
});

describe('@ai-sdk/google', () => {
  const weather = tool({ description: 'Tells it.', inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }), execute: () => ({ celsius: 18 }) });
  const settings = (gateway: Gateway) => ({ model: createGoogleGenerativeAI({ apiKey: 'byok_test', baseURL: 'http://gateway.example/v1beta', fetch: gateway.fetch as typeof fetch })('gpt-5.4'), prompt: 'Weather?', tools: { weather }, stopWhen: stepCountIs(3) });

  it('gets an answer after a round of tools, plain', async () => {
    const gateway = new Gateway(CALLS, SUNNY);
    const { text, reasoningText, finishReason, usage, steps } = await generateText(settings(gateway));
    expect({ text, reasoningText, finishReason }).toEqual({ text: 'It is sunny in Paris – 18 °C.', reasoningText: 'Look it up.', finishReason: 'stop' });
    expect(usage).toMatchObject({ inputTokens: 20, outputTokens: 14, totalTokens: 34 });
    expect(steps[0]!.finishReason).toBe('tool-calls');
    expect(gateway.requests[1]!.messages[1]).toEqual({ role: 'assistant', parts: CALLS.choices[0]!.parts });
    expect((gateway.requests[1]!.messages[2] as { results: object[] }).results).toMatchObject([{ id: 'call_a', name: 'weather' }, { id: 'call_b', name: 'weather' }]);
  });

  it('gets the same as a stream', async () => {
    const gateway = new Gateway(CALLS, SUNNY);
    const result = streamText(settings(gateway));
    expect(await result.text).toBe('It is sunny in Paris – 18 °C.');
    expect({ finish: await result.finishReason, reasoning: await result.reasoningText, usage: await result.usage }).toMatchObject({ finish: 'stop', reasoning: 'Look it up.', usage: { totalTokens: 34 } });
    expect(gateway.requests.map(({ stream }) => stream)).toEqual([true, true]);
    expect(gateway.requests[1]!.messages[1]).toEqual({ role: 'assistant', parts: CALLS.choices[0]!.parts });
  });
});
