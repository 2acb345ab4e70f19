import type { ChatAnswer, FinishReason, StreamPart } from '../answer-form.js';
import type { AnswerContext } from '../dialect.js';
import OpenAI from 'openai';
import { assembleAnswer } from '../assemble-answer.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { writeAnswer } from './write-answer.js';
import { streamWriter } from './write-stream.js';

const meters = { inputUncached: 10, cacheRead: 5, cacheWrite5m: 3, cacheWrite1h: 2, output: 7, reasoning: 4, audioIn: 1, audioOut: 2 };
const usage = {
  prompt_tokens: 20,
  completion_tokens: 7,
  total_tokens: 27,
  prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 5, audio_tokens: 1 },
  completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 2 },
};
const about = (includeUsage?: boolean): AnswerContext => ({
  request: { model: 'asked', stream: true, messages: [], extras: {}, ...(includeUsage === undefined ? {} : { includeUsage }) },
  requestId: 'req_0190a',
  now: 1_760_000_123_456,
});
const anAnswer = (more: Partial<ChatAnswer> = {}): ChatAnswer => ({ id: 'msg_1', model: 'claude', createdAt: null, choices: [{ index: 0, parts: [{ type: 'text', text: 'Hello' }], finish: 'stop' }], meters, vendor: {}, ...more });
const full = anAnswer({
  choices: [
    {
      index: 0,
      finish: 'tool-calls',
      parts: [
        { type: 'reasoning', text: 'think', signature: 'sig' },
        { type: 'reasoning', text: '', signature: 'sealed', isSealed: true },
        { type: 'text', text: 'Let me see.' },
        { type: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}', signature: 'proof' },
        { type: 'tool-call', id: 'c2', name: 'g', arguments: '{}' },
      ],
      logprobs: { content: [{ token: 'Let', logprob: -1, bytes: null, top_logprobs: [] }] },
    },
  ],
  vendor: { citations: ['https://x.example'], annotations: [{ type: 'url_citation' }], model: 'not ours to overwrite' },
});

