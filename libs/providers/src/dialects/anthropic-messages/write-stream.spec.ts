import type { ChatAnswer, FinishReason, StreamPart } from '../answer-form.js';
import type { AnswerContext } from '../dialect.js';
import { writeAnswer } from './write-answer.js';
import { streamWriter } from './write-stream.js';

const ABOUT: AnswerContext = { request: { model: 'gpt-5', stream: true, messages: [], extras: {} }, requestId: 'req_4711', now: 0 };
const METERS = { inputUncached: 10, cacheRead: 20, cacheWrite5m: 3, cacheWrite1h: 4, output: 50, reasoning: 30, audioIn: 0, audioOut: 0 };
const USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 7,
  cache_read_input_tokens: 20,
  cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
  output_tokens: 50,
  output_tokens_details: { thinking_tokens: 30 },
};
const START: StreamPart = { type: 'start', id: 'chatcmpl-1', model: 'gpt-5-x', createdAt: 5 };
const END: StreamPart[] = [{ type: 'finish', choice: 0, reason: 'stop' }, { type: 'usage', meters: METERS }, { type: 'end' }];

interface WireEvent {
  type: string;
  index?: number;
  content_block?: Record<string, unknown>;
  delta?: Record<string, unknown>;
}
function write(parts: StreamPart[]): WireEvent[] {
  const writer = streamWriter(ABOUT);
  const text = parts.map((part) => writer.write(part)).join('');
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const [name, data] = block.split('\n');
      const event = JSON.parse(data!.slice('data: '.length)) as WireEvent;
      expect(name).toBe(`event: ${event.type}`);
      return event;
    });
}
const brief = (events: WireEvent[]) => events.map(({ type, index, content_block, delta }) => [type, index, content_block?.['type'] ?? delta?.['type']].filter((each) => each !== undefined).join(' '));
const text = (it: string): StreamPart => ({ type: 'text', choice: 0, text: it });
const thought = (it: string): StreamPart => ({ type: 'reasoning', choice: 0, text: it });
const call = (tool: number): StreamPart => ({ type: 'tool-call', choice: 0, tool, id: `call_${tool}`, name: 'find' });
const fragment = (tool: number, it: string): StreamPart => ({ type: 'tool-arguments', choice: 0, tool, fragment: it });

describe('writing a streamed message', () => {
  it('writes the events of every kind of block in the order of the official API', () => {
    const parts = [START, thought('h'), thought('m'), { type: 'reasoning-signature', choice: 0, signature: 'sig', isSealed: false }, { type: 'reasoning-signature', choice: 0, signature: 'sealed', isSealed: true }, text('Hi'), text('!'), call(0), fragment(0, '{"q":'), fragment(0, '1}'), call(1), fragment(1, '{}'), ...END] as StreamPart[];
    const events = write(parts);
    expect(brief(events)).toEqual([
      'message_start',
      'content_block_start 0 thinking',
      'content_block_delta 0 thinking_delta',
      'content_block_delta 0 thinking_delta',
      'content_block_delta 0 signature_delta',
      'content_block_stop 0',
      'content_block_start 1 redacted_thinking',
      'content_block_stop 1',
      'content_block_start 2 text',
      'content_block_delta 2 text_delta',
      'content_block_delta 2 text_delta',
      'content_block_stop 2',
      'content_block_start 3 tool_use',
      'content_block_delta 3 input_json_delta',
      'content_block_delta 3 input_json_delta',
      'content_block_stop 3',
      'content_block_start 4 tool_use',
      'content_block_delta 4 input_json_delta',
      'content_block_stop 4',
      'message_delta',
      'message_stop',
    ]);
    expect(events[0]).toMatchObject({ message: { id: 'msg_4711', type: 'message', role: 'assistant', model: 'gpt-5-x', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 0, output_tokens: 0 } } });
    expect(events[12]).toMatchObject({ content_block: { id: 'call_0', name: 'find', input: {} } });
    expect(events.at(-2)).toEqual({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: USAGE });
  });

  it('writes calls that come side by side one after the other, and loses nothing of them', () => {
    const events = write([START, call(0), call(1), fragment(1, '{"b"'), fragment(0, '{"a":'), text('meanwhile'), fragment(0, '1}'), fragment(1, ':2}'), fragment(0, ' '), ...END]);
    const seen: number[] = [];
    let open = -1;
    for (const { type, index } of events) {
      if (type === 'content_block_start') {
        expect(open).toBe(-1);
        open = index!;
        seen.push(open);
      } else if (type === 'content_block_delta') expect(index).toBe(open);
      else if (type === 'content_block_stop') open = -1;
    }
    expect(seen).toEqual([0, 1, 2]);
    const written = (index: number) => events.filter((each) => each.type === 'content_block_delta' && each.index === index).map(({ delta }) => delta?.['partial_json'] ?? delta?.['text']).join('');
    expect([written(0), written(1), written(2)]).toEqual(['{"a":1}', '{"b":2}', 'meanwhile']);
  });

  it('passes on the arguments of a single call as they come', () => {
    const writer = streamWriter(ABOUT);
    writer.write(START);
    expect(writer.write(call(0))).toContain('content_block_start');
    expect(writer.write(fragment(0, '{"a'))).toContain('{\\"a');
  });

  it('writes a proof alone as thinking without words, and new thinking behind a proof as a new block', () => {
    const proof: StreamPart = { type: 'reasoning-signature', choice: 0, signature: 'sig', isSealed: false };
    expect(brief(write([START, proof, thought('new'), proof, ...END])).slice(1, 8)).toEqual([
      'content_block_start 0 thinking',
      'content_block_delta 0 signature_delta',
      'content_block_stop 0',
      'content_block_start 1 thinking',
      'content_block_delta 1 thinking_delta',
      'content_block_delta 1 signature_delta',
      'content_block_stop 1',
    ]);
  });

  it('writes an orderly end on the end alone, and nothing for an error', () => {
    const types = (parts: StreamPart[]) => write(parts).map(({ type }) => type);
    expect(types([START, text('Hi'), { type: 'finish', choice: 0, reason: 'stop' }, { type: 'usage', meters: METERS }])).not.toContain('message_delta');
    expect(types([START, text('Hi'), { type: 'error', code: 'x', message: 'y' }])).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
    expect(types([START, { type: 'end' }])).toEqual(['message_start', 'message_delta', 'message_stop']);
    expect(types([text('Hi'), { type: 'end' }])[0]).toBe('message_start');
  });

  it('says nothing of further choices, of logprobs and of what a vendor adds', () => {
    const more: StreamPart[] = [{ type: 'text', choice: 1, text: 'no' }, { type: 'finish', choice: 1, reason: 'length' }, { type: 'logprobs', choice: 0, content: [] }, { type: 'vendor', name: 'citations', value: [] }, text('')];
    expect(write([START, text('Hi'), ...more, ...END])).toEqual(write([START, text('Hi'), ...END]));
  });
});

