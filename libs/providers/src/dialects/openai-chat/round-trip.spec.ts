import fc from 'fast-check';
import { openAiCompatible } from '../../open-ai-compatible.js';
import type { ChatAnswer, Choice } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { AnswerPart, ChatRequest, Message } from '../chat-form.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { openaiChat } from './index.js';

/** One that takes everything, so that nothing is lost on the way. */
const provider = openAiCompatible({
  id: 'plain',
  name: 'Plain',
  baseUrl: 'https://api.example.com/v1',
  key: { pattern: /^x$/ },
  wire: { reasoningBack: 'reasoning_details', takesFileUrls: true, extras: ['metadata'], rules: { top_k: 'sent', cache_control: 'sent' } },
});

const set = <T extends Record<string, fc.Arbitrary<unknown>>>(model: T) => fc.record(model, { requiredKeys: [] });
const text = fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('[DONE]', 'data: {"a":1}\n\n', '\u2028 \r\n ☃', '"usage"'));
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const cache = set({ cache: fc.constantFrom('5m' as const, '1h' as const) });
const base64 = fc.base64String({ minLength: 4 });
const image = fc.tuple(
  fc.oneof(
    base64.map((data) => ({ kind: 'base64' as const, mediaType: 'image/png', data })),
    fc.webUrl().map((url) => ({ kind: 'url' as const, url })),
  ),
  set({ detail: fc.constantFrom('auto' as const, 'low' as const, 'high' as const) }),
  cache,
).map(([source, detail, mark]) => ({ type: 'image' as const, source, ...detail, ...mark }));
const textPart = fc.tuple(text, cache).map(([said, mark]) => ({ type: 'text' as const, text: said, ...mark }));
const file = fc.tuple(base64, name).map(([data, filename]) => ({ type: 'file' as const, source: { kind: 'base64' as const, mediaType: 'application/pdf', data }, name: `${filename}.pdf` }));
const audio = base64.map((data) => ({ type: 'audio' as const, format: 'wav', data }));
const schema = fc.constantFrom<Record<string, unknown>>({ type: 'object', properties: {} }, { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false });

const calls = fc.uniqueArray(fc.record({ type: fc.constant('tool-call' as const), id: name, name, arguments: fc.object().map((value) => JSON.stringify(value)) }), { selector: ({ id }) => id, maxLength: 3 });
/** In the order in which a message has them: it knows no other. */
const spoken = fc
  .tuple(fc.option(fc.record({ text, signature: fc.option(text) })), fc.option(textPart), fc.option(text), calls)
  .map(([thought, said, refusal, called]): AnswerPart[] => [
    ...(thought ? [{ type: 'reasoning' as const, text: thought.text, ...(thought.signature === null ? {} : { signature: thought.signature }) }] : []),
    ...(said ? [said] : []),
    ...(refusal === null ? [] : [{ type: 'refusal' as const, text: refusal }]),
    ...called,
  ]);

const turn: fc.Arbitrary<Message[]> = fc.oneof(
  fc.array(textPart, { minLength: 1, maxLength: 2 }).map((parts): Message[] => [{ role: 'system', parts }]),
  fc.tuple(fc.array(fc.oneof(textPart, image, file, audio), { minLength: 1, maxLength: 3 }), set({ name })).map(([parts, who]): Message[] => [{ role: 'user', parts, ...who }]),
  fc.tuple(spoken, fc.array(textPart, { minLength: 1, maxLength: 2 })).map(([parts, result]): Message[] => {
    const results = parts.flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, name: part.name, parts: result }] : []));
    return results.length === 0 ? [{ role: 'assistant', parts }] : [{ role: 'assistant', parts }, { role: 'tool', results }];
  }),
);

const request: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    fc.record({ model: name, stream: fc.boolean(), messages: fc.array(turn, { minLength: 1, maxLength: 4 }).map((turns) => turns.flat()), extras: set({ metadata: fc.constant({ a: 'b' }) }) }),
    set({
      maxTokens: fc.nat(),
      temperature: fc.constantFrom(0, 0.5, 2),
      topP: fc.constantFrom(0.1, 1),
      topK: fc.nat(100),
      stop: fc.array(text, { minLength: 1, maxLength: 4 }),
      seed: fc.integer(),
      frequencyPenalty: fc.constantFrom(-2, 0, 2),
      presencePenalty: fc.constantFrom(-2, 0, 2),
      n: fc.constantFrom(1, 2),
      logprobs: fc.record({ top: fc.nat(20) }),
      logitBias: fc.constant({ 5: -100, 6: 1 }),
      user: text,
      reasoning: fc.record({ effort: fc.constantFrom('none' as const, 'low' as const, 'xhigh' as const) }),
      answerFormat: fc.oneof(fc.constant({ type: 'text' as const }), fc.tuple(schema, set({ description: text, strict: fc.boolean() })).map(([each, more]) => ({ type: 'json-schema' as const, name: 'answer', schema: each, ...more }))),
    }),
    fc.option(
      fc.tuple(
        fc.uniqueArray(fc.tuple(name, schema, set({ description: text, strict: fc.boolean() }), cache), { selector: ([each]) => each, minLength: 1, maxLength: 3 }).map((tools) => tools.map(([each, parameters, more, mark]) => ({ name: each, parameters, ...more, ...mark }))),
        set({ toolChoice: fc.oneof(fc.constantFrom('auto' as const, 'none' as const, 'required' as const), fc.record({ name })), parallelToolCalls: fc.boolean() }),
      ),
    ),
  )
  .map(([must, may, tools]): ChatRequest => ({ ...must, ...may, ...(tools ? { tools: tools[0], ...tools[1] } : {}) }));