describe('a chat completion', () => {
  it('holds what the client expects of a plain answer', () => {
    expect(writeAnswer(anAnswer(), about())).toEqual({
      id: 'msg_1',
      object: 'chat.completion',
      created: 1_760_000_123,
      model: 'claude',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello', refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage,
    });
  });

  it('makes an id of the request id where the provider gives none, and keeps its time where it does', () => {
    expect(writeAnswer(anAnswer({ id: '', model: '', createdAt: 77 }), about())).toMatchObject({ id: 'chatcmpl-0190a', model: 'asked', created: 77 });
  });

  it('puts calls, reasoning with its proofs, logprobs and vendor members in their places', () => {
    const written = writeAnswer(full, about()) as { choices: [{ message: object }] };
    expect(written).toMatchObject({ model: 'claude', citations: ['https://x.example'] });
    expect(written).not.toHaveProperty('annotations');
    expect(written.choices[0]).toEqual({
      index: 0,
      message: {
        role: 'assistant',
        content: 'Let me see.',
        refusal: null,
        reasoning_content: 'think',
        reasoning_details: [
          { type: 'reasoning.text', text: 'think', signature: 'sig', index: 0 },
          { type: 'reasoning.encrypted', data: 'sealed', index: 1 },
        ],
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' }, extra_content: { google: { thought_signature: 'proof' } } },
          { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
        annotations: [{ type: 'url_citation' }],
      },
      logprobs: { refusal: null, content: [{ token: 'Let', logprob: -1, bytes: null, top_logprobs: [] }] },
      finish_reason: 'tool_calls',
    });
  });

  it('has no content where only tools or a refusal speak', () => {
    const message = (parts: ChatAnswer['choices'][0]['parts']) => writeAnswer(anAnswer({ choices: [{ index: 0, parts, finish: 'stop' }] }), about()) as { choices: [{ message: object }] };
    expect(message([{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }]).choices[0].message).toMatchObject({ content: null });
    expect(message([{ type: 'refusal', text: 'no' }]).choices[0].message).toMatchObject({ content: null, refusal: 'no' });
    expect(message([]).choices[0].message).toMatchObject({ content: '', refusal: null });
  });

  it.each<[FinishReason, string]>([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool-calls', 'tool_calls'],
    ['content-filter', 'content_filter'],
    ['error', 'error'],
  ])('says %s as %s', (finish, word) => {
    expect(writeAnswer(anAnswer({ choices: [{ index: 0, parts: [], finish, stopSequence: 'END' }] }), about())).toMatchObject({ choices: [{ finish_reason: word, stop_reason: 'END' }] });
  });

  it('leaves usage out where the provider told none', () => {
    expect(writeAnswer(anAnswer({ meters: null }), about())).not.toHaveProperty('usage');
  });
});

describe('a stream of chat completion chunks', () => {
  const write = (parts: StreamPart[], includeUsage?: boolean) => {
    const writer = streamWriter(about(includeUsage));
    return parts.map((part) => writer.write(part)).join('');
  };
  const chunksOf = (text: string) => text.split('\n\n').filter((event) => event !== '' && event !== 'data: [DONE]').map((event) => JSON.parse(event.replace(/^data: /, '')) as { choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[]; usage?: unknown });

  it('begins with the role, ends with [DONE], and every chunk names the same answer', () => {
    const text = write(partsOfAnswer(anAnswer()));
    const chunks = chunksOf(text);
    expect(text.endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
    expect(chunks.map(({ choices }) => choices[0])).toMatchObject([{ delta: { role: 'assistant' } }, { delta: { content: 'Hello' } }, { delta: {}, finish_reason: 'stop' }]);
    for (const chunk of chunks) expect(chunk).toMatchObject({ id: 'msg_1', object: 'chat.completion.chunk', created: 1_760_000_123, model: 'claude' });
  });

  it('tells usage in a chunk without choices, only to who asked', () => {
    expect(chunksOf(write(partsOfAnswer(anAnswer()))).some((chunk) => 'usage' in chunk)).toBe(false);
    const chunks = chunksOf(write(partsOfAnswer(anAnswer()), true));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null && chunk.choices.length === 1)).toBe(true);
  });

  it('ends in no orderly way on an error', () => {
    expect(write([{ type: 'start', id: 'a', model: 'm', createdAt: 1 }, { type: 'error', code: null, message: 'boom' }])).not.toMatch(/DONE|boom/);
  });

  it('gives every choice its role before anything else', () => {
    const two = anAnswer({ choices: [0, 1].map((index) => ({ index, parts: [{ type: 'text', text: `t${index}` }], finish: 'stop' })) });
    const firsts = [0, 1].map((index) => chunksOf(write(partsOfAnswer(two))).find((chunk) => chunk.choices[0]?.index === index));
    for (const first of firsts) expect(first?.choices[0]?.delta).toMatchObject({ role: 'assistant' });
  });

  it("is put together by OpenAI's own client to the same answer, proofs included", async () => {
    const text = write(partsOfAnswer(full), true);
    const client = new OpenAI({ apiKey: 'x', baseURL: 'https://gateway.example/v1', fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } })) });
    const tools = ['f', 'g'].map((name) => ({ type: 'function' as const, function: { name } }));
    const collected = await client.chat.completions.stream({ model: 'm', messages: [], tools, stream_options: { include_usage: true } }).finalChatCompletion();
    const whole = writeAnswer(full, about()) as { choices: [{ message: { tool_calls: object[] } }] };
    expect(collected).toMatchObject({ id: 'msg_1', citations: ['https://x.example'], usage });
    const { reasoning_content: _, tool_calls: calls, ...message } = whole.choices[0].message as Record<string, unknown> & { tool_calls: object[] };
    expect(collected.choices[0]?.message).toMatchObject(message);
    expect(collected.choices[0]?.message.tool_calls).toMatchObject(calls);
    expect(collected.choices[0]?.finish_reason).toBe('tool_calls');
    expect(collected.choices[0]?.logprobs?.content).toHaveLength(1);
  });
});

describe('a stream put together again', () => {
  it('is the answer it was made of', () => {
    const { model: _, ...vendor } = full.vendor;
    expect(assembleAnswer(partsOfAnswer({ ...full, vendor }))).toEqual({ ...full, vendor });
    const sealed = anAnswer({ choices: [{ index: 2, finish: 'length', stopSequence: 'X', parts: [{ type: 'reasoning', text: 'summary', signature: 's', isSealed: true }, { type: 'refusal', text: 'no' }] }] });
    expect(assembleAnswer(partsOfAnswer(sealed))).toEqual(sealed);
  });

  it('joins increments, keeps choices in order, and the last word about usage and vendor members', () => {
    const parts: StreamPart[] = [
      { type: 'text', choice: 1, text: 'b' },
      { type: 'text', choice: 0, text: 'a' },
      { type: 'text', choice: 1, text: 'c' },
      { type: 'tool-call', choice: 0, tool: 0, id: 'x', name: 'f' },
      { type: 'tool-call', choice: 0, tool: 1, id: 'y', name: 'g' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '{' },
      { type: 'tool-arguments', choice: 0, tool: 1, fragment: '{}' },
      { type: 'tool-arguments', choice: 0, tool: 0, fragment: '}' },
      { type: 'vendor', name: '__proto__', value: { polluted: 1 } },
      { type: 'vendor', name: 'a', value: 1 },
      { type: 'vendor', name: 'a', value: 2 },
    ];
    const answer = assembleAnswer(parts);
    expect(answer.choices).toEqual([
      { index: 0, finish: 'stop', parts: [{ type: 'text', text: 'a' }, { type: 'tool-call', id: 'x', name: 'f', arguments: '{}' }, { type: 'tool-call', id: 'y', name: 'g', arguments: '{}' }] },
      { index: 1, finish: 'stop', parts: [{ type: 'text', text: 'bc' }] },
    ]);
    expect(answer.vendor['a']).toBe(2);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
