import { AppError } from '@byok/kernel';
import { anthropic } from '../../anthropic/index.js';
import type { ChatRequest, Message } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { rules } from './rules.js';
import { writeRequest } from './write-request.js';

const aRequest = (members: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'claude-haiku-4-5',
  stream: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  extras: {},
  ...members,
});
const bodyOf = (members: Partial<ChatRequest>) => writeRequest(aRequest(members)).body as Record<string, unknown>;
const turnsOf = (...messages: Message[]) => bodyOf({ messages })['messages'];
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const call = (id: string, text = '{}') => ({ type: 'tool-call', id, name: 'find', arguments: text }) as const;
const result = (id: string, text: string): Message => ({ role: 'tool', results: [{ id, name: 'find', parts: [{ type: 'text', text }] }] });
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return 'none';
};
const FIND = { name: 'find', parameters: { type: 'object', properties: { q: { type: 'string' } } } };
const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

describe('writing messages for the Messages API', () => {
  it('writes the least there is, with the limit that the API wants', () => {
    expect(bodyOf({})).toEqual({ model: 'claude-haiku-4-5', max_tokens: 32_000, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] });
    expect(bodyOf({ stream: true })['stream']).toBe(true);
  });

  it('hoists every system message, wherever it stands', () => {
    const body = bodyOf({ messages: [{ role: 'system', parts: [{ type: 'text', text: 'a', cache: '1h' }] }, user('Hi'), { role: 'system', parts: [{ type: 'text', text: 'b', cache: '5m' }] }, user('Ho')] });
    expect(body['system']).toEqual([
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'b', cache_control: { type: 'ephemeral' } },
    ]);
    expect(body['messages']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }, { type: 'text', text: 'Ho' }] }]);
  });

  it('merges what follows on a call into one turn of the user, results first', () => {
    expect(turnsOf(user('Hi'), { role: 'assistant', parts: [call('a', '{"q":1}'), call('b', '')] }, result('a', 'A'), user('well?'), result('b', 'B'))).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'find', input: { q: 1 } }, { type: 'tool_use', id: 'b', name: 'find', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'A' }] },
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'B' }] },
          { type: 'text', text: 'well?' },
        ],
      },
    ]);
  });

  it('merges neighbours of the assistant and gives a conversation that the assistant begins a user', () => {
    const said = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] });
    expect(turnsOf(said('a'), said('b'), user('c'))).toEqual([
      { role: 'user', content: [{ type: 'text', text: '(The conversation begins.)' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }] },
      { role: 'user', content: [{ type: 'text', text: 'c' }] },
    ]);
  });

  it('leaves out text of white space and turns that say nothing', () => {
    expect(turnsOf(user('Hi'), { role: 'assistant', parts: [{ type: 'text', text: ' \n' }] }, user('Ho'))).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }, { type: 'text', text: 'Ho' }] }]);
  });

  it('tells failed results and results without content', () => {
    const message: Message = { role: 'tool', results: [{ id: 'a', name: null, parts: [], isError: true, cache: '5m' }] };
    expect(turnsOf(user('Hi'), { role: 'assistant', parts: [call('a')] }, message)).toMatchObject([{}, {}, { content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true, cache_control: { type: 'ephemeral' } }] }]);
  });

  it('keeps ids as they are, and gives both ends of a call the same one where they cannot stay', () => {
    const turns = turnsOf(user('Hi'), { role: 'assistant', parts: [call('call_1-A'), call('functions.find:0')] }, result('call_1-A', 'A'), result('functions.find:0', 'B')) as { content: Record<string, unknown>[] }[];
    expect(turns[1]?.content[0]?.['id']).toBe('call_1-A');
    expect(turns[1]?.content[1]?.['id']).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(turns[2]?.content.map((block) => block['tool_use_id'])).toEqual(turns[1]?.content.map((block) => block['id']));
  });

  it('never runs a call with arguments that nobody wrote', () => {
    expect(turnsOf(user('Hi'), { role: 'assistant', parts: [call('a', '{"q": "cut o'), call('b', '[1]')] })).toMatchObject([{}, { content: [{ input: { invalid_json: '{"q": "cut o' } }, { input: { invalid_json: '[1]' } }] }]);
  });

  it('gives back thinking with its proof and leaves out the rest', () => {
    const parts = [
      { type: 'reasoning', text: 'mine', signature: 's' },
      { type: 'reasoning', text: 'of another vendor' },
      { type: 'reasoning', text: 'summary', signature: 'sealed', isSealed: true },
      { type: 'refusal', text: 'No.' },
      call('a'),
    ] as const;
    expect(turnsOf(user('Hi'), { role: 'assistant', parts: [...parts] })).toMatchObject([
      {},
      { content: [{ type: 'thinking', thinking: 'mine', signature: 's' }, { type: 'redacted_thinking', data: 'sealed' }, { type: 'text', text: 'No.' }, { type: 'tool_use' }] },
    ]);
  });

  it('writes images and files of every source', () => {
    const base64 = (mediaType: string) => ({ kind: 'base64', mediaType, data: 'aGk=' }) as const;
    const message: Message = {
      role: 'user',
      parts: [
        { type: 'image', source: base64('image/png'), detail: 'high', cache: '5m' },
        { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
        { type: 'image', source: { kind: 'url', url: 'data:image/gif;charset=x;base64,aGk=' } },
        { type: 'file', source: base64('application/pdf'), name: 'a.pdf', cache: '1h' },
        { type: 'file', source: { kind: 'url', url: 'https://example.com/b.pdf' } },
        { type: 'file', source: { kind: 'id', id: 'file_1' } },
        { type: 'file', source: base64('text/csv'), name: 'c.csv' },
        { type: 'file', source: base64('image/webp') },
      ],
    };
    expect(turnsOf(message)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' }, cache_control: { type: 'ephemeral' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'aGk=' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' }, title: 'a.pdf', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'document', source: { type: 'url', url: 'https://example.com/b.pdf' } },
          { type: 'document', source: { type: 'file', file_id: 'file_1' } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' }, title: 'c.csv' },
          { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'aGk=' } },
        ],
      },
    ]);
    expect(codeOf(() => turnsOf({ role: 'user', parts: [{ type: 'file', source: base64('application/zip') }] }))).toBe('param_not_supported');
  });
});

