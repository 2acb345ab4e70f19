import { cohere } from '../../cohere/index.js';
import type { ChatRequest, Message } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { cohereChat } from './index.js';

const hello: Message = { role: 'user', parts: [{ type: 'text', text: 'Hello' }] };
const request = (changes: Partial<ChatRequest> = {}): ChatRequest => ({ model: 'command-a-plus-05-2026', stream: false, messages: [hello], extras: {}, ...changes });
const written = (changes: Partial<ChatRequest> = {}) => cohereChat.writeRequest(request(changes), cohere).body as Record<string, unknown>;
const messagesOf = (messages: Message[]) => written({ messages }).messages;
const add = { name: 'add', description: 'Adds.', parameters: { type: 'object', properties: {} } };
const multiply = { name: 'multiply', parameters: { type: 'object', properties: {} } };

describe("a request to Cohere's chat", () => {
  it('sends nothing that was not asked for', () => {
    expect(written()).toEqual({ model: 'command-a-plus-05-2026', stream: false, messages: [{ role: 'user', content: 'Hello' }] });
  });

  it('names every field as Cohere does', () => {
    expect(written({ stream: true, maxTokens: 10, temperature: 0.5, topP: 0.9, topK: 40, stop: ['END'], seed: 7, frequencyPenalty: 0.5, presencePenalty: 0.25, logprobs: { top: 0 } })).toMatchObject({
      stream: true,
      max_tokens: 10,
      temperature: 0.5,
      p: 0.9,
      k: 40,
      stop_sequences: ['END'],
      seed: 7,
      frequency_penalty: 0.5,
      presence_penalty: 0.25,
      logprobs: true,
    });
  });

  it('keeps numbers inside the ranges Cohere takes', () => {
    expect(written({ temperature: 1.7, topP: 1, topK: 1000, frequencyPenalty: -1, presencePenalty: 2 })).toMatchObject({ temperature: 1, p: 0.99, k: 500, frequency_penalty: 0, presence_penalty: 1 });
    expect(written({ topP: 0 })).toMatchObject({ p: 0.01 });
  });

  it('writes images beside text as blocks', () => {
    const parts: Message = {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' }, detail: 'low' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      ],
    };
    expect(messagesOf([parts])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it('writes a tool round trip, one message for each result', () => {
    const turns: Message[] = [
      { role: 'system', parts: [{ type: 'text', text: 'Be ' }, { type: 'text', text: 'brief.' }] },
      hello,
      { role: 'assistant', parts: [{ type: 'reasoning', text: 'I will add.' }, { type: 'tool-call', id: 'a1', name: 'add', arguments: '{"a":1}' }, { type: 'tool-call', id: 'a2', name: 'add', arguments: '{}' }] },
      { role: 'tool', results: [{ id: 'a1', name: 'add', parts: [{ type: 'text', text: '1' }] }, { id: 'a2', name: 'add', parts: [{ type: 'text', text: '0' }] }] },
    ];
    expect(messagesOf(turns)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      {
        role: 'assistant',
        tool_plan: 'I will add.',
        tool_calls: [
          { id: 'a1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
          { id: 'a2', type: 'function', function: { name: 'add', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a1', content: '1' },
      { role: 'tool', tool_call_id: 'a2', content: '0' },
    ]);
  });

  it('gives thoughts back as thinking, and what another provider signed to nobody', () => {
    const turn = (signature?: string): Message => ({ role: 'assistant', parts: [{ type: 'reasoning', text: 'Hm.', ...(signature === undefined ? {} : { signature }) }, { type: 'text', text: 'Yes.' }] });
    expect(messagesOf([turn()])).toEqual([{ role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.' }, { type: 'text', text: 'Yes.' }] }]);
    expect(messagesOf([turn('sealed')])).toEqual([{ role: 'assistant', content: 'Yes.' }]);
  });

  it('says every tool choice in its two words', () => {
    const choice = (toolChoice: NonNullable<ChatRequest['toolChoice']>) => written({ tools: [add, multiply], toolChoice });
    expect(choice('auto').tool_choice).toBeUndefined();
    expect(choice('none').tool_choice).toBe('NONE');
    expect(choice('required').tool_choice).toBe('REQUIRED');
    expect(choice({ name: 'multiply' })).toMatchObject({ tool_choice: 'REQUIRED', tools: [{ type: 'function', function: { name: 'multiply' } }] });
    expect(choice({ name: 'multiply' }).tools).toHaveLength(1);
    expect(written({ tools: [{ ...add, strict: true }] }).strict_tools).toBe(true);
    expect(written({ tools: [{ ...add, strict: true }, multiply] }).strict_tools).toBeUndefined();
  });

  it('asks for JSON with and without a schema', () => {
    expect(written({ answerFormat: { type: 'text' } }).response_format).toEqual({ type: 'text' });
    expect(written({ answerFormat: { type: 'json-object' } }).response_format).toEqual({ type: 'json_object' });
    expect(written({ answerFormat: { type: 'json-schema', name: 'x', schema: { type: 'object' } } }).response_format).toEqual({ type: 'json_object', json_schema: { type: 'object' } });
  });

  it('tells whether to think and for how long', () => {
    expect(written({ reasoning: { effort: 'none' } }).thinking).toEqual({ type: 'disabled' });
    expect(written({ reasoning: { budget: 0 } }).thinking).toEqual({ type: 'disabled' });
    expect(written({ reasoning: { budget: 512 } }).thinking).toEqual({ type: 'enabled', token_budget: 512 });
    expect(written({ reasoning: { effort: 'high' } }).thinking).toEqual({ type: 'enabled' });
    expect(written({ reasoning: { isShown: true } }).thinking).toBeUndefined();
  });

  it('sends what it knows of foreign fields and says which', () => {
    const { body, usedExtras } = cohereChat.writeRequest(request({ extras: { documents: ['a'], safety_mode: 'STRICT', store: true } }), cohere);
    expect(body).toMatchObject({ documents: ['a'], safety_mode: 'STRICT' });
    expect(body).not.toHaveProperty('store');
    expect(usedExtras).toEqual(['documents', 'safety_mode']);
  });

  it('refuses what would change the meaning, and drops the rest by name', () => {
    const ruled = (changes: Partial<ChatRequest>, model = 'command-a-plus-05-2026') => applyFieldRules(request({ ...changes, model }), cohereChat.rules(cohere, model), 'Cohere');
    expect(() => ruled({ n: 2 })).toThrow(expect.objectContaining({ code: 'param_not_supported' }));
    expect(() => ruled({ messages: [{ role: 'user', parts: [{ type: 'audio', format: 'wav', data: 'AAAA' }] }] })).toThrow(expect.objectContaining({ code: 'param_not_supported' }));
    expect(() => ruled({ messages: [{ role: 'user', parts: [{ type: 'file', source: { kind: 'id', id: 'f' } }] }] })).toThrow(expect.objectContaining({ code: 'param_not_supported' }));
    expect(ruled({ user: 'ada', logitBias: { 1: 2 }, tools: [add], parallelToolCalls: false }).dropped).toEqual(['logit_bias', 'parallel_tool_calls', 'user']);
    expect(ruled({ reasoning: { effort: 'high' } }).dropped).toEqual([]);
    expect(ruled({ reasoning: { effort: 'high' } }, 'command-r7b-12-2024').dropped).toEqual(['reasoning_effort']);
    expect(() => messagesOf([{ role: 'tool', results: [{ id: 'a', name: null, parts: [{ type: 'image', source: { kind: 'url', url: 'https://example.com' } }] }] }])).toThrow(expect.objectContaining({ code: 'param_not_supported' }));
  });
});