describe('writing a message', () => {
  const anAnswer = (members: Partial<ChatAnswer> = {}): ChatAnswer => ({ id: 'msg_abc', model: 'm', createdAt: null, choices: [{ index: 0, parts: [{ type: 'text', text: 'Hi' }], finish: 'stop' }], meters: METERS, vendor: {}, ...members });

  it('has every member of a Message', () => {
    expect(writeAnswer(anAnswer(), ABOUT)).toEqual({ id: 'msg_abc', type: 'message', role: 'assistant', model: 'm', content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn', stop_sequence: null, usage: USAGE });
    expect(writeAnswer(anAnswer({ id: 'chatcmpl-1', model: '', choices: [], meters: null }), ABOUT)).toMatchObject({ id: 'msg_4711', model: 'gpt-5', content: [], usage: { input_tokens: 0, output_tokens: 0 } });
  });

  it.each<[FinishReason, string | undefined, string]>([
    ['stop', undefined, 'end_turn'],
    ['stop', 'END', 'stop_sequence'],
    ['length', undefined, 'max_tokens'],
    ['tool-calls', undefined, 'tool_use'],
    ['content-filter', undefined, 'refusal'],
    ['error', undefined, 'max_tokens'],
  ])('says why it ended, plain and streamed: %s %s', (finish, stopSequence, stop_reason) => {
    const choice = { index: 0, parts: [], finish, ...(stopSequence === undefined ? {} : { stopSequence }) };
    const expected = { stop_reason, stop_sequence: stopSequence ?? null };
    expect(writeAnswer(anAnswer({ choices: [choice] }), ABOUT)).toMatchObject(expected);
    expect(write([START, { type: 'finish', choice: 0, reason: finish, ...(stopSequence === undefined ? {} : { stopSequence }) }, { type: 'end' }]).at(-2)?.delta).toEqual(expected);
  });

  it('writes parts of every kind, of the first choice alone', () => {
    const parts = [
      { type: 'reasoning', text: 'unsigned' },
      { type: 'reasoning', text: 'summary', signature: 'sealed', isSealed: true },
      { type: 'reasoning', text: '', signature: 's' },
      { type: 'refusal', text: 'No.' },
      { type: 'text', text: '' },
      { type: 'tool-call', id: 'call_1', name: 'find', arguments: '{"q":1}' },
      { type: 'tool-call', id: 'call_2', name: 'find', arguments: 'not json' },
    ] as const;
    const choices = [{ index: 1, parts: [{ type: 'text' as const, text: 'second' }], finish: 'stop' as const }, { index: 0, parts: [...parts], finish: 'stop' as const }];
    expect(writeAnswer(anAnswer({ choices }), ABOUT)).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'unsigned', signature: '' },
        { type: 'thinking', thinking: 'summary', signature: '' },
        { type: 'redacted_thinking', data: 'sealed' },
        { type: 'thinking', thinking: '', signature: 's' },
        { type: 'text', text: 'No.' },
        { type: 'tool_use', id: 'call_1', name: 'find', input: { q: 1 } },
        { type: 'tool_use', id: 'call_2', name: 'find', input: { invalid_json: 'not json' } },
      ],
    });
  });
});
