import { openai } from '../../openai/index.js';
import { perplexity } from '../../perplexity/index.js';
import type { ChatRequest, Message } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { rules } from './rules.js';
import { writeRequest } from './write-request.js';

const USER: Message = { role: 'user', parts: [{ type: 'text', text: 'hi' }] };
const asked = (more: Partial<ChatRequest> = {}): ChatRequest => ({ model: 'm', stream: false, messages: [USER], extras: {}, ...more });
const bodyOf = (more: Partial<ChatRequest>, provider = openai) => writeRequest(asked(more), provider).body as Record<string, unknown>;
const inputOf = (...messages: Message[]) => bodyOf({ messages })['input'];
const FIND = { name: 'find', parameters: { type: 'object' } };

describe('fields for a Responses API', () => {
  it('says no more than it was told, and that nothing shall be kept', () => {
    expect(bodyOf({})).toEqual({ model: 'm', input: [{ type: 'message', role: 'user', content: 'hi' }], store: false });
  });

  it('writes every field that there is a word for', () => {
    const more: Partial<ChatRequest> = { stream: true, maxTokens: 5, temperature: 0, topP: 0.5, logprobs: { top: 2 }, user: 'u', tools: [FIND], toolChoice: { name: 'find' }, parallelToolCalls: false };
    expect(bodyOf(more)).toMatchObject({
      stream: true,
      max_output_tokens: 5,
      temperature: 0,
      top_p: 0.5,
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
      user: 'u',
      tools: [{ type: 'function', name: 'find', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'find' },
      parallel_tool_calls: false,
    });
  });

  it('chooses among tools only where there are some', () => expect(bodyOf({ toolChoice: 'none', parallelToolCalls: false })).toEqual(bodyOf({})));

  it.each([
    [{ effort: 'low' }, { effort: 'low' }],
    [{ isShown: true }, { summary: 'auto' }],
    [{ budget: 0 }, { effort: 'none' }],
    [{ budget: 20_000, isShown: false }, { effort: 'high' }],
    [{ isShown: false }, undefined],
  ] as const)('writes the wish for reasoning %j', (reasoning, written) => expect(bodyOf({ reasoning })['reasoning']).toEqual(written));

  it.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json-object' }, { type: 'json_object' }],
    [{ type: 'json-schema', name: 'a', schema: {}, strict: true }, { type: 'json_schema', name: 'a', schema: {}, strict: true }],
  ] as const)('writes the form of the answer %j', (answerFormat, format) => expect(bodyOf({ answerFormat })['text']).toEqual({ format }));

  it('passes on what OpenAI knows, and names it', () => {
    const extras = { metadata: { a: 'b' }, service_tier: 'flex', store: true, verbosity: 'low', unheard_of: 1 };
    const { body, usedExtras } = writeRequest(asked({ extras }), openai);
    expect(body).toMatchObject({ metadata: { a: 'b' }, service_tier: 'flex', store: true, text: { verbosity: 'low' } });
    expect(body).not.toHaveProperty('unheard_of');
    expect([...usedExtras].sort()).toEqual(['metadata', 'service_tier', 'store', 'verbosity']);
  });

  it('drops what has no word here, and refuses what cannot be left out', () => {
    const wishes = { topK: 1, stop: ['x'], seed: 1, frequencyPenalty: 1, presencePenalty: 1, logitBias: { 1: 1 } };
    expect(applyFieldRules(asked(wishes), rules(openai), 'OpenAI')).toEqual({ request: asked(), dropped: ['top_k', 'stop', 'seed', 'frequency_penalty', 'presence_penalty', 'logit_bias'] });
    expect(() => applyFieldRules(asked({ n: 2 }), rules(openai), 'OpenAI')).toThrow('more than one answer');
    expect(() => applyFieldRules(asked({ messages: [{ role: 'user', parts: [{ type: 'audio', format: 'wav', data: '' }] }] }), rules(openai), 'OpenAI')).toThrow('audio');
  });
});

