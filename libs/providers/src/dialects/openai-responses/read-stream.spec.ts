import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openai } from '../../openai/index.js';
import type { StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import type { ChatRequest } from '../chat-form.js';
import { readAnswer } from './read-answer.js';
import { streamReader } from './read-stream.js';

/** Shaped from the streaming events of OpenAI's API reference and the types of the npm package openai 7. */
const STREAM = readFileSync(join(import.meta.dirname, 'fixtures', 'stream.txt'));
const ANSWER = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'answer.json'), 'utf8')) as unknown;
const REQUEST: ChatRequest = { model: 'asked-for', stream: true, messages: [], extras: {} };

function read(...chunks: Uint8Array[]): StreamPart[] {
  const reader = streamReader(openai, REQUEST);
  return [...chunks.flatMap((chunk) => reader.see(chunk)), ...reader.close()];
}
const events = (...list: object[]) => read(Buffer.from(list.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')));
const done = { type: 'response.completed', response: { id: 'resp_1', model: 'm', created_at: 5, status: 'completed', output: [] } };
const end = [{ type: 'finish', choice: 0, reason: 'stop' }, { type: 'end' }];
const start = { type: 'start', id: '', model: 'asked-for', createdAt: null };

describe('a stream of a Responses API', () => {
  it('is read in its order, increment by increment', () => {
    const citation = { url: 'https://example.com/weather', title: 'Weather', start_index: 0, end_index: 6 };
    expect(read(STREAM).filter(({ type }) => type !== 'logprobs')).toEqual([
      { type: 'start', id: 'resp_67ccd3a9da748190baa7f1570fe91ac604becb25c45c1d41', model: 'gpt-5.4-mini-2026-03-17', createdAt: 1741476777 },
      { type: 'reasoning', choice: 0, text: '**Look' },
      { type: 'reasoning', choice: 0, text: 'ing it up**' },
      { type: 'reasoning', choice: 0, text: '\n\nThen I' },
      { type: 'reasoning', choice: 0, text: ' answer ☃.' },
      { type: 'reasoning-signature', choice: 0, signature: 'gAAAAABn-sealed', isSealed: true },
      { type: 'text', choice: 0, text: 'Let me' },
      { type: 'text', choice: 0, text: ' see, "Zoë"' },
      { type: 'text', choice: 0, text: ': 😀\n' },
      { type: 'tool-call', choice: 0, tool: 0, id: 'call_DdmO9pD3xa9XTPNJ32zg2hcA', name: 'get_weather' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '{"ci' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: 'ty":"Paris"}' },
      { type: 'tool-call', choice: 0, tool: 1, id: 'call_8BoWuZKPwjJY9bCD', name: 'get_time' },
      { type: 'tool-arguments', choice: 0, tool: 1, fragment: '{}' },
      { type: 'vendor', name: 'web_search_call', value: [{ id: 'ws_67bd64fe', status: 'completed', action: { type: 'search', query: 'weather paris' } }] },
      { type: 'vendor', name: 'annotations', value: [{ type: 'url_citation', url_citation: citation }] },
      { type: 'finish', choice: 0, reason: 'tool-calls' },
      { type: 'usage', meters: { inputUncached: 40, cacheRead: 64, cacheWrite5m: 16, cacheWrite1h: 0, output: 40, reasoning: 20, audioIn: 0, audioOut: 0 } },
      { type: 'end' },
    ]);
  });

  it('says the same as the plain answer', () => expect(assembleAnswer(read(STREAM))).toEqual(readAnswer(ANSWER, openai, REQUEST)));

  it('says the same wherever it is cut', () => {
    const whole = JSON.stringify(read(STREAM));
    for (let cut = 0; cut <= STREAM.length; cut += 1) if (JSON.stringify(read(STREAM.subarray(0, cut), STREAM.subarray(cut))) !== whole) throw new Error(`cut at ${cut}`);
    expect(JSON.stringify(read(...Array.from(STREAM, (byte) => Uint8Array.of(byte))))).toBe(whole);
  });

  it('never ends before its last event is whole', () => {
    const reader = streamReader(openai, REQUEST);
    const endedAt = STREAM.findIndex((byte) => reader.see(Uint8Array.of(byte)).some(({ type }) => type === 'end'));
    expect(endedAt).toBe(STREAM.length - 1);
    // Closed one byte short of the last event's own end, it is no answer.
    expect(read(STREAM.subarray(0, -3)).map(({ type }) => type).slice(-1)).toEqual(['error']);
  });

  it.each([
    [{ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } } }, 'length'],
    [{ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } } }, 'content-filter'],
    [{ type: 'response.incomplete', response: { incomplete_details: null } }, 'length'],
    [{ type: 'response.completed' }, 'stop'],
    [{ type: 'response.completed', response: { status: 'requires_action' } }, 'stop'],
  ])('%j ends it by %s', (last, reason) => expect(events(last)).toEqual([start, { type: 'finish', choice: 0, reason }, { type: 'end' }]));

  it('takes the name of an event where its data has no type', () => {
    expect(read(Buffer.from('event: response.output_text.delta\ndata: {"delta":"x"}\n\nevent: response.completed\ndata: {}\n\n'))).toEqual([start, { type: 'text', choice: 0, text: 'x' }, ...end]);
  });

  it('passes over events it does not know, and over a [DONE]', () => {
    const parts = read(Buffer.from(`data: {"type":"response.new.thing"}\n\n: ping\n\ndata: [DONE]\n\ndata: ${JSON.stringify(done)}\n\ndata: [DONE]\n\n`));
    expect(parts).toEqual([{ type: 'start', id: 'resp_1', model: 'm', createdAt: 5 }, ...end]);
  });

  it('reads from the last word of an item what no increment told', () => {
    const output = [
      { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: 'hm' }] },
      { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'yes', logprobs: [{ token: 'yes', logprob: 0 }] }, { type: 'refusal', refusal: 'no' }] },
      { type: 'function_call', id: 'f', call_id: 'c', name: 'find', arguments: '', thought_signature: 'p' },
    ];
    const told = [
      { type: 'reasoning', choice: 0, text: 'hm' },
      { type: 'text', choice: 0, text: 'yes' },
      { type: 'refusal', choice: 0, text: 'no' },
      { type: 'tool-call', choice: 0, tool: 0, id: 'c', name: 'find', signature: 'p' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '{}' },
      { type: 'logprobs', choice: 0, content: [{ token: 'yes', logprob: 0 }] },
      { type: 'finish', choice: 0, reason: 'tool-calls' },
      { type: 'end' },
    ];
    expect(events(...output.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })), { type: 'response.completed' }).slice(1)).toEqual(told);
    expect(events({ type: 'response.completed', response: { output } }).slice(1)).toEqual(told);
  });

  it('reads reasoning in the open, and not its summary once more', () => {
    const delta = (type: string, text: string) => ({ type, output_index: 0, delta: text });
    const parts = events(delta('response.reasoning_text.delta', 'full'), delta('response.reasoning_summary_text.delta', 'short'), delta('response.reasoning_text.delta', '.'), done);
    expect(parts.filter(({ type }) => type === 'reasoning')).toEqual([{ type: 'reasoning', choice: 0, text: 'full' }, { type: 'reasoning', choice: 0, text: '.' }]);
  });

  it('keeps items of reasoning apart by a paragraph, as the plain answer does', () => {
    const output = ['a', 'b'].map((text, index) => ({ type: 'reasoning', id: `r${index}`, summary: [{ type: 'summary_text', text }] }));
    const streamed = assembleAnswer(events(...output.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })), done));
    expect(streamed.choices[0]?.parts).toEqual([{ type: 'reasoning', text: 'a\n\nb' }]);
    expect(readAnswer({ output }, openai, REQUEST).choices[0]?.parts).toEqual(streamed.choices[0]?.parts);
  });

  it.each([
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'slow down', param: null }, 'rate_limit_exceeded', 'slow down'],
    [{ type: 'error', error: { type: 'server_error', code: null, message: 'oh' } }, 'server_error', 'oh'],
    [{ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'oh' } } }, 'server_error', 'oh'],
    [{ type: 'response.failed', error: { code: 'internal', message: 'oh' } }, 'internal', 'oh'],
    [{ type: 'response.cancelled' }, null, 'The provider could not finish its answer.'],
    [{ type: 'error', message: 'oh' }, null, 'oh'],
    [{ type: 'response.completed', response: { status: 'failed', error: { message: 'oh' } } }, null, 'oh'],
  ])('%j is a complaint, and nothing counts after it', (event, code, message) => {
    const parts = events(event, done);
    expect(parts.at(-1)).toEqual({ type: 'error', code, message });
    expect(parts.filter(({ type }) => type === 'end')).toEqual([]);
  });

  it.each(['{"type":"response.', 'null', '[1]', '"x"', '<html>'])('data that is no event ends it as an error: %s', (data) => {
    expect(read(Buffer.from(`data: ${data}\n\ndata: ${JSON.stringify(done)}\n\n`)).map(({ type }) => type)).toEqual(['error']);
  });

  it.each([
    { type: 'response.output_item.added' },
    { type: 'response.output_item.done', item: 5 },
    { type: 'response.output_item.done', item: { type: 'message', content: 'x' }, output_index: 'a' },
    { type: 'response.output_text.delta', delta: { a: 1 }, output_index: -1 },
    { type: 'response.function_call_arguments.delta', delta: 'x', output_index: 9 },
    { type: 'response.output_item.done', item: { type: 'function_call' } },
    { type: 'response.created', response: [] },
    { type: 5 },
  ])('survives %j', (event) => expect(events(event, done).at(-1)).toEqual({ type: 'end' }));
});
