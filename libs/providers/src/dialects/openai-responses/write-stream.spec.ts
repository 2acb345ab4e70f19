import type { StreamPart } from '../answer-form.js';
import type { AnswerContext } from '../dialect.js';
import { writeAnswer } from './write-answer.js';
import { streamWriter } from './write-stream.js';

const ABOUT: AnswerContext = { request: { model: 'm', stream: true, messages: [], extras: {} }, requestId: 'req_1', now: 7000 };
const METERS = { inputUncached: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0, audioIn: 0, audioOut: 0 };
const START: StreamPart = { type: 'start', id: 'resp_1', model: 'm', createdAt: 5 };
const text = (said: string): StreamPart => ({ type: 'text', choice: 0, text: said });
const think = (said: string): StreamPart => ({ type: 'reasoning', choice: 0, text: said });
const seal = (signature: string, isSealed = true): StreamPart => ({ type: 'reasoning-signature', choice: 0, signature, isSealed });
const call = (tool: number): StreamPart => ({ type: 'tool-call', choice: 0, tool, id: `call_${tool}`, name: 'find' });
const args = (tool: number, fragment: string): StreamPart => ({ type: 'tool-arguments', choice: 0, tool, fragment });
const finish = (reason: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error'): StreamPart => ({ type: 'finish', choice: 0, reason });
const END: StreamPart[] = [{ type: 'usage', meters: METERS }, { type: 'end' }];

interface Told {
  type: string;
  sequence_number: number;
  [member: string]: unknown;
}
function write(...parts: StreamPart[]): Told[] {
  const writer = streamWriter(ABOUT);
  const stream = parts.map((part) => writer.write(part)).join('');
  return stream.split('\n\n').slice(0, -1).map((event) => {
    const [name, data, ...others] = event.split('\n');
    const told = JSON.parse(data!.slice('data: '.length)) as Told;
    expect([name, others]).toEqual([`event: ${told.type}`, []]);
    return told;
  });
}
const names = (...parts: StreamPart[]) => write(START, ...parts, ...END).map(({ type }) => type.replace('response.', ''));
const BEGIN = ['created', 'in_progress'];
const MESSAGE = ['output_item.added', 'content_part.added'];
const MESSAGE_END = ['output_text.done', 'content_part.done', 'output_item.done'];

describe('a written stream of a Responses API', () => {
  it('tells a text', () => expect(names(text('a'), text('b'), finish('stop'))).toEqual([...BEGIN, ...MESSAGE, 'output_text.delta', 'output_text.delta', ...MESSAGE_END, 'completed']));

  it('tells reasoning, text and calls one after the other', () => {
    expect(names(think('a'), think('b'), seal('s'), text('c'), call(0), args(0, '{"a"'), args(0, ':1}'), call(1), args(1, '{}'), finish('tool-calls'))).toEqual([
      ...BEGIN,
      ...['output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta', 'reasoning_summary_text.delta', 'reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done'],
      ...MESSAGE,
      'output_text.delta',
      ...MESSAGE_END,
      ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
      ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
      'completed',
    ]);
  });

  it('tells text and refusal as two parts of one message', () => {
    expect(names(text('a'), { type: 'refusal', choice: 0, text: 'no' }, finish('stop'))).toEqual([
      ...BEGIN,
      ...MESSAGE,
      ...['output_text.delta', 'output_text.done', 'content_part.done'],
      ...['content_part.added', 'refusal.delta', 'refusal.done', 'content_part.done', 'output_item.done', 'completed'],
    ]);
  });

  it('tells sealed reasoning without a summary, and each piece as an item', () => {
    expect(names(seal('s'), seal('t'), finish('stop'))).toEqual([...BEGIN, 'output_item.added', 'output_item.done', 'output_item.added', 'output_item.done', 'completed']);
  });

  it.each([
    ['stop', 'response.completed', null],
    ['tool-calls', 'response.completed', null],
    ['length', 'response.incomplete', { reason: 'max_output_tokens' }],
    ['content-filter', 'response.incomplete', { reason: 'content_filter' }],
    ['error', 'response.failed', null],
  ] as const)('ends by %s as %s', (reason, type, details) => {
    const last = write(START, text('a'), finish(reason), ...END).at(-1);
    expect(last).toMatchObject({ type, response: { status: type.replace('response.', ''), incomplete_details: details, usage: { total_tokens: 3 } } });
  });

  it('numbers its events from 0, and names items by ids that stay', () => {
    const told = write(START, think('a'), text('b'), call(0), args(0, '{}'), finish('tool-calls'), ...END);
    expect(told.map(({ sequence_number: number }) => number)).toEqual(told.map((_, index) => index));
    const ids = told.flatMap((event) => [event['item_id'], (event['item'] as { id?: string } | undefined)?.id].filter((id) => id !== undefined));
    expect([...new Set(ids)]).toEqual(['rs_1_0', 'msg_1_1', 'fc_1_2']);
    expect((told.at(-1) as unknown as { response: { output: { id: string }[] } }).response.output.map(({ id }) => id)).toEqual(['rs_1_0', 'msg_1_1', 'fc_1_2']);
  });

  it('shows an item empty when it begins and whole when it is done', () => {
    const told = write(START, text('a'), text('b'), finish('stop'), ...END);
    const item = { id: 'msg_1_0', type: 'message', role: 'assistant' };
    expect(told[2]).toEqual({ type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: { ...item, status: 'in_progress', content: [] } });
    expect(told[3]).toMatchObject({ item_id: 'msg_1_0', output_index: 0, content_index: 0, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } });
    expect(told[4]).toEqual({ type: 'response.output_text.delta', sequence_number: 4, item_id: 'msg_1_0', output_index: 0, content_index: 0, delta: 'a', logprobs: [] });
    expect(told[6]).toMatchObject({ type: 'response.output_text.done', text: 'ab' });
    expect(told[8]).toMatchObject({ type: 'response.output_item.done', item: { ...item, status: 'completed', content: [{ type: 'output_text', text: 'ab' }] } });
  });

  it('ends with the same response that a plain answer is', () => {
    const told = write(START, think('a'), seal('s', false), text('b'), call(0), args(0, '{"q":1}'), finish('tool-calls'), ...END);
    const parts = [{ type: 'reasoning' as const, text: 'a', signature: 's' }, { type: 'text' as const, text: 'b' }, { type: 'tool-call' as const, id: 'call_0', name: 'find', arguments: '{"q":1}' }];
    const plain = writeAnswer({ id: 'resp_1', model: 'm', createdAt: 5, meters: METERS, vendor: {}, choices: [{ index: 0, finish: 'tool-calls', parts }] }, ABOUT);
    expect(told.at(-1)?.['response']).toEqual(plain);
  });

  it('leaves a call open whose arguments may go on, so that calls may be told side by side', () => {
    expect(names(call(0), args(0, '{"a":'), call(1), args(1, '{'), args(0, '1}'), args(1, '}'), finish('tool-calls'))).toEqual([
      ...BEGIN,
      ...['output_item.added', 'function_call_arguments.delta', 'output_item.added', 'function_call_arguments.delta', 'function_call_arguments.delta', 'function_call_arguments.delta'],
      ...['function_call_arguments.done', 'output_item.done', 'function_call_arguments.done', 'output_item.done', 'completed'],
    ]);
  });

  it('gives a call without arguments an empty object', () => {
    const told = write(START, call(0), finish('tool-calls'), ...END);
    expect(told.find(({ type }) => type === 'response.function_call_arguments.delta')).toMatchObject({ delta: '{}' });
    expect(told.find(({ type }) => type === 'response.function_call_arguments.done')).toMatchObject({ arguments: '{}', name: 'find' });
  });

  it('tells an item that was cut short as incomplete', () => {
    const told = write(START, text('a'), finish('length'), ...END);
    expect(told.find(({ type }) => type === 'response.output_item.done')).toMatchObject({ item: { status: 'incomplete' } });
  });

  it('tells logprobs with their text, or with the next text when they come first', () => {
    const logprobs: StreamPart = { type: 'logprobs', choice: 0, content: [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }] };
    const deltas = (...parts: StreamPart[]) => write(START, ...parts, finish('stop'), ...END).filter(({ type }) => type === 'response.output_text.delta').map(({ delta, logprobs: told }) => [delta, (told as unknown[]).length]);
    expect(deltas(logprobs, text('a'))).toEqual([['a', 1]]);
    expect(deltas(text('a'), logprobs)).toEqual([['a', 0], ['', 1]]);
    const late = write(START, text('a'), call(0), args(0, '{}'), logprobs, finish('tool-calls'), ...END).at(-1);
    expect(late).toMatchObject({ response: { output: [{ content: [{ logprobs: [{ token: 'a' }] }] }, {}] } });
  });

  it('has one choice, says nothing of errors and vendors, and nothing after its end', () => {
    expect(write({ type: 'error', code: null, message: 'x' }, { type: 'vendor', name: 'x', value: 1 }, { type: 'text', choice: 1, text: 'x' })).toEqual([]);
    const writer = streamWriter(ABOUT);
    for (const part of [START, finish('stop'), ...END]) writer.write(part);
    expect(writer.write(text('x'))).toBe('');
  });

  it('begins even when nothing announced it', () => expect(write(text('x')).map(({ type }) => type).slice(0, 3)).toEqual(['response.created', 'response.in_progress', 'response.output_item.added']));
});