describe('items for a Responses API', () => {
  it('makes the system messages at the beginning the instructions, and later ones items', () => {
    const system = (text: string): Message => ({ role: 'system', parts: [{ type: 'text', text }] });
    expect(bodyOf({ messages: [system('a'), system('b'), USER, system('c')] })).toMatchObject({
      instructions: 'a\n\nb',
      input: [{ type: 'message', role: 'user', content: 'hi' }, { type: 'message', role: 'system', content: 'c' }],
    });
    expect(bodyOf({ messages: [system('a')] })).toEqual({ model: 'm', input: [{ type: 'message', role: 'system', content: 'a' }], store: false });
  });

  it('writes every kind of a user part', () => {
    const data = { kind: 'base64' as const, mediaType: 'application/pdf', data: 'AA==' };
    const item = inputOf({
      role: 'user',
      parts: [
        { type: 'text', text: 't', cache: '5m' },
        { type: 'image', source: { kind: 'url', url: 'https://a.test/i.png' }, detail: 'low' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
        { type: 'file', source: data },
        { type: 'file', source: data, name: 'a.pdf' },
        { type: 'file', source: { kind: 'url', url: 'https://a.test/a.pdf' } },
        { type: 'file', source: { kind: 'id', id: 'file-1' } },
      ],
    });
    const content = [
      { type: 'input_text', text: 't' },
      { type: 'input_image', image_url: 'https://a.test/i.png', detail: 'low' },
      { type: 'input_image', image_url: 'data:image/png;base64,AA' },
      { type: 'input_file', filename: 'file', file_data: 'data:application/pdf;base64,AA==' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
      { type: 'input_file', file_url: 'https://a.test/a.pdf' },
      { type: 'input_file', file_id: 'file-1' },
    ];
    expect(item).toEqual([{ type: 'message', role: 'user', content }]);
  });

  it('writes what the model said as items in its order, and of its reasoning only what is sealed', () => {
    const items = inputOf({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'open' },
        { type: 'reasoning', text: 'foreign', signature: 'sig' },
        { type: 'reasoning', text: 'sum', signature: 'seal', isSealed: true },
        { type: 'reasoning', text: '', signature: 'seal2', isSealed: true },
        { type: 'text', text: 'well' },
        { type: 'text', text: '' },
        { type: 'refusal', text: 'no' },
        { type: 'tool-call', id: 'call_1', name: 'find', arguments: '{}', signature: 'foreign' },
      ],
    });
    expect(items).toEqual([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'sum' }], encrypted_content: 'seal' },
      { type: 'reasoning', summary: [], encrypted_content: 'seal2' },
      { type: 'message', role: 'assistant', content: 'well' },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
      { type: 'function_call', call_id: 'call_1', name: 'find', arguments: '{}' },
    ]);
  });

  it('writes results of calls, as text where they are text', () => {
    const image = { type: 'image' as const, source: { kind: 'url' as const, url: 'https://a.test/i.png' } };
    const results = [
      { id: 'a', name: null, parts: [{ type: 'text' as const, text: 'x' }, { type: 'text' as const, text: 'y' }] },
      { id: 'b', name: 'f', parts: [{ type: 'text' as const, text: 'x' }, image], isError: true },
      { id: 'c', name: 'f', parts: [] },
    ];
    expect(inputOf({ role: 'tool', results })).toEqual([
      { type: 'function_call_output', call_id: 'a', output: 'x\n\ny' },
      { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'x' }, { type: 'input_image', image_url: 'https://a.test/i.png' }] },
      { type: 'function_call_output', call_id: 'c', output: '' },
    ]);
  });
});

describe("a request for Perplexity's variant", () => {
  it('asks for the form of the answer and for reasoning in its words, and gives proofs of calls back', () => {
    const body = bodyOf(
      {
        messages: [USER, { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}', signature: 'p' }] }],
        answerFormat: { type: 'json-schema', name: 'a', schema: { type: 'object' } },
        reasoning: { effort: 'none', isShown: true },
        extras: { preset: 'fast', max_steps: 2, metadata: { a: 'b' } },
      },
      perplexity,
    );
    expect(body).toMatchObject({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } }, reasoning: { effort: 'minimal' }, preset: 'fast', max_steps: 2 });
    expect(body['input']).toContainEqual({ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}', thought_signature: 'p' });
    expect(body).not.toHaveProperty('text');
    expect(body).not.toHaveProperty('metadata');
  });

  it('refuses a forced tool, which it cannot be told', () => {
    expect(() => applyFieldRules(asked({ tools: [FIND], toolChoice: 'required' }), rules(perplexity), 'Perplexity')).toThrow('tool_choice');
  });
});
