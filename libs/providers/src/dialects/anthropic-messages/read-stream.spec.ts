import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anthropic } from '../../anthropic/index.js';
import type { StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { ChatRequest } from '../chat-form.js';
import { streamReader } from './read-stream.js';

const REQUEST: ChatRequest = { model: 'claude-opus-4', stream: true, messages: [], extras: {} };
const JSON_REQUEST: ChatRequest = { ...REQUEST, answerFormat: { type: 'json-object' }, tools: [{ name: 'find', parameters: {} }] };

const eventOf = (event: { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const start = { type: 'message_start', message: { id: 'msg_1', model: 'claude-opus-4-x', usage: { input_tokens: 9, output_tokens: 1 } } };
const begin = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, it: object) => ({ type: 'content_block_delta', index, delta: it });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const end = (stop_reason: string | null, usage: object = { output_tokens: 7 }, stop_sequence: string | null = null) => [{ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage }, { type: 'message_stop' }];

function readBytes(chunks: readonly Uint8Array[], request = REQUEST): StreamPart[] {
  const reader = streamReader(anthropic, request);
  return [...chunks.flatMap((chunk) => reader.see(chunk)), ...reader.close()];
}
const readEvents = (events: { type: string }[], request = REQUEST) => readBytes([Buffer.from(events.map(eventOf).join(''))], request);
const ALL_KINDS = [
  start,
  { type: 'ping' },
  begin(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'h' }),
  delta(0, { type: 'thinking_delta', thinking: 'm ☃' }),
  delta(0, { type: 'signature_delta', signature: 'sig' }),
  stop(0),
  begin(1, { type: 'redacted_thinking', data: 'sealed' }),
  stop(1),
  begin(2, { type: 'text', text: '' }),
  delta(2, { type: 'text_delta', text: 'Hé' }),
  delta(2, { type: 'citations_delta', citation: { cited_text: 'x' } }),
  delta(2, { type: 'text_delta', text: 'llo' }),
  stop(2),
  begin(3, { type: 'server_tool_use', id: 'srv', name: 'web_search', input: {} }),
  delta(3, { type: 'input_json_delta', partial_json: '{"q":"not ours"}' }),
  stop(3),
  begin(4, { type: 'tool_use', id: 'toolu_1', name: 'find', input: {} }),
  delta(4, { type: 'input_json_delta', partial_json: '' }),
  delta(4, { type: 'input_json_delta', partial_json: '{"q":' }),
  delta(4, { type: 'input_json_delta', partial_json: '"ü"}' }),
  stop(4),
  begin(5, { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} }),
  stop(5),
  ...end('tool_use', { output_tokens: 70, input_tokens: null, cache_read_input_tokens: 5, output_tokens_details: { thinking_tokens: 30 } }),
];

