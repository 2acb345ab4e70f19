import fc from 'fast-check';
import { openAiCompatible } from '../../open-ai-compatible.js';
import type { ChatAnswer, FinishReason, StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { AnswerPart, ChatRequest, Message } from '../chat-form.js';
import type { AnswerContext } from '../dialect.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { openaiResponses } from './index.js';

/** One that takes everything, so that nothing is lost on the way. */
const provider = openAiCompatible({ id: 'plain', name: 'Plain', baseUrl: 'https://api.example.com/v1', endpoints: ['responses'], key: { pattern: /^x$/ }, responsesWire: { signsCalls: true } });
const REQUEST: ChatRequest = { model: 'm', stream: false, messages: [], extras: {} };
const ABOUT: AnswerContext = { request: REQUEST, requestId: 'req_1', now: 0 };

const set = <T extends Record<string, fc.Arbitrary<unknown>>>(model: T) => fc.record(model, { requiredKeys: [] });
const word = fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom('[DONE]', 'data: {"a":1}\n\n', '\u2028 \r\n ☃', '"usage"'));
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const toolArguments = fc.object().map((value) => JSON.stringify(value));
const signature = word.filter((each) => !each.startsWith('proof:'));
const text = fc.record({ type: fc.constant('text' as const), text: word });
const refusal = fc.record({ type: fc.constant('refusal' as const), text: word });
const reasoning = fc.oneof(
  fc.record({ type: fc.constant('reasoning' as const), text: fc.oneof(word, fc.constant('')), signature }),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.oneof(word, fc.constant('')), signature, isSealed: fc.constant(true) }),
);
const toolCall = fc.tuple(fc.record({ type: fc.constant('tool-call' as const), id: name, name, arguments: toolArguments }), set({ signature })).map(([call, proof]) => ({ ...call, ...proof }));

/** Increments of the same kind are one part, and unsigned reasoning runs into what follows it: such neighbours are no answer of their own. */
const parts = fc
  .tuple(fc.option(fc.record({ type: fc.constant('reasoning' as const), text: word })), fc.array(fc.oneof(text, refusal, reasoning, toolCall), { maxLength: 8 }))
  .map(([thought, said]): AnswerPart[] => (thought ? [thought, ...said.filter(({ type }) => type !== 'reasoning')] : said))
  .map((said) => said.filter((part, index) => (part.type !== 'text' && part.type !== 'refusal') || said[index - 1]?.type !== part.type));

const tokens = fc.nat(100_000_000);
const meters = fc
  .record({ inputUncached: tokens, cacheRead: tokens, cacheWrite5m: tokens, output: tokens, share: fc.nat(100), audioIn: fc.nat(9), audioOut: fc.nat(9) })
  .map(({ share, ...counts }) => ({ ...counts, cacheWrite1h: 0, reasoning: Math.floor((counts.output * share) / 100) }));
const logprobs = fc.array(fc.record({ token: word, logprob: fc.double({ max: 0, noNaN: true, noDefaultInfinity: true }).map((each) => each + 0), bytes: fc.array(fc.nat(255)), top_logprobs: fc.constant([]) }), { minLength: 1, maxLength: 3 });

const anAnswer: fc.Arbitrary<ChatAnswer> = fc
  .record({ id: name.map((each) => `resp_${each}`), model: name, createdAt: fc.nat(), parts, meters: fc.option(meters), early: fc.constantFrom<FinishReason | null>('length', 'content-filter', null), logprobs: fc.option(logprobs) })
  .map(({ parts: said, early, logprobs: content, ...rest }) => {
    const finish = early ?? (said.some(({ type }) => type === 'tool-call') ? 'tool-calls' : 'stop');
    const hasText = said.some((part) => part.type === 'text');
    return { ...rest, vendor: {}, choices: [{ index: 0, parts: said, finish, ...(content && hasText ? { logprobs: { content } } : {}) }] };
  });

function read(chunks: readonly Uint8Array[]): StreamPart[] {
  const reader = openaiResponses.streamReader(provider, REQUEST);
  return [...chunks.flatMap((chunk) => reader.see(chunk)), ...reader.close()];
}
function cutAt(stream: string, sizes: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(stream);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)!.length) chunks.push(bytes.subarray(at, at + sizes[chunks.length % sizes.length]!));
  return chunks;
}
function written(answer: ChatAnswer): string {
  const writer = openaiResponses.streamWriter(ABOUT);
  return partsOfAnswer(answer).map((part) => writer.write(part)).join('');
}
const plainOf = (answer: ChatAnswer) => JSON.parse(JSON.stringify(openaiResponses.writeAnswer(answer, ABOUT))) as object;

