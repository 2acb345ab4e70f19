import fc from 'fast-check';
import { anthropic } from '../../anthropic/index.js';
import type { ChatAnswer, FinishReason, StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { AnswerPart, ChatRequest, Message } from '../chat-form.js';
import type { AnswerContext } from '../dialect.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { anthropicMessages } from './index.js';

const REQUEST: ChatRequest = { model: 'claude-opus-4', stream: false, messages: [], extras: {} };
const ABOUT: AnswerContext = { request: REQUEST, requestId: 'req_1', now: 0 };

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => `${text}.`);
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const toolArguments = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }).map((object) => JSON.stringify(object));
const toolCall = fc.record({ type: fc.constant('tool-call' as const), id, name: id, arguments: toolArguments });
const text = fc.record({ type: fc.constant('text' as const), text: word });
const signed = fc.record({ type: fc.constant('reasoning' as const), text: fc.oneof(word, fc.constant('')), signature: word });
const sealed = fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), signature: word, isSealed: fc.constant(true) });
const unsigned = fc.record({ type: fc.constant('reasoning' as const), text: word });

/** Increments of the same kind are one part, and a signature belongs to the reasoning before it: such neighbours are no answer of their own. */
const parts = fc.oneof(
  fc.array(fc.oneof(text, signed, sealed, toolCall), { maxLength: 8 }),
  fc.tuple(unsigned, fc.array(fc.oneof(text, toolCall), { maxLength: 8 })).map(([thought, said]): AnswerPart[] => [thought, ...said]),
).map((all: AnswerPart[]) => all.filter((part, index) => part.type !== 'text' || all[index - 1]?.type !== 'text'));

const tokens = fc.nat(100_000_000);
const meters = fc
  .record({ inputUncached: tokens, cacheRead: tokens, cacheWrite5m: tokens, cacheWrite1h: tokens, output: tokens, share: fc.nat(100) })
  .map(({ share, ...counts }) => ({ ...counts, reasoning: Math.floor((counts.output * share) / 100), audioIn: 0, audioOut: 0 }));
const ending = fc.oneof(
  fc.constantFrom<FinishReason>('stop', 'length', 'tool-calls', 'content-filter').map((finish) => ({ finish })),
  word.map((stopSequence) => ({ finish: 'stop' as const, stopSequence })),
);
const anAnswer: fc.Arbitrary<ChatAnswer> = fc
  .record({ id: id.map((each) => `msg_${each}`), model: word, parts, meters, ending })
  .map(({ parts: said, ending: end, ...rest }) => ({ ...rest, createdAt: null, vendor: {}, choices: [{ index: 0, parts: said, ...end }] }));

function readInPieces(stream: string, sizes: readonly number[]): StreamPart[] {
  const reader = anthropicMessages.streamReader(anthropic, REQUEST);
  const bytes = Buffer.from(stream);
  const read: StreamPart[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    read.push(...reader.see(bytes.subarray(at, at + size)));
    at += size;
  }
  return [...read, ...reader.close()];
}
function written(answer: ChatAnswer): string {
  const writer = anthropicMessages.streamWriter(ABOUT);
  return partsOfAnswer(answer).map((part) => writer.write(part)).join('');
}

