import { AppError } from '@byok/kernel';
import { google } from '../../google/index.js';
import type { ChatAnswer, StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import { geminiGenerate } from './index.js';

const REQUEST: ChatRequest = { model: 'gemini-3.5-flash', stream: false, messages: [], extras: {} };
const ABOUT = { request: REQUEST, requestId: 'req_1', now: 0 };
const read = (body: object) => geminiGenerate.readAnswer(body, google, REQUEST);
const event = (payload: unknown) => `data: ${JSON.stringify(payload)}\r\n\r\n`;
const chunk = (parts: unknown[], more: object = {}) => ({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], modelVersion: 'gemini-3.5-flash-001', responseId: 'r1' });
const streamed = (...events: string[]): StreamPart[] => {
  const reader = geminiGenerate.streamReader(google, REQUEST);
  return [...events.flatMap((each) => reader.see(Buffer.from(each))), ...reader.close()];
};

describe('an answer of Google', () => {
  const REASONS = { STOP: 'stop', MAX_TOKENS: 'length', CONTINUATION: 'length', SAFETY: 'content-filter', RECITATION: 'content-filter', BLOCKLIST: 'content-filter', PROHIBITED_CONTENT: 'content-filter', SPII: 'content-filter', IMAGE_SAFETY: 'content-filter', IMAGE_PROHIBITED_CONTENT: 'content-filter', IMAGE_RECITATION: 'content-filter', MALFORMED_FUNCTION_CALL: 'error', UNEXPECTED_TOOL_CALL: 'error', TOO_MANY_TOOL_CALLS: 'error', MALFORMED_RESPONSE: 'error', LANGUAGE: 'error', OTHER: 'error', NO_IMAGE: 'error', IMAGE_OTHER: 'error', FINISH_REASON_UNSPECIFIED: 'error', INVENTED_TOMORROW: 'error', constructor: 'error' };

  it.each(Object.entries(REASONS))('that stopped with %s stopped with %s, plain and streamed', (finishReason, finish) => {
    expect(read(chunk([{ text: 'x' }], { finishReason })).choices[0]?.finish).toBe(finish);
    expect(assembleAnswer(streamed(event(chunk([{ text: 'x' }])), event(chunk([], { finishReason })))).choices[0]?.finish).toBe(finish);
  });

  it('that calls functions stopped for them, and its calls have ids, the same plain and streamed', () => {
    const parts = [{ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' }, { functionCall: { name: 'f', args: { a: 1 } } }, { functionCall: { id: 'given', name: 'g' } }];
    const plain = read(chunk(parts, { finishReason: 'STOP' }));
    const [first, second, third] = plain.choices[0]!.parts as { id: string; arguments: string }[];
    expect(plain.choices[0]).toMatchObject({ finish: 'tool-calls', parts: [{ name: 'f', arguments: '{"a":1}', signature: 's' }, { name: 'f' }, { id: 'given', name: 'g', arguments: '{}' }] });
    expect(first!.id).toMatch(/^call_[a-f0-9]{24}$/);
    expect(new Set([first!.id, second!.id, third!.id]).size).toBe(3);
    expect(read({ ...chunk(parts, { finishReason: 'STOP' }), responseId: 'r2' }).choices[0]!.parts[0]).not.toMatchObject({ id: first!.id });
    const again = assembleAnswer(streamed(event(chunk(parts.slice(0, 1))), event(chunk(parts.slice(1))), event(chunk([{ text: '' }], { finishReason: 'STOP' }))));
    expect(again.choices).toEqual(plain.choices);
  });

  it('is a filtered one when the prompt was blocked', () => {
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 }, modelVersion: 'm' };
    const wanted = { choices: [{ index: 0, parts: [], finish: 'content-filter' }], meters: { inputUncached: 4, output: 0 }, vendor: { promptFeedback: blocked.promptFeedback } };
    expect(read(blocked)).toMatchObject(wanted);
    expect(assembleAnswer(streamed(event(blocked)))).toMatchObject(wanted);
  });

  it('keeps thoughts, sealed ones, several candidates, log probabilities and what only Google tells', () => {
    const groundingMetadata = { webSearchQueries: ['q'] };
    const answer = {
      candidates: [
        { content: { parts: [{ text: 'hm', thought: true }, { thought: true, thoughtSignature: 'x' }, { text: 'yes' }, { executableCode: { code: '1' } }] }, finishReason: 'STOP', groundingMetadata, logprobsResult: { chosenCandidates: [{ token: 'é', logProbability: -0.5 }], topCandidates: [{ candidates: [{ token: 'e', logProbability: -1 }] }] } },
        { content: { parts: [{ text: 'no' }] }, finishReason: 'MAX_TOKENS', index: 1 },
      ],
      createTime: '2026-10-05T09:12:20.123Z',
    };
    const wanted: ChatAnswer = {
      id: '',
      model: 'gemini-3.5-flash',
      createdAt: 1791191540,
      choices: [
        { index: 0, parts: [{ type: 'reasoning', text: 'hm', signature: 'x', isSealed: true }, { type: 'text', text: 'yes' }], finish: 'stop', logprobs: { content: [{ token: 'é', logprob: -0.5, bytes: [195, 169], top_logprobs: [{ token: 'e', logprob: -1, bytes: [101] }] }] } },
        { index: 1, parts: [{ type: 'text', text: 'no' }], finish: 'length' },
      ],
      meters: null,
      vendor: { groundingMetadata, parts: [{ executableCode: { code: '1' } }] },
    };
    expect(read(answer)).toEqual(wanted);
    expect(assembleAnswer(streamed(event(answer)))).toEqual(wanted);
  });

  it.each([null, [], 'x', {}, { candidates: [] }, { error: { code: 500, message: 'boom' } }, { candidates: 'x' }, { promptFeedback: {} }, { usageMetadata: {} }])('is no answer when it is %j', (body) => {
    expect(() => read(body as object)).toThrow(expect.objectContaining({ code: 'upstream_error' }) as AppError);
  });
});

