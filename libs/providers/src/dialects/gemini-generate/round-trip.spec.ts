import fc from 'fast-check';
import { google } from '../../google/index.js';
import type { ChatAnswer, StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { AnswerPart, ChatRequest, Message, ToolCallPart } from '../chat-form.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { geminiGenerate } from './index.js';

const MODEL = 'gemini-3.5-flash';
const REQUEST: ChatRequest = { model: MODEL, stream: false, messages: [], extras: {} };
const ABOUT = { request: REQUEST, requestId: 'req_1', now: 0 };

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,24}$/);
const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/);
/** As JSON writes it, so that reading and writing it again gives the same. */
const args = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }).map((value) => JSON.stringify(JSON.parse(JSON.stringify(value))));
const call: fc.Arbitrary<ToolCallPart> = fc.record({ type: fc.constant('tool-call' as const), id, name, arguments: args, signature: id }, { requiredKeys: ['type', 'id', 'name', 'arguments'] });
const reasoning: fc.Arbitrary<AnswerPart> = fc.oneof(
  fc.record({ type: fc.constant('reasoning' as const), text, signature: id }),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.oneof(text, fc.constant('')), signature: id, isSealed: fc.constant(true) }),
);
const answerPart: fc.Arbitrary<AnswerPart> = fc.oneof(fc.record({ type: fc.constant('text' as const), text }), reasoning, call);
/** Neighbouring texts are one text. */
const answerParts = fc.array(answerPart, { maxLength: 6 }).map((parts) => parts.filter((part, index) => part.type !== 'text' || parts[index - 1]?.type !== 'text'));

const tokens = fc.nat(100_000);
const meters = fc.record({ inputUncached: tokens, cacheRead: tokens, text: tokens, reasoning: fc.integer({ min: 0, max: 1000 }) }).map(({ text: said, reasoning: thought, ...input }) => ({ ...input, cacheWrite5m: 0, cacheWrite1h: 0, output: said + thought, reasoning: thought, audioIn: 0, audioOut: 0 }));
const answer: fc.Arbitrary<ChatAnswer> = fc
  .record({ id, model: id, choices: fc.array(fc.record({ parts: answerParts, reason: fc.constantFrom('stop', 'length', 'content-filter', 'error'), top: fc.array(fc.record({ token: text, logprob: fc.double({ max: 0, noNaN: true, noDefaultInfinity: true }) }), { maxLength: 2 }) }), { minLength: 1, maxLength: 3 }), meters: fc.option(meters) })
  .map(({ choices, ...rest }) => ({
    ...rest,
    createdAt: null,
    vendor: {},
    choices: choices.map(({ parts, reason, top }, index) => {
      const tokensOf = top.map((token) => ({ ...token, logprob: token.logprob + 0, bytes: [...Buffer.from(token.token)] }));
      const isCalled = parts.some(({ type }) => type === 'tool-call') && reason === 'stop';
      return { index, parts, finish: isCalled ? ('tool-calls' as const) : (reason as 'stop'), ...(tokensOf.length === 0 ? {} : { logprobs: { content: tokensOf.map((token) => ({ ...token, top_logprobs: tokensOf })) } }) };
    }),
  }));

function readStream(written: string, cuts: readonly number[]): StreamPart[] {
  const bytes = Buffer.from(written);
  const reader = geminiGenerate.streamReader(google, REQUEST);
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort((left, right) => left - right);
  return [...places.slice(1).flatMap((place, index) => reader.see(bytes.subarray(places[index], place))), ...reader.close()];
}

describe('the dialect of Google', () => {
  it('keeps an answer, written and read again, plain and streamed, in any chunks', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(), { maxLength: 6 }), (given, cuts) => {
        const whole = JSON.parse(JSON.stringify(geminiGenerate.writeAnswer(given, ABOUT))) as object;
        expect(geminiGenerate.readAnswer(whole, google, REQUEST)).toEqual(given);
        const writer = geminiGenerate.streamWriter(ABOUT);
        const parts = readStream(partsOfAnswer(given).map((part) => writer.write(part)).join(''), cuts);
        expect(assembleAnswer(parts)).toEqual(given);
        expect(parts.filter(({ type }) => type === 'end')).toHaveLength(1);
      }),
    );
  });

  it('keeps texts, tool names, ids, arguments and results of a conversation, written and read again', () => {
    const user: fc.Arbitrary<Message> = fc.array(fc.record({ type: fc.constant('text' as const), text }), { minLength: 1, maxLength: 2 }).map((parts) => ({ role: 'user', parts }));
    const exchange = fc.record({ user, said: fc.option(text), calls: fc.uniqueArray(call, { selector: (each) => each.id, maxLength: 3 }), results: fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 3, maxLength: 3 }) });
    const history = fc.array(exchange, { minLength: 1, maxLength: 4 }).map((exchanges) => exchanges.flatMap(({ user: asked, said, calls, results }): Message[] => [
      asked,
      { role: 'assistant', parts: [{ type: 'text', text: said ?? 'ok' }, ...calls] },
      ...(calls.length === 0 ? [] : [{ role: 'tool' as const, results: calls.map((each, index) => ({ id: each.id, name: each.name, parts: [{ type: 'text' as const, text: results[index]! }] })) }]),
    ]));
    fc.assert(
      fc.property(history, fc.constantFrom(MODEL, 'gemini-2.5-flash', 'gemini-2.0-flash'), (messages, model) => {
        const { body } = geminiGenerate.writeRequest({ model, stream: false, messages, extras: {} }, google);
        const again = geminiGenerate.readRequest(JSON.parse(JSON.stringify(body)) as Record<string, unknown>);
        expect(told(again.messages)).toEqual(told(messages));
      }),
    );
  });

  it('never crashes on a body of any shape', () => {
    const field = fc.constantFrom('contents', 'parts', 'role', 'text', 'functionCall', 'functionResponse', 'response', 'args', 'name', 'id', 'thought', 'thoughtSignature', 'inlineData', 'mimeType', 'data', 'tools', 'functionDeclarations', 'parameters', 'generationConfig', 'thinkingConfig', 'candidates', 'content', 'finishReason', 'promptFeedback', 'usageMetadata', 'error', 'logprobsResult', '__proto__');
    const { value } = fc.letrec((tie) => ({ value: fc.oneof({ depthSize: 'medium' }, fc.constantFrom(null, 0, 'x', true, 'model', 'STOP', '{}'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(field, tie('value'), { maxKeys: 5 })) }));
    const harmless = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^(?:invalid_request|param_not_supported|upstream_error)$/);
      }
    };
    fc.assert(
      fc.property(fc.dictionary(field, value), (body) => {
        harmless(() => geminiGenerate.readRequest(body));
        harmless(() => geminiGenerate.readAnswer(body, google, REQUEST));
        readStream(`data: ${JSON.stringify(body)}\n\n`, []);
      }),
      { numRuns: 3000 },
    );
  });
});

/** What a conversation says, without how it is divided into parts; results by call. */
function told(messages: readonly Message[]) {
  return messages.map((message) => {
    if (message.role === 'tool') return { role: 'tool', results: message.results.map((result) => ({ id: result.id, name: result.name, text: result.parts.map((part) => (part.type === 'text' ? plain(part.text) : '')).join('') })) };
    const texts = message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    const calls = message.parts.flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, name: part.name, arguments: part.arguments }] : []));
    return { role: message.role, texts, calls };
  });
}

/** A result that is an object comes back as the same object, without its blanks. */
function plain(given: string): string {
  try {
    const value = JSON.parse(given) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : given;
  } catch {
    return given;
  }
}