describe('an answer on its way through the Responses API', () => {
  it('is read as it was written, plain', () => {
    fc.assert(fc.property(anAnswer, (answer) => expect(openaiResponses.readAnswer(plainOf(answer), provider, REQUEST)).toEqual(answer)), { numRuns: 500 });
  });

  it('is read as it was written, streamed and cut anywhere', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(anAnswer, sizes, (answer, cuts) => expect(assembleAnswer(read(cutAt(written(answer), cuts)))).toEqual(answer)), { numRuns: 300 });
  });

  it('is the same plain and in the last event of its stream', () => {
    fc.assert(
      fc.property(anAnswer, (answer) => {
        const last = written(answer).trimEnd().split('\n').at(-1)!;
        expect((JSON.parse(last.slice('data: '.length)) as { response: object }).response).toEqual(plainOf(answer));
      }),
      { numRuns: 200 },
    );
  });
});

const base64 = fc.base64String({ minLength: 4 });
const source = fc.oneof(base64.map((data) => ({ kind: 'base64' as const, mediaType: 'image/png', data })), fc.webUrl().map((url) => ({ kind: 'url' as const, url })));
const image = fc.tuple(source, set({ detail: fc.constantFrom('auto' as const, 'low' as const, 'high' as const) })).map(([from, detail]) => ({ type: 'image' as const, source: from, ...detail }));
const file = fc.tuple(base64, name).map(([data, filename]) => ({ type: 'file' as const, source: { kind: 'base64' as const, mediaType: 'application/pdf', data }, name: `${filename}.pdf` }));
const schema = fc.constantFrom<Record<string, unknown>>({ type: 'object', properties: {} }, { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false });
const sealed = fc.record({ type: fc.constant('reasoning' as const), text: fc.oneof(word, fc.constant('')), signature, isSealed: fc.constant(true) });

/** In a row, all that the model said is one message. */
const turn: fc.Arbitrary<Message[]> = fc.tuple(fc.array(fc.oneof(text, image, file), { minLength: 1, maxLength: 3 }), fc.array(fc.oneof(text, refusal, sealed, toolCall), { minLength: 1, maxLength: 4 }), text).map(([asked, said, result]): Message[] => {
  const names = new Map<string, string>();
  for (const part of said) if (part.type === 'tool-call') names.set(part.id, part.name);
  const results = said.flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, name: names.get(part.id)!, parts: [result] }] : []));
  return [{ role: 'user', parts: asked }, { role: 'assistant', parts: said }, ...(results.length === 0 ? [] : [{ role: 'tool' as const, results }])];
});
const request: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    fc.record({ model: name, stream: fc.boolean(), messages: fc.tuple(fc.array(text.map((part): Message => ({ role: 'system', parts: [part] })), { maxLength: 1 }), fc.array(turn, { minLength: 1, maxLength: 3 })).map(([system, turns]) => [...system, ...turns.flat()]), extras: set({ metadata: fc.constant({ a: 'b' }), verbosity: fc.constant('low') }) }),
    set({
      maxTokens: fc.nat(),
      temperature: fc.constantFrom(0, 0.5, 2),
      topP: fc.constantFrom(0.1, 1),
      logprobs: fc.record({ top: fc.nat(20) }),
      user: word,
      reasoning: fc.oneof(fc.record({ effort: fc.constantFrom('none' as const, 'low' as const, 'xhigh' as const) }), fc.constant({ effort: 'high' as const, isShown: true })),
      answerFormat: fc.oneof(fc.constant({ type: 'text' as const }), fc.tuple(schema, set({ description: word, strict: fc.boolean() })).map(([each, more]) => ({ type: 'json-schema' as const, name: 'answer', schema: each, ...more }))),
    }),
    fc.option(
      fc.tuple(
        fc.array(fc.tuple(name, schema, fc.boolean(), set({ description: word })), { minLength: 1, maxLength: 3 }).map((tools) => tools.map(([each, parameters, strict, more]) => ({ name: each, parameters, strict, ...more }))),
        set({ toolChoice: fc.oneof(fc.constantFrom('auto' as const, 'none' as const, 'required' as const), fc.record({ name })), parallelToolCalls: fc.boolean() }),
      ),
    ),
  )
  .map(([always, sometimes, tools]) => ({ ...always, ...sometimes, ...(tools ? { tools: tools[0], ...tools[1] } : {}) }));

describe('a request on its way through the Responses API', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(request, (asked) => expect(openaiResponses.readRequest(JSON.parse(JSON.stringify(openaiResponses.writeRequest(asked, provider).body)) as Record<string, unknown>)).toEqual(asked)), { numRuns: 300 });
  });
});
