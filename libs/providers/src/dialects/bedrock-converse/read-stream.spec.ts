import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { AnswerFormat, ChatRequest } from '../chat-form.js';
import { FIXTURE, eventFrame, exceptionFrame, frame, framesOf } from './frames.builder.js';
import type { Told } from './frames.builder.js';
import { readAnswer } from './read-answer.js';
import { streamReader } from './read-stream.js';

const FIXTURES = join(import.meta.dirname, '../../aws-bedrock/fixtures');
const request: ChatRequest = { model: 'us.anthropic.claude-sonnet-5', stream: true, messages: [], extras: {} };
const json = (schema: Record<string, unknown>): AnswerFormat => ({ type: 'json-schema', name: 'weather', schema });

function read(bytes: Buffer, cuts: readonly number[] = [], asked: ChatRequest = request): StreamPart[] {
  const reader = streamReader(asked);
  const ends = [...cuts, bytes.length];
  return [...ends.flatMap((end, index) => reader.see(bytes.subarray(index === 0 ? 0 : ends[index - 1], end))), ...reader.close()];
}

const kinds = (parts: readonly StreamPart[]) => parts.map(({ type }) => type);
const usage: Told = ['metadata', { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 }, metrics: { latencyMs: 1 } }];
const stop = (stopReason: string, more: object = {}): Told => ['messageStop', { stopReason, ...more }];

const toolCalls: readonly Told[] = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Two ' } } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'cities.' } } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2ln' } } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'I look.' } }],
  ['contentBlockStop', { contentBlockIndex: 1 }],
  ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 'tooluse_a', name: 'get_weather' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"city":' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '"Paris"}' } } }],
  ['contentBlockStop', { contentBlockIndex: 2 }],
  ['contentBlockStart', { contentBlockIndex: 3, start: { toolUse: { toolUseId: 'tooluse_b', name: 'get_time' } } }],
  ['contentBlockStop', { contentBlockIndex: 3 }],
  stop('tool_use'),
  usage,
];