const counts = fc.record({ inputUncached: fc.nat(1e6), cacheRead: fc.nat(1e6), cacheWrite5m: fc.nat(1e6), cacheWrite1h: fc.constant(0), output: fc.integer({ min: 1e6, max: 2e6 }), reasoning: fc.nat(1e6), audioIn: fc.nat(9), audioOut: fc.nat(9) });
const choice = fc
  .tuple(spoken, fc.constantFrom('stop' as const, 'length' as const, 'content-filter' as const, 'error' as const), fc.boolean())
  .map(([parts, finish, hasLogprobs]): Omit<Choice, 'index'> => ({
    parts: parts.map((part) => ('cache' in part ? { type: 'text' as const, text: part.text } : part)),
    finish: finish === 'stop' && parts.some((part) => part.type === 'tool-call') ? 'tool-calls' : finish,
    ...(hasLogprobs ? { logprobs: { content: [{ token: 'a', logprob: -1, bytes: null, top_logprobs: [] }] } } : {}),
  }));
const answer: fc.Arbitrary<ChatAnswer> = fc.record({
  id: name,
  model: name,
  createdAt: fc.integer({ min: 1, max: 2e9 }),
  choices: fc.array(choice, { minLength: 1, maxLength: 2 }).map((all) => all.map((each, index) => ({ index, ...each }))),
  meters: fc.option(counts),
  vendor: set({ citations: fc.array(fc.webUrl()), annotations: fc.constant([{ type: 'url_citation' }]), search: fc.record({ results: fc.array(fc.record({ title: text, url: fc.webUrl() })) }) }),
});
const about = { request: { model: 'm', stream: true, messages: [], includeUsage: true, extras: {} }, requestId: 'req_1', now: 0 };
const overTheWire = (value: object) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

describe('chat completions there and back', () => {
  it('a request written for a provider is read as the same request', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { body, usedExtras } = openaiChat.writeRequest(asked, provider);
        const { includeUsage, ...read } = openaiChat.readRequest(overTheWire(body));
        expect(read).toEqual(asked);
        expect(includeUsage).toBe(asked.stream || undefined);
        expect(usedExtras).toEqual(Object.keys(asked.extras));
      }),
      { numRuns: 300 },
    );
  });

  it('an answer written for a caller is read as the same answer', () => {
    fc.assert(
      fc.property(answer, (told) => {
        expect(openaiChat.readAnswer(overTheWire(openaiChat.writeAnswer(told, about)), provider, about.request)).toEqual(told);
      }),
      { numRuns: 300 },
    );
  });

  it('a stream written for a caller is read, wherever it is cut, and put together as the same answer', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), (told, cuts) => {
        const writer = openaiChat.streamWriter(about);
        const bytes = Buffer.from(partsOfAnswer(told).map((part) => writer.write(part)).join(''));
        const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
        const reader = openaiChat.streamReader(provider, about.request);
        const parts = [...places.slice(1).flatMap((to, at) => reader.see(bytes.subarray(places[at], to))), ...reader.close()];
        expect(parts.at(-1)).toEqual({ type: 'end' });
        expect(assembleAnswer(parts)).toEqual(told);
      }),
      { numRuns: 300 },
    );
  });

  it('a stream that was cut or changed never throws, and without its [DONE] never ends', () => {
    fc.assert(
      fc.property(answer, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (told, seed, noise) => {
        const writer = openaiChat.streamWriter(about);
        const bytes = Buffer.from(partsOfAnswer(told).map((part) => writer.write(part)).join(''));
        const at = seed % bytes.length;
        const read = (broken: Buffer) => {
          const reader = openaiChat.streamReader(provider, about.request);
          return [...reader.see(broken), ...reader.close()];
        };
        const whole = bytes.lastIndexOf('[DONE]') + '[DONE]'.length;
        if (at < whole) expect(read(bytes.subarray(0, at)).some(({ type }) => type === 'end')).toBe(false);
        const changed = Buffer.from(bytes);
        changed.set(noise.subarray(0, bytes.length - at), at);
        const ends = read(changed).filter(({ type }) => type === 'end' || type === 'error');
        expect(ends.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
