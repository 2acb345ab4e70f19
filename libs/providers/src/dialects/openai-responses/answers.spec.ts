import { AppError } from '@byok/kernel';
import { openai } from '../../openai/index.js';
import type { ChatAnswer, Choice } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { readAnswer } from './read-answer.js';
import { writeAnswer } from './write-answer.js';

const REQUEST: ChatRequest = { model: 'asked-for', stream: false, messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }], extras: {} };
const METERS = { inputUncached: 10, cacheRead: 20, cacheWrite5m: 3, cacheWrite1h: 4, output: 50, reasoning: 30, audioIn: 0, audioOut: 0 };
const answerOf = (choice: Partial<Choice>, more: Partial<ChatAnswer> = {}): ChatAnswer => ({ id: 'resp_1', model: 'm', createdAt: 5, meters: METERS, vendor: {}, choices: [{ index: 0, parts: [], finish: 'stop', ...choice }], ...more });
const written = (answer: ChatAnswer, request: Partial<ChatRequest> = {}) => writeAnswer(answer, { request: { ...REQUEST, ...request }, requestId: 'req_1', now: 7000 }) as Record<string, unknown>;
const said = { type: 'output_text', text: 'yes', annotations: [], logprobs: [] };
const item = (content: object[]) => ({ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content });
const readOf = (body: object) => readAnswer({ id: 'resp_1', object: 'response', created_at: 5, status: 'completed', model: 'm', output: [], ...body }, openai, REQUEST);

describe('a written response', () => {
  it('has every member that the type of the official client requires', () => {
    expect(written(answerOf({ parts: [{ type: 'text', text: 'yes' }] }))).toEqual({
      id: 'resp_1',
      object: 'response',
      created_at: 5,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      model: 'm',
      output: [{ ...item([said]), id: 'msg_1_0' }],
      access_programs: null,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: {},
      parallel_tool_calls: true,
      previous_response_id: null,
      prompt_cache_key: null,
      reasoning: { effort: null, summary: null },
      store: false,
      temperature: null,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: null,
      truncation: 'disabled',
      usage: { input_tokens: 37, input_tokens_details: { cached_tokens: 20, cache_write_tokens: 7 }, output_tokens: 50, output_tokens_details: { reasoning_tokens: 30 }, total_tokens: 87 },
    });
  });

  it('repeats what the request said', () => {
    const request: Partial<ChatRequest> = {
      messages: [{ role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] }],
      maxTokens: 9,
      temperature: 0.5,
      topP: 1,
      parallelToolCalls: false,
      reasoning: { effort: 'low', isShown: true },
      tools: [{ name: 'find', parameters: {} }],
      toolChoice: { name: 'find' },
      answerFormat: { type: 'json-object' },
      extras: { metadata: { a: 'b' }, verbosity: 'low', truncation: 'auto' },
    };
    expect(written(answerOf({}), request)).toMatchObject({
      instructions: 'Be brief.',
      max_output_tokens: 9,
      temperature: 0.5,
      top_p: 1,
      parallel_tool_calls: false,
      reasoning: { effort: 'low', summary: 'auto' },
      tools: [{ type: 'function', name: 'find', parameters: {}, strict: null }],
      tool_choice: { type: 'function', name: 'find' },
      text: { format: { type: 'json_object' }, verbosity: 'low' },
      metadata: { a: 'b' },
      truncation: 'auto',
    });
  });

  it.each([
    ['stop', 'completed', null],
    ['tool-calls', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content-filter', 'incomplete', { reason: 'content_filter' }],
  ] as const)('ends by %s as %s', (finish, status, details) => expect(written(answerOf({ finish }))).toMatchObject({ status, incomplete_details: details, error: null }));

  it('says of an answer that failed that it failed', () => expect(written(answerOf({ finish: 'error' }))).toMatchObject({ status: 'failed', error: { code: 'server_error', type: 'server_error' } }));

  it('makes ids where the provider gave none or others', () => {
    expect(written(answerOf({}, { id: 'chatcmpl-1:x' }))['id']).toBe('resp_chatcmpl-1-x');
    expect(written(answerOf({}, { id: '', createdAt: null, model: '', meters: null }))).toMatchObject({ id: 'resp_req_1', created_at: 7, model: 'asked-for', usage: null });
  });

  it('puts every part into an item of its kind', () => {
    const answer = answerOf({
      finish: 'tool-calls',
      parts: [
        { type: 'reasoning', text: 'hm', signature: 'sig' },
        { type: 'reasoning', text: '', signature: 'seal', isSealed: true },
        { type: 'text', text: 'yes' },
        { type: 'refusal', text: 'but' },
        { type: 'tool-call', id: 'call_1', name: 'find', arguments: '{}', signature: 'p' },
      ],
    });
    expect(written(answer)['output']).toEqual([
      { id: 'rs_1_0', type: 'reasoning', status: 'completed', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'proof:sig' },
      { id: 'rs_1_1', type: 'reasoning', status: 'completed', summary: [], encrypted_content: 'seal' },
      { ...item([said, { type: 'refusal', refusal: 'but' }]), id: 'msg_1_2' },
      { id: 'fc_1_3', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'find', arguments: '{}', thought_signature: 'p' },
    ]);
  });

  it('puts logprobs to the text, with the members that clients count on', () => {
    const answer = answerOf({ parts: [{ type: 'text', text: 'yes' }], logprobs: { content: [{ token: 'yes', logprob: -1, bytes: null }] } });
    expect(written(answer)['output']).toMatchObject([{ content: [{ logprobs: [{ token: 'yes', logprob: -1, bytes: [], top_logprobs: [] }] }] }]);
  });
});