describe('an answer on its way through the Messages API', () => {
  it('is read as it was written, plain', () => {
    fc.assert(fc.property(anAnswer, (answer) => expect(anthropicMessages.readAnswer(JSON.parse(JSON.stringify(anthropicMessages.writeAnswer(answer, ABOUT))), anthropic, REQUEST)).toEqual(answer)), { numRuns: 500 });
  });

  it('is read as it was written, streamed and cut anywhere', () => {
    fc.assert(fc.property(anAnswer, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }), (answer, sizes) => expect(assembleAnswer(readInPieces(written(answer), sizes))).toEqual(answer)), { numRuns: 500 });
  });

  it('loses nothing of calls whose arguments come side by side', () => {
    const fragments = fc.array(fc.tuple(fc.nat(2), fc.nat(12)), { maxLength: 30 });
    fc.assert(
      fc.property(fc.tuple(toolArguments, toolArguments, toolArguments), fragments, (all, order) => {
        const left = [...all];
        const take = ([tool, length]: [number, number]): StreamPart => {
          const fragment = left[tool]!.slice(0, length);
          left[tool] = left[tool]!.slice(length);
          return { type: 'tool-arguments', choice: 0, tool, fragment };
        };
        const calls = all.map((_, tool): StreamPart => ({ type: 'tool-call', choice: 0, tool, id: `call_${tool}`, name: 'find' }));
        const pieces = [...order.map(take), ...all.map((_, tool) => take([tool, Infinity]))];
        const writer = anthropicMessages.streamWriter(ABOUT);
        const stream = [...calls, ...pieces, { type: 'finish', choice: 0, reason: 'tool-calls' } as const, { type: 'end' } as const].map((part) => writer.write(part)).join('');
        const read = assembleAnswer(readInPieces(stream, [1000])).choices[0]!.parts;
        expect(read).toEqual(all.map((it, tool) => ({ type: 'tool-call', id: `call_${tool}`, name: 'find', arguments: it })));
      }),
      { numRuns: 300 },
    );
  });

  it('never crashes the reader when it is damaged, and never goes on behind its end', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom('', '{', '"', 'null', '\n\n', 'data: ', '\\', '5', '\u0000')), { maxLength: 4 });
    fc.assert(
      fc.property(anAnswer, damage, (answer, mutations) => {
        const stream = mutations.reduce((whole, [at, remove, insert]) => whole.slice(0, at % whole.length) + insert + whole.slice((at % whole.length) + remove), written(answer));
        const types = readInPieces(stream, [7, 100]).map(({ type }) => type);
        const over = types.findIndex((type) => type === 'end' || type === 'error');
        expect(over === -1 || over === types.length - 1).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a request on its way through the Messages API', () => {
  const texts = fc.array(text, { minLength: 1, maxLength: 3 });
  const turn: fc.Arbitrary<Message> = fc.oneof(
    texts.map((said): Message => ({ role: 'system', parts: said })),
    texts.map((said): Message => ({ role: 'user', parts: said })),
    fc.array(fc.oneof(text, toolCall), { minLength: 1, maxLength: 4 }).map((said): Message => ({ role: 'assistant', parts: said })),
    fc.array(fc.record({ id, name: fc.constant(null), parts: fc.array(text, { maxLength: 2 }) }), { minLength: 1, maxLength: 3 }).map((results): Message => ({ role: 'tool', results })),
  );
  const request = fc
    .record({ messages: fc.array(turn, { minLength: 1, maxLength: 8 }), tools: fc.uniqueArray(id, { minLength: 1, maxLength: 3 }), model: fc.constantFrom('claude-opus-4', 'claude-opus-5', 'glm-5') })
    .map(({ messages, tools, model }): ChatRequest => ({ ...REQUEST, model, messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }, ...messages], tools: tools.map((name) => ({ name, parameters: { type: 'object', properties: {} } })) }));

  type Part = Exclude<Message, { role: 'tool' }>['parts'][number];
  const said = (messages: Message[], role: Message['role']) => messages.flatMap((message): string[] => (message.role === role && message.role !== 'tool' ? message.parts.flatMap((part: Part) => (part.type === 'text' ? [part.text] : [])) : []));
  const calls = (messages: Message[]) => messages.flatMap((message) => (message.role === 'assistant' ? message.parts.filter((part) => part.type === 'tool-call') : []));
  const results = (messages: Message[]) => messages.flatMap((message) => (message.role === 'tool' ? message.results.map(({ id: of, parts: content }) => ({ of, content })) : []));

  it('keeps every text, tool, call, id and argument', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const body = JSON.parse(JSON.stringify(anthropicMessages.writeRequest(asked, anthropic).body)) as Record<string, unknown>;
        const read = anthropicMessages.readRequest(body);
        for (const role of ['system', 'user', 'assistant'] as const) expect(said(read.messages, role)).toEqual(said(asked.messages, role));
        expect(calls(read.messages)).toEqual(calls(asked.messages));
        expect(results(read.messages)).toEqual(results(asked.messages));
        expect(read.tools).toEqual(asked.tools);
        expect(read.model).toBe(asked.model);
      }),
      { numRuns: 500 },
    );
  });

  it('alternates between the user and the assistant, and begins with the user', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 8 }), (messages) => {
        const { messages: turns } = anthropicMessages.writeRequest({ ...REQUEST, messages }, anthropic).body as { messages: { role: string; content: unknown[] }[] };
        expect(turns.map(({ role }) => role)).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')));
        for (const { content } of turns) expect(content.length).toBeGreaterThan(0);
      }),
    );
  });
});