/** To make the fixture anew: write `framesOf(FIXTURE)` into it, as the first test compares it. */
describe('the stream of a Converse call', () => {
  const fixture = readFileSync(join(FIXTURES, 'stream.bin'));

  it('has a fixture that says what the documented events say', () => expect(fixture.equals(framesOf(FIXTURE))).toBe(true));

  it('gives the same parts wherever its bytes are cut', () => {
    const whole = read(fixture);
    expect(kinds(whole)).toEqual(['start', 'text', 'text', 'text', 'text', 'finish', 'usage', 'end']);
    for (let cut = 0; cut <= fixture.length; cut += 1) expect(read(fixture, [cut])).toEqual(whole);
    expect(read(fixture, Array.from(fixture.keys()))).toEqual(whole);
  });

  it('put together is the plain answer', () => {
    const plain = readAnswer(JSON.parse(readFileSync(join(FIXTURES, 'answer.json'), 'utf8')), request);
    expect(assembleAnswer(read(fixture))).toEqual(plain);
  });

  it('has no end when it breaks off before its last event, but for the one place behind messageStop', () => {
    const afterStop = framesOf(FIXTURE.slice(0, -1)).length;
    for (let length = 0; length < fixture.length; length += 1) {
      const parts = read(fixture.subarray(0, length));
      expect({ length, hasEnd: kinds(parts).includes('end') }).toEqual({ length, hasEnd: length === afterStop });
    }
    expect(kinds(read(fixture.subarray(0, afterStop)))).not.toContain('usage');
  });

  it('tells a flipped bit in any byte as an error and never as an end', () => {
    for (const at of fixture.keys()) {
      const bytes = Buffer.from(fixture);
      bytes[at]! ^= 1 << (at & 7);
      const told = kinds(read(bytes));
      expect(told.at(-1)).toBe('error');
      expect(told).not.toContain('end');
    }
  });

  it('tells reasoning with its proof, text, and each tool call with its arguments, even when it has none', () => {
    const parts = read(framesOf(toolCalls));
    expect(parts).toEqual([
      { type: 'start', id: '', model: request.model, createdAt: null },
      { type: 'reasoning', choice: 0, text: 'Two ' },
      { type: 'reasoning', choice: 0, text: 'cities.' },
      { type: 'reasoning-signature', choice: 0, signature: 'c2ln', isSealed: false },
      { type: 'text', choice: 0, text: 'I look.' },
      { type: 'tool-call', choice: 0, tool: 0, id: 'tooluse_a', name: 'get_weather' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '{"city":' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '"Paris"}' },
      { type: 'tool-call', choice: 0, tool: 1, id: 'tooluse_b', name: 'get_time' },
      { type: 'tool-arguments', choice: 0, tool: 1, fragment: '{}' },
      { type: 'finish', choice: 0, reason: 'tool-calls' },
      { type: 'usage', meters: { inputUncached: 3, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0, audioIn: 0, audioOut: 0 } },
      { type: 'end' },
    ]);
  });

  it('keeps sealed reasoning, citations and the sequence that ended it', () => {
    const parts = read(
      framesOf([
        ['messageStart', { role: 'assistant' }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { redactedContent: 'c2VhbGVk' } } }],
        ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'So it is' } }],
        ['contentBlockDelta', { contentBlockIndex: 1, delta: { citation: { title: 'A' } } }],
        ['contentBlockDelta', { contentBlockIndex: 1, delta: { citation: { title: 'B' } } }],
        stop('stop_sequence', { additionalModelResponseFields: { delta: { stop_sequence: 'END' } } }),
        ['metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, trace: { guardrail: { action: 'NONE' } } }],
      ]),
    );
    expect(parts).toContainEqual({ type: 'reasoning-signature', choice: 0, signature: 'c2VhbGVk', isSealed: true });
    expect(parts).toContainEqual({ type: 'vendor', name: 'citations', value: [{ title: 'A' }, { title: 'B' }] });
    expect(parts).toContainEqual({ type: 'vendor', name: 'trace', value: { guardrail: { action: 'NONE' } } });
    expect(parts).toContainEqual({ type: 'finish', choice: 0, reason: 'stop', stopSequence: 'END' });
  });

  describe('of an answer by JSON schema', () => {
    const answered = (...fragments: string[]): Buffer =>
      framesOf([
        ['messageStart', { role: 'assistant' }],
        ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'json_answer' } } }],
        ...fragments.map((input): Told => ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input } } }]),
        ['contentBlockStop', { contentBlockIndex: 0 }],
        stop('tool_use'),
        usage,
      ]);
    const saidBy = (bytes: Buffer, schema: Record<string, unknown>) => {
      const { parts, finish } = assembleAnswer(read(bytes, [], { ...request, answerFormat: json(schema) })).choices[0]!;
      return { parts, finish };
    };

    it('is told as text that ends with stop', () => expect(saidBy(answered('{"degrees":', '14}'), { type: 'object' })).toEqual({ parts: [{ type: 'text', text: '{"degrees":14}' }], finish: 'stop' }));
    it('comes out of the object it was wrapped in', () => expect(saidBy(answered('{"answer":[1,', '2]}'), { type: 'array' })).toEqual({ parts: [{ type: 'text', text: '[1,2]' }], finish: 'stop' }));
    it('is an empty object when nothing was said', () => expect(saidBy(answered(), { type: 'object' })).toEqual({ parts: [{ type: 'text', text: '{}' }], finish: 'stop' }));
    it('stays a call when the model calls another tool', () => {
      const { parts, finish } = saidBy(framesOf(toolCalls), { type: 'object' });
      expect([parts.filter(({ type }) => type === 'tool-call').length, finish]).toEqual([2, 'tool-calls']);
    });
  });

  it.each(['internalServerException', 'modelStreamErrorException', 'serviceUnavailableException', 'throttlingException', 'validationException'])('%s ends it with an error, whatever comes behind', (name) => {
    const bytes = Buffer.concat([eventFrame('messageStart', {}), exceptionFrame(name, { message: 'no more' }), framesOf([stop('end_turn'), usage])]);
    expect(read(bytes).slice(1)).toEqual([{ type: 'error', code: name, message: 'no more' }]);
  });

  it('names the tools as the caller does', () => {
    const named: ChatRequest = { ...request, tools: [{ name: 'weather.get', parameters: { type: 'object' } }] };
    const bytes = framesOf([['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'weather_get' } } }]]);
    expect(read(bytes, [], named)).toContainEqual({ type: 'tool-call', choice: 0, tool: 0, id: 't', name: 'weather.get' });
  });

  it('does not mind events and members it does not know, and tells one it cannot read', () => {
    const strange: readonly Told[] = [['somethingNew', { a: 1 }], ['contentBlockDelta', { contentBlockIndex: 7, delta: { video: {} } }], ['contentBlockStart', { start: { audio: {} } }]];
    expect(kinds(read(Buffer.concat([framesOf(strange), frame({ ':message-type': 'event', ':event-type': 'initial-response' }, ''), framesOf(FIXTURE)])))).toEqual(kinds(read(framesOf(FIXTURE))));
    expect(kinds(read(frame({ ':message-type': 'event', ':event-type': 'contentBlockDelta' }, '{"delta":')))).toEqual(['error']);
  });

  it('never throws and never ends cleanly on events of any shape without a messageStop', () => {
    const name = fc.constantFrom('messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'metadata', 'x');
    const member = fc.constantFrom('contentBlockIndex', 'start', 'delta', 'toolUse', 'text', 'input', 'name', 'reasoningContent', 'signature', 'usage', 'citation', 'cacheDetails');
    const payload = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.constant(null), fc.array(tie('any'), { maxLength: 2 }), fc.dictionary(member, tie('any'), { maxKeys: 4 })),
    })).any;
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.dictionary(member, payload, { maxKeys: 4 })), { maxLength: 10 }), (events) => expect(kinds(read(framesOf(events as unknown as Told[])))).not.toContain('end')),
      { numRuns: 500 },
    );
  });
});