describe('a response that is read', () => {
  it.each([
    [{ status: 'completed' }, 'stop'],
    [{ status: 'completed', output: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '' }] }, 'tool-calls'],
    [{ status: 'requires_action', output: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }] }, 'tool-calls'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'content-filter'],
    [{ status: 'incomplete', incomplete_details: null }, 'length'],
    [{ status: undefined }, 'stop'],
  ])('%j ends by %s', (body, finish) => expect(readOf(body).choices[0]?.finish).toBe(finish));

  it('keeps text, refusals, reasoning and calls in their order', () => {
    const output = [
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }, { type: 'summary_text', text: 'b' }] },
      { type: 'reasoning', id: 'rs_2', summary: [{ type: 'summary_text', text: 'c' }], encrypted_content: 'seal' },
      item([{ type: 'output_text', text: 'yes', annotations: [], logprobs: [{ token: 'yes', logprob: -1, bytes: [], top_logprobs: [] }] }, { type: 'refusal', refusal: 'but' }]),
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'find', arguments: '{"q":1}' },
    ];
    expect(readOf({ output }).choices).toEqual([
      {
        index: 0,
        finish: 'tool-calls',
        parts: [
          { type: 'reasoning', text: 'a\n\nb\n\nc', signature: 'seal', isSealed: true },
          { type: 'text', text: 'yes' },
          { type: 'refusal', text: 'but' },
          { type: 'tool-call', id: 'call_1', name: 'find', arguments: '{"q":1}' },
        ],
        logprobs: { content: [{ token: 'yes', logprob: -1, bytes: [], top_logprobs: [] }] },
      },
    ]);
  });

  it('keeps what only this provider tells: items of its tools, citations in the shape of chat, the price', () => {
    const citation = { url: 'https://a.test', title: 'A', start_index: 0, end_index: 3 };
    const output = [
      { type: 'search_results', queries: ['q'], results: [] },
      { type: '__proto__', x: 1 },
      { type: 'constructor', x: 1 },
      item([{ type: 'output_text', text: 'yes', annotations: [{ type: 'url_citation', ...citation }] }]),
    ];
    expect(readOf({ output, usage: { input_tokens: 1, output_tokens: 1, cost: { total_cost: 0.1 } } }).vendor).toEqual({
      search_results: [{ queries: ['q'], results: [] }],
      constructor: [{ x: 1 }],
      annotations: [{ type: 'url_citation', url_citation: citation }],
      cost: { total_cost: 0.1 },
    });
  });

  it('counts usage in disjoint meters', () => {
    const usage = { input_tokens: 37, input_tokens_details: { cached_tokens: 20, cache_write_tokens: 7 }, output_tokens: 50, output_tokens_details: { reasoning_tokens: 30 }, total_tokens: 87 };
    expect(readOf({ usage }).meters).toEqual({ ...METERS, cacheWrite5m: 7, cacheWrite1h: 0 });
    expect(readOf({}).meters).toBeNull();
  });

  it.each([
    [{ status: 'failed', error: { code: 'server_error', message: 'your key sk-canary' } }],
    [{ error: { code: 401, message: 'sk-canary' } }],
    [{ status: 'queued' }],
    [{ status: 'cancelled' }],
    [{ output: null }],
  ])('is no answer: %j', (body) => {
    const read = () => readOf(body);
    expect(read).toThrow(AppError);
    expect(read).toThrow(expect.objectContaining({ code: 'upstream_error', message: expect.not.stringContaining('canary') as string }));
  });

  it.each([null, 'text', [], {}])('is no response object at all: %j', (body) => expect(() => readAnswer(body, openai, REQUEST)).toThrow(expect.objectContaining({ code: 'upstream_error' })));
});