describe('reading a streamed message', () => {
  it('gives the parts in order, with a count of tool calls of their own', () => {
    expect(readEvents(ALL_KINDS)).toEqual([
      { type: 'start', id: 'msg_1', model: 'claude-opus-4-x', createdAt: null },
      { type: 'reasoning', choice: 0, text: 'h' },
      { type: 'reasoning', choice: 0, text: 'm ☃' },
      { type: 'reasoning-signature', choice: 0, signature: 'sig', isSealed: false },
      { type: 'reasoning-signature', choice: 0, signature: 'sealed', isSealed: true },
      { type: 'text', choice: 0, text: 'Hé' },
      { type: 'text', choice: 0, text: 'llo' },
      { type: 'tool-call', choice: 0, tool: 0, id: 'toolu_1', name: 'find' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '{"q":' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '"ü"}' },
      { type: 'tool-call', choice: 0, tool: 1, id: 'toolu_2', name: 'now' },
      { type: 'tool-arguments', choice: 0, tool: 1, fragment: '{}' },
      { type: 'vendor', name: 'citations', value: [{ cited_text: 'x' }] },
      { type: 'finish', choice: 0, reason: 'tool-calls' },
      { type: 'usage', meters: { inputUncached: 9, cacheRead: 5, cacheWrite5m: 0, cacheWrite1h: 0, output: 70, reasoning: 30, audioIn: 0, audioOut: 0 } },
      { type: 'end' },
    ]);
  });

  it.each([
    ['all kinds of blocks', Buffer.from(ALL_KINDS.map(eventOf).join(''))],
    ['the fixture of the provider', readFileSync(join(import.meta.dirname, '../../anthropic/fixtures/stream.txt'))],
    ['CR LF', Buffer.from(ALL_KINDS.map(eventOf).join('').replaceAll('\n', '\r\n'))],
  ])('gives the same parts wherever the bytes are cut: %s', (_, bytes) => {
    const whole = readBytes([bytes]);
    expect(whole.at(-1)).toEqual({ type: 'end' });
    const expected = JSON.stringify(whole);
    const cuts = Array.from({ length: bytes.length + 1 }, (_each, cut) => cut);
    expect(cuts.filter((cut) => JSON.stringify(readBytes([bytes.subarray(0, cut), bytes.subarray(cut)])) !== expected)).toEqual([]);
    expect(readBytes(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('ends only where the message ends, at every possible break', () => {
    const bytes = Buffer.from(ALL_KINDS.map(eventOf).join(''));
    const last = bytes.lastIndexOf('message_stop') + 'message_stop"}'.length;
    const breaks = Array.from({ length: last }, (_, length) => length);
    expect(breaks.filter((length) => readBytes([bytes.subarray(0, length)]).some(({ type }) => type === 'end'))).toEqual([]);
    expect(readBytes([bytes.subarray(0, last)]).at(-1)).toEqual({ type: 'end' });
  });

  it('tells the usage of a stream that broke off behind its last word on usage, and only then', () => {
    const types = (events: { type: string }[]) => readEvents(events).map(({ type }) => type);
    expect(types(ALL_KINDS.slice(0, -1))).toContain('usage');
    expect(types(ALL_KINDS.slice(0, -2))).not.toContain('usage');
  });

  it('takes the last of several message_delta events', () => {
    const parts = readEvents([start, end('end_turn', { output_tokens: 3 })[0]!, ...end(null, { output_tokens: 8, input_tokens: 11 })]);
    expect(parts.slice(1)).toEqual([{ type: 'finish', choice: 0, reason: 'stop' }, { type: 'usage', meters: expect.objectContaining({ inputUncached: 11, output: 8 }) as unknown }, { type: 'end' }]);
  });

  it('tells which stop sequence ended it', () => {
    expect(readEvents([start, ...end('stop_sequence', {}, 'END')])).toContainEqual({ type: 'finish', choice: 0, reason: 'stop', stopSequence: 'END' });
  });

  it.each([
    ['overloaded_error', 'Overloaded'],
    ['api_error', 'Broken'],
  ])('ends with an error where the provider sends one: %s', (type, message) => {
    const events = [start, begin(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hi' }), { type: 'error', error: { type, message } }, ...end('end_turn')];
    expect(readEvents(events)).toEqual([expect.objectContaining({ type: 'start' }), { type: 'text', choice: 0, text: 'Hi' }, { type: 'error', code: type, message }]);
  });

  it.each(['data: {"type":"content_block_delta","index":0,"delta":{"ty\n\n', 'data: 5\n\n', 'data: <html>\n\n'])('ends with an error where it cannot read on: %j', (text) => {
    const parts = readBytes([Buffer.from(`${eventOf(start)}${text}${end('end_turn').map(eventOf).join('')}`)]);
    expect(parts.slice(1)).toEqual([{ type: 'error', code: null, message: expect.any(String) as string }]);
  });

  it('ignores what it does not know, and all that comes behind the end', () => {
    const events = [start, { type: 'brand_new' }, begin(0, { type: 'brand_new' }), delta(0, { type: 'text_delta', text: 'x' }), delta(7, { type: 'text_delta', text: 'y' }), stop(9), ...end('end_turn'), start, { type: 'error' }];
    const parts = readEvents(events).map(({ type }) => type);
    expect(parts.filter((type) => type === 'start')).toHaveLength(1);
    expect(parts.slice(-3)).toEqual(['finish', 'usage', 'end']);
    expect(readBytes([Buffer.from(`${[start, ...end('end_turn')].map(eventOf).join('')}data: [DONE]\n\n`)]).at(-1)).toEqual({ type: 'end' });
  });

  it('reads relatives that say more with the start of a block and do not close it', () => {
    const events = [begin(0, { type: 'text', text: 'Hi' }), begin(1, { type: 'tool_use', id: 'a', name: 'find', input: { q: 1 } }), begin(2, { type: 'thinking', thinking: 'hm', signature: 's' }), ...end('tool_use')];
    expect(assembleAnswer(readEvents(events))).toMatchObject({
      model: 'claude-opus-4',
      choices: [{ parts: [{ type: 'text', text: 'Hi' }, { type: 'tool-call', arguments: '{"q":1}' }, { type: 'reasoning', text: 'hm', signature: 's' }] }],
    });
  });

  it('gives the input of the tool asked for as text as it comes, without what was said before it', () => {
    const events = [
      start,
      begin(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'Here:' }),
      stop(0),
      begin(1, { type: 'tool_use', id: 'toolu_1', name: 'json_answer', input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: '{"a"' }),
      delta(1, { type: 'input_json_delta', partial_json: ':1}' }),
      stop(1),
      begin(2, { type: 'tool_use', id: 'toolu_2', name: 'json_answer', input: {} }),
      stop(2),
      ...end('tool_use'),
    ];
    expect(readEvents(events, JSON_REQUEST).slice(1, 4)).toEqual([{ type: 'text', choice: 0, text: '{"a"' }, { type: 'text', choice: 0, text: ':1}' }, { type: 'finish', choice: 0, reason: 'stop' }]);
  });

  it('gives text and calls as they are where the tool asked for was not called', () => {
    const events = [start, begin(0, { type: 'text', text: 'Let me look.' }), stop(0), begin(1, { type: 'tool_use', id: 'a', name: 'find', input: {} }), stop(1), ...end('tool_use')];
    expect(assembleAnswer(readEvents(events, JSON_REQUEST)).choices[0]).toMatchObject({ finish: 'tool-calls', parts: [{ type: 'text', text: 'Let me look.' }, { type: 'tool-call', id: 'a', arguments: '{}' }] });
    expect(assembleAnswer(readEvents([start, begin(0, { type: 'text', text: 'No.' }), ...end('end_turn')], JSON_REQUEST)).choices[0]).toMatchObject({ finish: 'stop', parts: [{ type: 'text', text: 'No.' }] });
  });
});
