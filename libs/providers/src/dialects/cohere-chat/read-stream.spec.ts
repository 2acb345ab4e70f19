import fc from 'fast-check';
import { cohere } from '../../cohere/index.js';
import type { ChatAnswer, StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import { cohereChat } from './index.js';

const request = { model: 'command-a-03-2025', stream: true, messages: [], extras: {} };
const sse = (events: readonly object[]) => Buffer.from(events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join(''));
function partsOf(bytes: Uint8Array, size = bytes.length): StreamPart[] {
  const reader = cohereChat.streamReader(cohere, request);
  const parts: StreamPart[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(...reader.see(bytes.subarray(at, at + size)));
  return [...parts, ...reader.close()];
}

const start = { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant' } } };
const callStart = (index: number, name: string, written = '') => ({ type: 'tool-call-start', index, delta: { message: { tool_calls: { id: `t${index}`, type: 'function', function: { name, arguments: written } } } } });
const callDelta = (index: number, written: string) => ({ type: 'tool-call-delta', index, delta: { message: { tool_calls: { function: { arguments: written } } } } });
const callEnd = (index: number) => ({ type: 'tool-call-end', index });
const end = (finish_reason = 'COMPLETE', more: object = {}) => ({ type: 'message-end', delta: { finish_reason, usage: { tokens: { input_tokens: 3, output_tokens: 2 } }, ...more } });
const meters = { inputUncached: 3, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0, audioIn: 0, audioOut: 0 };

describe("a stream of Cohere's chat", () => {
  it('gives plan, calls and their arguments, those without any as {}', () => {
    const events = [
      start,
      { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I will add.' } } },
      callStart(0, 'add'), callDelta(0, '{"a"'), callDelta(0, ':1}'), callEnd(0),
      callStart(1, 'now'), callDelta(1, 'nu'), callDelta(1, 'll'), callEnd(1),
      callStart(2, 'today'), callEnd(2),
      callStart(3, 'number', '{"nu'), callDelta(3, 'll":1}'),
      end('TOOL_CALL'),
    ];
    expect(assembleAnswer(partsOf(sse(events)))).toEqual({
      id: 'c1',
      model: 'command-a-03-2025',
      createdAt: null,
      choices: [
        {
          index: 0,
          parts: [
            { type: 'reasoning', text: 'I will add.' },
            { type: 'tool-call', id: 't0', name: 'add', arguments: '{"a":1}' },
            { type: 'tool-call', id: 't1', name: 'now', arguments: '{}' },
            { type: 'tool-call', id: 't2', name: 'today', arguments: '{}' },
            { type: 'tool-call', id: 't3', name: 'number', arguments: '{"null":1}' },
          ],
          finish: 'tool-calls',
        },
      ],
      meters,
      vendor: {},
    } satisfies ChatAnswer);
  });

  it('gives citations and billed units whole, before its end', () => {
    const citation = (start: number) => ({ start, end: start + 2, text: 'Hi' });
    const events = [start, { type: 'content-delta', delta: { message: { content: { text: 'Hi' } } } }, ...[0, 5].map((at) => ({ type: 'citation-start', delta: { message: { citations: citation(at) } } })), end('COMPLETE', { usage: { billed_units: { input_tokens: 1 }, tokens: { input_tokens: 3, output_tokens: 2 } } })];
    expect(partsOf(sse(events)).slice(2)).toEqual([
      { type: 'vendor', name: 'citations', value: [citation(0), citation(5)] },
      { type: 'vendor', name: 'billed_units', value: { input_tokens: 1 } },
      { type: 'finish', choice: 0, reason: 'stop' },
      { type: 'usage', meters },
      { type: 'end' },
    ]);
  });

  it('gives the likelihood of its pieces', () => {
    const events = [start, { type: 'content-delta', delta: { message: { content: { text: 'Hi' } } }, logprobs: { text: 'Hi', token_ids: [1], logprobs: [-1] } }];
    expect(partsOf(sse(events)).slice(1)).toEqual([
      { type: 'text', choice: 0, text: 'Hi' },
      { type: 'logprobs', choice: 0, content: [{ token: 'Hi', logprob: -1, bytes: null, top_logprobs: [] }] },
    ]);
  });

  it.each([
    ['an error told at its end', [start, end('ERROR', { error: 'internal' })], { type: 'error', code: 'ERROR', message: 'internal' }],
    ['a refusal in the stream', [start, { message: 'too many tokens', id: 'x' }], { type: 'error', code: null, message: 'too many tokens' }],
  ])('ends with %s and nothing else', (_name, events, error) => {
    expect(partsOf(sse([...events, end()])).at(-1)).toEqual(error);
  });

  it('that holds no JSON is an error', () => {
    expect(partsOf(Buffer.from('data: {"type"\n\n')).map(({ type }) => type)).toEqual(['error']);
  });

  it('does not mind events that came after this was written', () => {
    expect(partsOf(sse([start, { type: 'debug', prompt: 'x' }, { type: 'content-delta' }, { type: 'tool-call-delta', index: 4 }, end()])).map(({ type }) => type)).toEqual(['start', 'finish', 'usage', 'end']);
  });

  it('never throws and never ends cleanly without its end, whatever comes', () => {
    const event = fc.oneof(fc.constantFrom<object>(start, callStart(0, 'a'), callDelta(0, 'n'), callEnd(0)), fc.object());
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (events, size) => {
        const parts = partsOf(sse(events.filter((each) => (each as { type?: unknown }).type !== 'message-end')), size);
        expect(parts.some(({ type }) => type === 'end')).toBe(false);
      }),
    );
  });
});
