import { AppError } from '@byok/kernel';
import { openAiCompatible } from '../../open-ai-compatible.js';
import type { StreamPart } from '../answer-form.js';
import type { ChatRequest } from '../chat-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import { readAnswer } from './read-answer.js';
import { streamReader } from './read-stream.js';

const plain = openAiCompatible({ id: 'plain', name: 'Plain', baseUrl: 'https://api.example.com/v1', key: { pattern: /^x$/ } });
const request: ChatRequest = { model: 'asked', stream: true, messages: [], stop: ['END'], extras: {} };
const completion = (message: object, more: object = {}, top: object = {}) => ({ id: 'chatcmpl-1', object: 'chat.completion', created: 5, model: 'm', choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...more }], ...top });
const read = (body: unknown) => readAnswer(body, plain, request);
const partsOf = (message: object) => read(completion(message)).choices[0]?.parts;
const events = (...data: (object | string)[]) => data.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('');
const delta = (each: object, more: object = {}) => ({ id: 'chatcmpl-1', created: 5, model: 'm', choices: [{ index: 0, delta: each, finish_reason: null, ...more }] });
const parts = (text: string, provider = plain): StreamPart[] => {
  const reader = streamReader(provider, request);
  return [...reader.see(Buffer.from(text)), ...reader.close()];
};
const streamed = (...deltas: object[]) => assembleAnswer(parts(events(...deltas.map((each) => delta(each)), '[DONE]')));

describe('a chat completion of a provider', () => {
  it('is read whole', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 2 } };
    expect(read(completion({ content: 'Hi', refusal: null, annotations: [] }, { logprobs: { content: [{ token: 'Hi' }], refusal: null } }, { usage, citations: ['u'], service_tier: null }))).toEqual({
      id: 'chatcmpl-1',
      model: 'm',
      createdAt: 5,
      choices: [{ index: 0, parts: [{ type: 'text', text: 'Hi' }], finish: 'stop', logprobs: { content: [{ token: 'Hi' }] } }],
      meters: { inputUncached: 6, cacheRead: 4, cacheWrite5m: 0, cacheWrite1h: 0, output: 5, reasoning: 2, audioIn: 0, audioOut: 0 },
      vendor: { citations: ['u'] },
    });
  });

  it('is read where the provider leaves things out', () => {
    expect(read({ choices: [{ message: { content: 'a' } }] })).toEqual({ id: '', model: 'asked', createdAt: null, choices: [{ index: 0, parts: [{ type: 'text', text: 'a' }], finish: 'stop' }], meters: null, vendor: {} });
  });

  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    [null, 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['MAX_TOKENS', 'length'],
    ['content_filter', 'content-filter'],
    ['sensitive', 'content-filter'],
    ['insufficient_system_resource', 'error'],
    ['network_error', 'error'],
    ['error', 'error'],
    ['tool_calls', 'stop'],
    ['constructor', 'stop'],
  ])('takes %s for %s', (word, finish) => {
    expect(read(completion({ content: 'x' }, { finish_reason: word })).choices[0]?.finish).toBe(finish);
  });

  it('sees itself that tools were called, whatever the word', () => {
    const tool_calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    for (const word of ['stop', 'tool_calls', 'function_call', null]) expect(read(completion({ content: null, tool_calls }, { finish_reason: word })).choices[0]?.finish).toBe('tool-calls');
    expect(read(completion({ content: null, tool_calls }, { finish_reason: 'length' })).choices[0]?.finish).toBe('length');
  });

  it('names the stop sequence only when it is one the caller set', () => {
    expect(read(completion({ content: 'x' }, { stop_reason: 'END' })).choices[0]?.stopSequence).toBe('END');
    expect(read(completion({ content: 'x' }, { stop_reason: 'eos' })).choices[0]).not.toHaveProperty('stopSequence');
  });

  it('reads reasoning from every place where providers put it', () => {
    const wanted = [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'a' }];
    expect(partsOf({ content: 'a', reasoning_content: 'hm' })).toEqual(wanted);
    expect(partsOf({ content: 'a', reasoning: 'hm', reasoning_content: null })).toEqual(wanted);
    expect(partsOf({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'h' }, { type: 'text', text: 'm' }] }, { type: 'text', text: 'a' }] })).toEqual(wanted);
    expect(partsOf({ content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm', signature: 's' }] }, { type: 'text', text: 'a' }] })).toEqual([{ type: 'reasoning', text: 'hm', signature: 's' }, wanted[1]]);
    expect(partsOf({ content: 'a', reasoning: 'hm', reasoning_details: [{ type: 'reasoning.summary', summary: 'hm' }, { type: 'reasoning.encrypted', data: 'd' }] })).toEqual([{ type: 'reasoning', text: 'hm', signature: 'd', isSealed: true }, wanted[1]]);
  });

  it('reads calls however their arguments are written, and gives an id to one without', () => {
    const call = (written: unknown, id?: string) => ({ type: 'function', ...(id === undefined ? {} : { id }), function: { name: 'f', arguments: written } });
    expect(partsOf({ content: null, tool_calls: [call('{"a": 1}', 'c1'), call('', 'c2'), call('null', 'c3'), call({ a: 1 }, 'c4'), call(undefined)] })).toEqual(
      [['c1', '{"a": 1}'], ['c2', '{}'], ['c3', '{}'], ['c4', '{"a":1}'], ['call_chatcmpl-1_4', '{}']].map(([id, written]) => ({ type: 'tool-call', id, name: 'f', arguments: written })),
    );
  });

  it.each([null, 'text', [], {}, { choices: [] }, { choices: [{}] }, { choices: [{ message: null }] }, { choices: 'x' }])('refuses %j as no chat completion', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'upstream_error' }) as Error);
  });

  it.each([{ error: { message: 'key sk-proj-abcdefghijklmnopqrstuvwxyz0123 is bad', code: 'x' } }, { error: 'out of memory' }, { object: 'error', message: 'no' }, { detail: 'no' }, { success: false, errors: [{ code: 5007, message: 'no' }] }])('recognises the error %j, and repeats none of its words', (body) => {
    try {
      read(body);
    } catch (error) {
      expect(error).toMatchObject({ code: 'upstream_error', message: 'Plain sent an error as its answer.' });
      expect(String((error as AppError).cause)).not.toContain('0123');
      return;
    }
    throw new Error('an error was taken for an answer');
  });
});