describe('writing tools for the Messages API', () => {
  const choice = (members: Partial<ChatRequest>) => bodyOf({ tools: [FIND], ...members })['tool_choice'];

  it('writes name, description, schema and cache mark', () => {
    expect(bodyOf({ tools: [{ ...FIND, description: 'finds', cache: '5m' }, { name: 'none', parameters: {} }] })['tools']).toEqual([
      { name: 'find', description: 'finds', input_schema: FIND.parameters, cache_control: { type: 'ephemeral' } },
      { name: 'none', input_schema: { type: 'object' } },
    ]);
  });

  it('asks for strict arguments where the model and the schema allow it', () => {
    const strict = (model: string, parameters: Record<string, unknown>) => (bodyOf({ model, tools: [{ name: 'a', parameters, strict: true }] })['tools'] as { strict?: boolean }[])[0]?.strict;
    expect(strict('claude-sonnet-4-5', CLOSED)).toBe(true);
    expect(strict('claude-sonnet-4-5', { type: 'object', properties: { a: { type: 'string', minLength: 3 } } })).toBeUndefined();
    expect(strict('claude-opus-4', CLOSED)).toBeUndefined();
  });

  it('writes every choice', () => {
    expect(choice({})).toBeUndefined();
    expect(choice({ toolChoice: 'auto' })).toEqual({ type: 'auto' });
    expect(choice({ toolChoice: 'none', parallelToolCalls: false })).toEqual({ type: 'none' });
    expect(choice({ toolChoice: 'required' })).toEqual({ type: 'any' });
    expect(choice({ toolChoice: { name: 'find' } })).toEqual({ type: 'tool', name: 'find' });
    expect(choice({ parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(choice({ toolChoice: 'required', parallelToolCalls: false })).toEqual({ type: 'any', disable_parallel_tool_use: true });
    expect(choice({ parallelToolCalls: true })).toBeUndefined();
    expect(choice({ tools: [], toolChoice: 'required' })).toBeUndefined();
  });

  it('refuses a forced call where the model refuses it', () => {
    expect(codeOf(() => choice({ model: 'claude-opus-5-5', toolChoice: 'required' }))).toBe('param_not_supported');
    expect(codeOf(() => choice({ model: 'claude-opus-5-5', toolChoice: 'none' }))).toBe('none');
  });

  it('defines the tools of a history with calls, to be called no more', () => {
    const body = bodyOf({ messages: [user('Hi'), { role: 'assistant', parts: [call('a'), call('b')] }, result('a', 'A'), result('b', 'B')] });
    expect(body).toMatchObject({ tools: [{ name: 'find', input_schema: { type: 'object' } }], tool_choice: { type: 'none' } });
  });
});

describe('writing parameters for the Messages API', () => {
  it('clamps the temperature and takes one of temperature and top_p', () => {
    expect(bodyOf({ temperature: 1.7 })['temperature']).toBe(1);
    expect(bodyOf({ temperature: -1 })['temperature']).toBe(0);
    const both = writeRequest(aRequest({ temperature: 0.2, topP: 0.9, topK: 5 }));
    expect(both.body).toMatchObject({ temperature: 0.2, top_k: 5 });
    expect(both.body).not.toHaveProperty('top_p');
    expect(both.dropped).toEqual(['top_p']);
    expect(writeRequest(aRequest({ model: 'deepseek-v4-pro', temperature: 0.2, topP: 0.9 }))).toMatchObject({ body: { temperature: 0.2, top_p: 0.9 }, dropped: [] });
  });

  it('leaves out stop sequences of white space and says so', () => {
    expect(writeRequest(aRequest({ stop: ['\n', 'END'] }))).toMatchObject({ body: { stop_sequences: ['END'] }, dropped: ['stop'] });
    expect(bodyOf({ stop: [] })).not.toHaveProperty('stop_sequences');
  });

  it('sends the user, the tier and its own members from the extras, and names what it used', () => {
    const { body, usedExtras } = writeRequest(aRequest({ user: 'u-1', extras: { service_tier: 'default', inference_geo: 'eu', thinking: { type: 'disabled' }, store: true } }));
    expect(body).toMatchObject({ metadata: { user_id: 'u-1' }, service_tier: 'standard_only', inference_geo: 'eu', thinking: { type: 'disabled' } });
    expect(body).not.toHaveProperty('store');
    expect(usedExtras.sort()).toEqual(['inference_geo', 'service_tier', 'thinking']);
    expect(writeRequest(aRequest({ extras: { service_tier: 'flex' } })).usedExtras).toEqual([]);
  });

  it.each([
    ['claude-haiku-4-5', 32_000],
    ['claude-opus-4-20250514', 32_000],
    ['claude-3-haiku-20240307', 4096],
    ['claude-sonnet-6', 32_000],
    ['glm-5', 4096],
  ])('limits an answer of %s to %d where the caller set no limit', (model, limit) => {
    expect(bodyOf({ model })['max_tokens']).toBe(limit);
    expect(bodyOf({ model, maxTokens: 77 })['max_tokens']).toBe(77);
  });

  it('drops what the model does not take, by its rules', () => {
    const asked = aRequest({ model: 'claude-opus-5', temperature: 1, topP: 1, topK: 1, seed: 1, logprobs: { top: 1 }, presencePenalty: 1, frequencyPenalty: 1, logitBias: { 5: 1 } });
    const dropped = (model: string) => applyFieldRules({ ...asked, model }, rules(anthropic, model), 'Anthropic').dropped;
    expect(dropped('claude-opus-5')).toEqual(['temperature', 'top_p', 'top_k', 'seed', 'frequency_penalty', 'presence_penalty', 'logprobs', 'logit_bias']);
    expect(dropped('claude-haiku-4-5')).toEqual(['seed', 'frequency_penalty', 'presence_penalty', 'logprobs', 'logit_bias']);
    expect(codeOf(() => applyFieldRules(aRequest({ n: 2 }), rules(anthropic, 'claude-opus-5'), 'Anthropic'))).toBe('param_not_supported');
    expect(applyFieldRules(aRequest({ reasoning: { effort: 'low' } }), rules(anthropic, 'claude-3-haiku-20240307'), 'Anthropic').dropped).toEqual(['reasoning_effort']);
  });
});

describe('asking a Claude to think', () => {
  const asked = (model: string, reasoning: ChatRequest['reasoning'], more: Partial<ChatRequest> = {}) => writeRequest(aRequest({ model, ...(reasoning ? { reasoning } : {}), ...more }));

  it.each([
    ['claude-opus-5', { effort: 'high' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['claude-opus-5', { effort: 'xhigh', isShown: true }, { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } }],
    ['claude-opus-4-6', { effort: 'xhigh' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['anthropic/claude-opus-4.6', { effort: 'minimal' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }],
    ['claude-opus-5', { budget: 8000 }, { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }],
    ['claude-opus-5', { budget: -1 }, { thinking: { type: 'adaptive' } }],
    ['claude-opus-5', { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['claude-sonnet-5-5', { effort: 'none' }, { thinking: { type: 'between_tools' } }],
    ['claude-fable-5-1', { budget: 0 }, { output_config: { effort: 'low' } }],
    ['claude-haiku-4-5', { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['claude-haiku-4-5', { effort: 'low' }, { thinking: { type: 'enabled', budget_tokens: 2048 }, max_tokens: 32_000 }],
    ['claude-haiku-4-5', { budget: 5 }, { thinking: { type: 'enabled', budget_tokens: 1024 } }],
    ['claude-haiku-4-5', { isShown: true }, { thinking: { type: 'enabled', budget_tokens: 8192 } }],
  ] as const)('%s, %j', (model, reasoning, expected) => {
    const { thinking, output_config } = asked(model, reasoning).body as Record<string, unknown>;
    expect({ thinking, output_config }).toEqual({ thinking: undefined, output_config: undefined, ...Object.fromEntries(Object.entries(expected).filter(([name]) => name !== 'max_tokens')) });
  });

  it('keeps the limit above the budget and within the model', () => {
    expect(asked('claude-haiku-4-5', { budget: 4000 }, { maxTokens: 5000 }).body).toMatchObject({ max_tokens: 5000 });
    expect(asked('claude-haiku-4-5', { budget: 4000 }, { maxTokens: 4000 }).body).toMatchObject({ max_tokens: 8000 });
    expect(asked('claude-opus-4-1', { budget: 90_000 }, { maxTokens: 4000 }).body).toMatchObject({ max_tokens: 32_000, thinking: { budget_tokens: 30_976 } });
  });

  it('takes no sampling beside thinking and says so', () => {
    const both = asked('claude-haiku-4-5', { effort: 'low' }, { temperature: 0.5, topK: 3 });
    expect(both.body).not.toHaveProperty('temperature');
    expect(both.dropped).toEqual(['temperature', 'top_k']);
  });

  it('does not think where a tool is forced and the two exclude each other, and says so', () => {
    const forced: Partial<ChatRequest> = { tools: [FIND], toolChoice: 'required' };
    expect(asked('claude-haiku-4-5', { effort: 'low' }, forced)).toMatchObject({ dropped: ['reasoning_effort'] });
    expect(asked('claude-haiku-4-5', { effort: 'low' }, forced).body).not.toHaveProperty('thinking');
    expect(asked('claude-opus-5', { effort: 'low' }, forced)).toMatchObject({ dropped: [], body: { thinking: { type: 'adaptive' } } });
  });
});

describe('asking for JSON', () => {
  const schema = (model: string, it: Record<string, unknown>, more: Partial<ChatRequest> = {}) => bodyOf({ model, answerFormat: { type: 'json-schema', name: 'x', schema: it }, ...more });

  it('sends a schema natively where model and schema allow it, with every object closed', () => {
    const open = { type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'string', format: 'uuid' } }, required: ['b'] } }, required: ['a'] };
    expect(schema('claude-sonnet-4-5', open)).toMatchObject({
      output_config: { format: { type: 'json_schema', schema: { ...open, additionalProperties: false, properties: { a: { ...open.properties.a, additionalProperties: false } } } } },
    });
    expect(schema('claude-sonnet-4-5', open)).not.toHaveProperty('tools');
  });

  it.each([
    ['a free-form object', { type: 'object', properties: { a: { type: 'object' } }, required: ['a'] }],
    ['an open object', { type: 'object', properties: {}, additionalProperties: true }],
    ['a limit', { type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, required: ['a'] }],
    ['a format of its own', { type: 'object', properties: { a: { type: 'string', format: 'color' } }, required: ['a'] }],
    ['one of several', { type: 'object', properties: { a: { oneOf: [{ type: 'string' }, { type: 'null' }] } }, required: ['a'] }],
    ['a reference to itself', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }],
    ['definitions that refer to each other', { type: 'object', properties: { a: { $ref: '#/$defs/b' } }, required: ['a'], $defs: { b: { type: 'array', items: { $ref: '#/$defs/b' } } } }],
    ['too many optional members', { type: 'object', properties: Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`m${index}`, { type: 'string' }])) }],
  ])('asks by a tool for a schema with %s, which native decoding would lose or refuse', (_, it) => {
    expect(schema('claude-sonnet-4-5', it)).toMatchObject({ tools: [{ name: 'json_answer', input_schema: it }], tool_choice: { type: 'tool', name: 'json_answer', disable_parallel_tool_use: true } });
  });

  it('asks older models and other vendors by a tool', () => {
    for (const model of ['claude-sonnet-4', 'kimi-k3']) expect(schema(model, CLOSED)).toMatchObject({ tools: [{ name: 'json_answer', input_schema: CLOSED }], tool_choice: { type: 'tool' } });
  });

  it('sends the best it can where a tool cannot be forced', () => {
    const sent = schema('claude-opus-5-5', { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } });
    expect(sent).toMatchObject({ output_config: { format: { schema: { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false } } } });
    expect(bodyOf({ model: 'claude-opus-5-5', answerFormat: { type: 'json-object' } })).toMatchObject({ system: [{ type: 'text', text: expect.stringContaining('JSON') as string }] });
  });

  it('asks for any object by a tool that takes any', () => {
    expect(bodyOf({ answerFormat: { type: 'json-object' } })).toMatchObject({ tools: [{ input_schema: { type: 'object', additionalProperties: true } }], tool_choice: { type: 'tool', name: 'json_answer' } });
  });

  it('leaves the caller its own tools', () => {
    const format = { answerFormat: { type: 'json-object' } } as const;
    expect(bodyOf({ ...format, tools: [FIND] })).toMatchObject({ tools: [{ name: 'find' }, { name: 'json_answer' }], tool_choice: { type: 'any', disable_parallel_tool_use: true } });
    expect(bodyOf({ ...format, tools: [FIND], toolChoice: 'none' })).toMatchObject({ tool_choice: { type: 'tool', name: 'json_answer' } });
    expect(bodyOf({ ...format, tools: [FIND], toolChoice: 'required' })).toMatchObject({ tools: [{ name: 'find' }], tool_choice: { type: 'any' } });
    expect(bodyOf({ ...format, tools: [{ name: 'json_answer', parameters: {} }] })).toMatchObject({ tools: [{ name: 'json_answer' }, { name: 'json_answer_' }] });
  });
});
