import { ollama } from '../../ollama/index.js';
import type { ChatRequest, Message } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { ollamaChat } from './index.js';

const hello: Message = { role: 'user', parts: [{ type: 'text', text: 'Hello' }] };
const request = (changes: Partial<ChatRequest> = {}): ChatRequest => ({ model: 'qwen3:8b', stream: false, messages: [hello], extras: {}, ...changes });
const written = (changes: Partial<ChatRequest> = {}) => ollamaChat.writeRequest(request(changes), ollama).body as Record<string, unknown>;
const messagesOf = (messages: Message[]) => written({ messages }).messages;
const add = { name: 'add', description: 'Adds.', parameters: { type: 'object', properties: {} } };
const notSupported = expect.objectContaining({ code: 'param_not_supported' }) as Error;

describe("a request to Ollama's chat", () => {
  it('always says whether to stream, and nothing else that was not asked for', () => {
    expect(written()).toEqual({ model: 'qwen3:8b', stream: false, messages: [{ role: 'user', content: 'Hello' }] });
    expect(written({ stream: true }).stream).toBe(true);
  });

  it('names every option as Ollama does', () => {
    expect(written({ maxTokens: 10, temperature: 1.5, topP: 0.9, topK: 40, stop: ['END'], seed: 7, frequencyPenalty: 0.5, presencePenalty: -0.5, logprobs: { top: 3 } })).toMatchObject({
      options: { num_predict: 10, temperature: 1.5, top_p: 0.9, top_k: 40, stop: ['END'], seed: 7, frequency_penalty: 0.5, presence_penalty: -0.5 },
      logprobs: true,
      top_logprobs: 3,
    });
    expect(written({ logprobs: { top: 0 } })).not.toHaveProperty('top_logprobs');
  });

  it('takes its own fields and options from callers who name them, and says which it took', () => {
    const { body, usedExtras } = ollamaChat.writeRequest(request({ topK: 5, extras: { keep_alive: '5m', num_ctx: 8192, options: { min_p: 0.1, top_k: 9 }, store: true } }), ollama);
    expect(body).toMatchObject({ keep_alive: '5m', options: { num_ctx: 8192, min_p: 0.1, top_k: 5 } });
    expect(body).not.toHaveProperty('store');
    expect(usedExtras).toEqual(['keep_alive', 'num_ctx', 'options']);
  });

  it('writes images as plain base64 beside the text', () => {
    expect(messagesOf([{ role: 'user', parts: [{ type: 'text', text: 'What is this?' }, { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }] }])).toEqual([{ role: 'user', content: 'What is this?', images: ['AAAA'] }]);
  });

  it('writes a tool round trip with arguments as an object and results by name', () => {
    const turns: Message[] = [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'assistant', parts: [{ type: 'reasoning', text: 'Hm.' }, { type: 'reasoning', text: 'Theirs.', signature: 's' }, { type: 'text', text: 'Adding.' }, { type: 'tool-call', id: 'a1', name: 'add', arguments: '{"a":1}' }, { type: 'tool-call', id: 'a2', name: 'now', arguments: '' }] },
      { role: 'tool', results: [{ id: 'a1', name: 'add', parts: [{ type: 'text', text: '1' }] }, { id: 'a2', name: null, parts: [{ type: 'text', text: 'noon' }] }] },
    ];
    expect(messagesOf(turns)).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'assistant',
        content: 'Adding.',
        thinking: 'Hm.',
        tool_calls: [
          { id: 'a1', function: { name: 'add', arguments: { a: 1 } } },
          { id: 'a2', function: { name: 'now', arguments: {} } },
        ],
      },
      { role: 'tool', content: '1', tool_name: 'add', tool_call_id: 'a1' },
      { role: 'tool', content: 'noon', tool_call_id: 'a2' },
    ]);
  });

  it.each(['[1]', '{"a":', '"text"'])('refuses a history whose call has the arguments %s', (broken) => {
    expect(() => messagesOf([{ role: 'assistant', parts: [{ type: 'tool-call', id: 'a1', name: 'add', arguments: broken }] }])).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('offers tools, offers none, and does not pretend it could force a call', () => {
    expect(written({ tools: [add], toolChoice: 'auto' }).tools).toEqual([{ type: 'function', function: add }]);
    expect(written({ tools: [add], toolChoice: 'none' })).not.toHaveProperty('tools');
    expect(() => written({ tools: [add], toolChoice: 'required' })).toThrow(notSupported);
    expect(() => written({ tools: [add], toolChoice: { name: 'add' } })).toThrow(notSupported);
  });

  it('asks for JSON with and without a schema', () => {
    expect(written({ answerFormat: { type: 'json-object' } }).format).toBe('json');
    expect(written({ answerFormat: { type: 'json-schema', name: 'x', schema: { type: 'object' } } }).format).toEqual({ type: 'object' });
    expect(written({ answerFormat: { type: 'text' } })).not.toHaveProperty('format');
  });

  it('asks for thinking in yes and no, and of gpt-oss in levels', () => {
    const think = (model: string, reasoning: ChatRequest['reasoning']) => written({ model, ...(reasoning ? { reasoning } : {}) }).think;
    expect(think('qwen3:8b', { effort: 'low' })).toBe(true);
    expect(think('qwen3:8b', { budget: 0 })).toBe(false);
    expect(think('qwen3:8b', { effort: 'none' })).toBe(false);
    expect(think('qwen3:8b', { isShown: true })).toBeUndefined();
    expect(think('qwen3:8b', undefined)).toBeUndefined();
    expect(think('gpt-oss:20b', { effort: 'xhigh' })).toBe('high');
    expect(think('gpt-oss:20b', { effort: 'none' })).toBe('low');
    expect(think('someone/gpt-oss:20b', { budget: 12_000 })).toBe('medium');
  });

  it('refuses what would change the meaning, and drops the rest by name', () => {
    const ruled = (changes: Partial<ChatRequest>) => applyFieldRules(request(changes), ollamaChat.rules(ollama, 'qwen3:8b'), 'Ollama');
    const user = (part: Extract<Message, { role: 'user' }>['parts'][number]): Partial<ChatRequest> => ({ messages: [{ role: 'user', parts: [part] }] });
    expect(() => ruled({ n: 2 })).toThrow(notSupported);
    expect(() => ruled(user({ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }))).toThrow(notSupported);
    expect(() => ruled(user({ type: 'audio', format: 'wav', data: 'AAAA' }))).toThrow(notSupported);
    expect(() => ruled(user({ type: 'file', source: { kind: 'id', id: 'f' } }))).toThrow(notSupported);
    expect(ruled({ user: 'ada', logitBias: { 1: 2 }, tools: [add], parallelToolCalls: false }).dropped).toEqual(['logit_bias', 'parallel_tool_calls', 'user']);
  });
});