describe('a stream of a provider', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

  it('is told in order: start, content, finish, usage, end', () => {
    const text = events(delta({ role: 'assistant', content: '' }), delta({ content: 'He' }), delta({ content: 'llo' }), delta({}, { finish_reason: 'stop' }), { id: 'chatcmpl-1', choices: [], usage }, '[DONE]');
    expect(parts(text)).toEqual([
      { type: 'start', id: 'chatcmpl-1', model: 'm', createdAt: 5 },
      { type: 'text', choice: 0, text: 'He' },
      { type: 'text', choice: 0, text: 'llo' },
      { type: 'finish', choice: 0, reason: 'stop' },
      { type: 'usage', meters: expect.objectContaining({ inputUncached: 3, output: 2 }) },
      { type: 'end' },
    ]);
  });

  it('needs no role, no usage, no space after the colon, and minds no comments, carriage returns or repeated finishes', () => {
    const text = `: OPENROUTER PROCESSING\r\n\r\ndata:${JSON.stringify(delta({ content: 'a' }))}\r\n\r\n: keep-alive\n\ndata: ${JSON.stringify(delta({}, { finish_reason: 'length' }))}\n\ndata: ${JSON.stringify(delta({}, { finish_reason: 'length' }))}\n\ndata: [DONE]`;
    expect(parts(text).map(({ type }) => type)).toEqual(['start', 'text', 'finish', 'end']);
  });

  it("waits with the start when the first piece is Azure's about the prompt", () => {
    const text = events({ id: '', model: '', created: 0, choices: [], prompt_filter_results: [1] }, delta({ content: 'a' }), '[DONE]');
    expect(parts(text).slice(0, 3)).toEqual([
      { type: 'start', id: 'chatcmpl-1', model: 'm', createdAt: 5 },
      { type: 'vendor', name: 'prompt_filter_results', value: [1] },
      { type: 'text', choice: 0, text: 'a' },
    ]);
  });

  it('finds usage in x_groq, in a choice, and the last of several', () => {
    for (const last of [{ ...delta({}), x_groq: { usage } }, delta({}, { usage }), { ...delta({}), usage }]) {
      const early = { ...delta({ content: 'a' }), usage: { prompt_tokens: 3, completion_tokens: 1 } };
      expect(parts(events(early, last, '[DONE]')).filter(({ type }) => type === 'usage')).toEqual([{ type: 'usage', meters: expect.objectContaining({ output: 2 }) }]);
    }
  });

  it('tells a vendor member once, and again only when it changes', () => {
    const text = events({ ...delta({ content: 'a' }), citations: [1], system_fingerprint: 'fp' }, { ...delta({ content: 'b' }), citations: [1], system_fingerprint: 'fp' }, { ...delta({ content: 'c' }), citations: [1, 2] }, delta({ annotations: [{ type: 'url_citation' }] }), '[DONE]');
    expect(parts(text).filter(({ type }) => type === 'vendor')).toEqual([
      { type: 'vendor', name: 'citations', value: [1] },
      { type: 'vendor', name: 'system_fingerprint', value: 'fp' },
      { type: 'vendor', name: 'citations', value: [1, 2] },
      { type: 'vendor', name: 'annotations', value: [{ type: 'url_citation' }] },
    ]);
  });

  const name = (tool: string, id?: string, index?: number, written?: unknown) => ({ tool_calls: [{ ...(index === undefined ? {} : { index }), ...(id === undefined ? {} : { id }), function: { name: tool, ...(written === undefined ? {} : { arguments: written }) } }] });
  const piece = (written: string, index?: number, id?: string) => ({ tool_calls: [{ ...(index === undefined ? {} : { index }), ...(id === undefined ? {} : { id }), function: { arguments: written } }] });
  const wanted = (...calls: [string, string, string][]) => calls.map(([id, tool, written]) => ({ type: 'tool-call', id, name: tool, arguments: written }));
  const two = wanted(['c1', 'f', '{"a":1}'], ['c2', 'g', '{}']);

  it.each<[string, object[], object[]]>([
    ['numbered, in pieces', [name('f', 'c1', 0, ''), piece('{"a"', 0), piece(':1}', 0), name('g', 'c2', 1, ''), piece('{}', 1)], two],
    ['numbered, mixed', [name('f', 'c1', 0), name('g', 'c2', 1), piece('{"a"', 0), piece('{}', 1), piece(':1}', 0)], two],
    ['numbered with an empty id later', [name('f', 'c1', 0), piece('{"a":1}', 0, ''), name('g', 'c2', 1)], two],
    ['numbered with another id on every piece', [name('f', 'c1', 0), piece('{"a"', 0, 'x1'), piece(':1}', 0, 'x2'), name('g', 'c2', 1)], two],
    ['without numbers', [name('f', 'c1'), piece('{"a"'), piece(':1}'), name('g', 'c2')], two],
    ['without numbers, whole', [name('f', 'c1', undefined, '{"a":1}'), name('g', 'c2', undefined, '{}')], two],
    ['all numbered zero, whole', [name('f', 'c1', 0, '{"a":1}'), name('g', 'c2', 0, '{}')], two],
    ['arguments as an object', [name('f', 'c1', 0, { a: 1 }), name('g', 'c2', 1, {})], two],
    ['arguments before the name', [piece('{"a"', 0, 'c1'), name('f', 'c1', 0, ':1}'), name('g', 'c2', 1, 'null')], two],
    ['without ids', [name('f', undefined, 0, '{"a":1}'), name('g', undefined, 1)], wanted(['call_chatcmpl-1_0', 'f', '{"a":1}'], ['call_chatcmpl-1_1', 'g', '{}'])],
    ['without ids and numbers', [name('f', undefined, undefined, '{"a":1}'), name('g')], wanted(['call_chatcmpl-1_0', 'f', '{"a":1}'], ['call_chatcmpl-1_1', 'g', '{}'])],
  ])('puts tool calls together: %s', (_how, deltas, calls) => {
    expect(streamed(...deltas).choices).toEqual([{ index: 0, parts: calls, finish: 'tool-calls' }]);
  });

  it('reads reasoning under either name and once, with the proofs of it', () => {
    expect(streamed({ reasoning: 'h', reasoning_details: [{ type: 'reasoning.text', text: 'h', index: 0 }] }, { reasoning: 'm', reasoning_details: [{ type: 'reasoning.text', text: 'm', signature: 's', index: 0 }] }, { content: 'a' }).choices[0]?.parts).toEqual([
      { type: 'reasoning', text: 'hm', signature: 's' },
      { type: 'text', text: 'a' },
    ]);
    expect(streamed({ reasoning_content: 'h' }, { reasoning_content: 'm', reasoning: 'm' }, { content: 'a' }).choices[0]?.parts).toEqual([{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'a' }]);
    expect(streamed({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }, { content: 'a' }).choices[0]?.parts).toEqual([{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'a' }]);
    expect(streamed({ reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }, { refusal: 'no' }).choices[0]?.parts).toEqual([{ type: 'reasoning', text: 'hm' }, { type: 'refusal', text: 'no' }]);
  });

  it.each<[string, string, string | null]>([
    [events({ error: { message: 'boom', code: 'server_error' } }), 'boom', 'server_error'],
    [events({ ...delta({ content: '' }, { finish_reason: 'error' }), error: { message: 'boom', code: 502 } }), 'boom', '502'],
    [events({ error: 'boom' }), 'boom', null],
    [events({ object: 'error', message: 'boom', code: 40303 }), 'boom', '40303'],
    [`event: error\ndata: {"message":"boom","code":"x1"}\n\n`, 'boom', 'x1'],
  ])('gives the complaint in %j as an error, after the usage, and nothing after it', (text, message, code) => {
    const all = parts(events({ ...delta({ content: 'a' }), usage }) + text + events(delta({ content: 'b' }), '[DONE]'));
    expect(all.slice(2)).toEqual([{ type: 'usage', meters: expect.anything() }, { type: 'error', code, message }]);
  });

  it.each(['data: {"choices":[{"delta"\n\n', 'data: [1]\n\n', 'data: "text"\n\n', 'data: [DONE]\n\n', 'data: <html>\n\n'])('takes %j for no answer', (text) => {
    expect(parts(text).map(({ type }) => type)).toEqual(['error']);
  });

  it('gives no end and no finish to a stream that breaks off, but the usage it told', () => {
    expect(parts(events({ ...delta({ content: 'a' }), usage }, delta({}, { finish_reason: 'stop' }))).map(({ type }) => type)).toEqual(['start', 'text', 'usage']);
  });

  it('survives every nonsense in the places where it looks', () => {
    const nonsense = [null, 1, 'x', [], {}, [null], [1], [{}], { index: 'a' }, true];
    for (const odd of nonsense) {
      for (const chunk of [{ choices: odd }, { choices: [odd] }, { choices: [{ delta: odd }] }, delta({ content: odd, tool_calls: odd, reasoning_details: odd, refusal: odd }), delta({ tool_calls: [{ function: odd, id: odd, index: odd }] }, { logprobs: odd, finish_reason: odd }), { choices: [{ index: odd, delta: { content: 'x' } }], usage: odd, x_groq: odd, created: odd, id: odd, model: odd }]) {
        expect(() => parts(events(chunk, '[DONE]'))).not.toThrow();
        expect(() => parts(events(chunk))).not.toThrow();
      }
    }
  });
});