describe('a stream of Google', () => {
  const events = [event(chunk([{ text: 'Grüße, ', thought: true }])), event(chunk([{ text: '🌍' }])), event(chunk([{ functionCall: { name: 'f', args: { 'ü': '\n\n' } } }])), event({ ...chunk([{ text: '' }], { finishReason: 'STOP' }), usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 } })];
  const bytes = Buffer.from(events.join(''));
  const whole = streamed(events.join(''));

  it('says the same cut at every byte, and ends once', () => {
    expect(whole.map(({ type }) => type)).toEqual(['start', 'reasoning', 'text', 'tool-call', 'tool-arguments', 'finish', 'usage', 'end']);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = geminiGenerate.streamReader(google, REQUEST);
      expect([...reader.see(bytes.subarray(0, cut)), ...reader.see(bytes.subarray(cut)), ...reader.close(), ...reader.close(), ...reader.see(bytes)]).toEqual(whole);
    }
  });

  it('never ends when it was cut before its reason', () => {
    for (let length = 0; length < bytes.length - '\r\n\r\n'.length; length += 1) {
      const reader = geminiGenerate.streamReader(google, REQUEST);
      expect([...reader.see(bytes.subarray(0, length)), ...reader.close()].map(({ type }) => type)).not.toContain('end');
    }
    expect(streamed(event({ candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP', index: 0 }, { content: { parts: [{ text: 'b' }] }, index: 1 }] })).map(({ type }) => type)).not.toContain('end');
  });

  it.each([
    ['an error', { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }, { type: 'error', code: 'UNAVAILABLE', message: 'overloaded' }],
    ['an error in a list', [{ error: { code: 429, message: 'slow' } }], { type: 'error', code: '429', message: 'slow' }],
    ['something else', 'text', { type: 'error', code: null }],
  ])('is over with %s, whatever follows', (_, payload, error) => {
    const parts = streamed(events[0]!, event(payload), events[3]!);
    expect(parts.slice(2)).toMatchObject([error]);
  });
});

describe('an answer written as Google writes it', () => {
  const answer: ChatAnswer = {
    id: '',
    model: 'gpt-5.4',
    createdAt: 1,
    choices: [{ index: 0, parts: [{ type: 'reasoning', text: 'hm', signature: 'p' }, { type: 'text', text: 'Hello' }, { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{"a":1}', signature: 's' }], finish: 'tool-calls' }],
    meters: { inputUncached: 5, cacheRead: 3, cacheWrite5m: 2, cacheWrite1h: 1, output: 9, reasoning: 4, audioIn: 2, audioOut: 1 },
    vendor: { citations: [] },
  };

  it('is a GenerateContentResponse whose counts add up', () => {
    expect(geminiGenerate.writeAnswer(answer, ABOUT)).toEqual({
      candidates: [{ content: { parts: [{ text: 'hm', thought: true, thoughtSignature: 'p' }, { text: 'Hello' }, { functionCall: { id: 'call_1', name: 'f', args: { a: 1 } }, thoughtSignature: 's' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 11, cachedContentTokenCount: 3, candidatesTokenCount: 5, thoughtsTokenCount: 4, totalTokenCount: 20, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 9 }, { modality: 'AUDIO', tokenCount: 2 }], candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 4 }, { modality: 'AUDIO', tokenCount: 1 }] },
      modelVersion: 'gpt-5.4',
      responseId: 'req_1',
    });
  });

  it.each([
    ['stop', 'STOP'],
    ['tool-calls', 'STOP'],
    ['length', 'MAX_TOKENS'],
    ['content-filter', 'SAFETY'],
    ['error', 'OTHER'],
  ] as const)('says %s as %s', (finish, finishReason) => {
    expect(geminiGenerate.writeAnswer({ ...answer, choices: [{ index: 0, parts: [], finish }] }, ABOUT)).toMatchObject({ candidates: [{ finishReason }] });
  });

  it('tells calls whole, the last event with reason and usage, and no [DONE]', () => {
    const writer = geminiGenerate.streamWriter(ABOUT);
    const call = (tool: number, id: string): StreamPart => ({ type: 'tool-call', choice: 0, tool, id, name: 'f' });
    const args = (tool: number, fragment: string): StreamPart => ({ type: 'tool-arguments', choice: 0, tool, fragment });
    const parts: StreamPart[] = [{ type: 'start', id: 'c1', model: 'm', createdAt: null }, { type: 'text', choice: 0, text: 'Hi' }, call(0, 'a'), args(0, '{"x"'), call(1, 'b'), args(1, '{'), args(0, ':1}'), args(1, '}'), { type: 'vendor', name: 'v', value: 1 }, { type: 'finish', choice: 0, reason: 'tool-calls' }, { type: 'usage', meters: { ...answer.meters!, audioIn: 0, audioOut: 0 } }, { type: 'end' }, { type: 'error', code: null, message: 'x' }];
    const written = parts.map((part) => writer.write(part)).join('');
    expect(written).toMatch(/^(?:data: \{[^\n]+\}\n\n)+$/);
    const head = { modelVersion: 'm', responseId: 'c1' };
    expect(written.trimEnd().split('\n\n').map((line) => JSON.parse(line.slice('data: '.length)) as object)).toEqual([
      { candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, index: 0 }], ...head },
      { candidates: [{ content: { parts: [{ functionCall: { id: 'a', name: 'f', args: { x: 1 } } }, { functionCall: { id: 'b', name: 'f', args: {} } }], role: 'model' }, index: 0 }], ...head },
      { candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }], usageMetadata: { promptTokenCount: 11, cachedContentTokenCount: 3, candidatesTokenCount: 5, thoughtsTokenCount: 4, totalTokenCount: 20 }, ...head },
    ]);
  });

  it('never passes on half a call: the answer then says that the call is malformed', () => {
    const broken: ChatAnswer = { ...answer, meters: null, choices: [{ index: 0, parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":' }], finish: 'length' }] };
    expect(geminiGenerate.writeAnswer(broken, ABOUT)).toMatchObject({ candidates: [{ content: { parts: [] }, finishReason: 'MALFORMED_FUNCTION_CALL' }] });
    const writer = geminiGenerate.streamWriter(ABOUT);
    const written = ([{ type: 'tool-call', choice: 0, tool: 0, id: 'a', name: 'f' }, { type: 'tool-arguments', choice: 0, tool: 0, fragment: '{"x":' }, { type: 'finish', choice: 0, reason: 'length' }, { type: 'end' }] as StreamPart[]).map((part) => writer.write(part));
    expect(written.join('')).toContain('"finishReason":"MALFORMED_FUNCTION_CALL"');
    expect(written.join('')).not.toContain('functionCall"');
  });
});
