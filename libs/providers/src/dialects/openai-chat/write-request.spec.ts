import { AppError } from '@byok/kernel';
import { openAiCompatible } from '../../open-ai-compatible.js';
import type { Provider } from '../../provider.js';
import { findProvider } from '../../registry.js';
import type { ChatRequest, Message } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { rules } from './rules.js';
import { writeRequest } from './write-request.js';

const plain = openAiCompatible({ id: 'plain', name: 'Plain', baseUrl: 'https://api.example.com/v1', key: { pattern: /^x$/ } });
const known = (id: string): Provider => findProvider(id) ?? plain;
const user: Message = { role: 'user', parts: [{ type: 'text', text: 'hi' }] };
const ask = (more: Partial<ChatRequest> = {}): ChatRequest => ({ model: 'm', stream: false, messages: [user], extras: {}, ...more });
/** As the gateway does it: the rules first. */
const sent = (request: ChatRequest, provider: Provider) => {
  const { request: left, dropped } = applyFieldRules(request, rules(provider, request.model), provider.name);
  const written = writeRequest(left, provider);
  return { body: written.body as Record<string, unknown>, dropped: [...dropped, ...(written.dropped ?? [])] };
};
const body = (more: Partial<ChatRequest>, provider = plain) => sent(ask(more), provider).body;
const messages = (list: Message[], provider = plain, model = 'm') => body({ messages: list, model }, provider)['messages'];
const refused = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error instanceof AppError ? [error.code, error.details?.['param']] : error;
  }
};
const call = { type: 'tool-call' as const, id: 'toolu_01', name: 'f', arguments: '{"a":1}' };
const tool = { name: 'f', parameters: { type: 'object', properties: {} } };
const format = { type: 'json-schema' as const, name: 'point', schema: { type: 'object' } };

describe('a request to any OpenAI-compatible provider', () => {
  it('says nothing that the caller did not say', () => {
    expect(body({})).toEqual({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  });

  it('asks for usage in every stream, but only where that must be asked for', () => {
    expect(body({ stream: true })).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(body({ stream: true }, known('mistral'))).not.toHaveProperty('stream_options');
  });

  it('sends every field under its name', () => {
    const request = { maxTokens: 5, temperature: 2, topP: 0.5, stop: ['a'], seed: 1, frequencyPenalty: 1, presencePenalty: -1, n: 2, logprobs: { top: 3 }, logitBias: { 1: 2 }, user: 'u', reasoning: { effort: 'low' as const } };
    expect(body(request)).toMatchObject({ max_tokens: 5, temperature: 2, top_p: 0.5, stop: ['a'], seed: 1, frequency_penalty: 1, presence_penalty: -1, n: 2, logprobs: true, top_logprobs: 3, logit_bias: { 1: 2 }, user: 'u', reasoning_effort: 'low' });
  });

  it('names what most providers do not know as dropped', () => {
    const request = ask({ topK: 3, messages: [{ role: 'user', parts: [{ type: 'text', text: 'x', cache: '5m' }] }, { role: 'assistant', parts: [{ type: 'reasoning', text: 'hm', signature: 's' }, { type: 'text', text: 'a' }] }, user] });
    const { body: written, dropped } = sent(request, plain);
    expect(dropped).toEqual(['top_k', 'cache_control', 'reasoning_history']);
    expect(JSON.stringify(written)).not.toMatch(/top_k|cache|reasoning|hm/);
  });

  it('says a budget in words, the nearest the model knows', () => {
    expect(body({ reasoning: { budget: 0 } })['reasoning_effort']).toBe('none');
    expect(body({ reasoning: { budget: 10_000 } })['reasoning_effort']).toBe('medium');
    expect(body({ reasoning: { budget: 99_999 } })['reasoning_effort']).toBe('high');
    expect(body({ reasoning: { isShown: true } })).not.toHaveProperty('reasoning_effort');
    expect(body({ model: 'o3', reasoning: { effort: 'xhigh' } }, known('openai'))['reasoning_effort']).toBe('high');
    expect(body({ model: 'o3', reasoning: { effort: 'none' } }, known('openai'))['reasoning_effort']).toBe('low');
  });

  it('writes tools and choices, and no choice without tools', () => {
    expect(body({ tools: [{ ...tool, description: 'd', strict: true }], toolChoice: { name: 'f' }, parallelToolCalls: false })).toMatchObject({
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: tool.parameters, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
    });
    expect(body({ toolChoice: 'none', parallelToolCalls: true })).toEqual(body({}));
  });

  it('writes each answer format, and says JSON where no message does', () => {
    expect(body({ answerFormat: { ...format, description: 'd', strict: true } })['response_format']).toEqual({ type: 'json_schema', json_schema: { name: 'point', description: 'd', strict: true, schema: { type: 'object' } } });
    expect(body({ answerFormat: { type: 'text' } })['response_format']).toEqual({ type: 'text' });
    expect(body({ answerFormat: { type: 'json-object' } })['messages']).toEqual([{ role: 'system', content: expect.stringContaining('JSON') }, { role: 'user', content: 'hi' }]);
    expect(body({ answerFormat: { type: 'json-object' }, messages: [{ role: 'user', parts: [{ type: 'text', text: 'in json, please' }] }] })['messages']).toHaveLength(1);
  });

  it('writes a conversation with tools', () => {
    expect(
      messages([
        { role: 'system', parts: [{ type: 'text', text: 'be' }, { type: 'text', text: 'brief' }] },
        { ...user, name: 'ann' } as Message,
        { role: 'assistant', parts: [{ ...call, signature: 'google only' }, { ...call, id: 'c2' }] },
        { role: 'tool', results: [{ id: 'toolu_01', name: 'f', parts: [{ type: 'text', text: 'one' }] }, { id: 'c2', name: 'f', parts: [], isError: true }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'done' }, { type: 'refusal', text: 'no' }] },
        { role: 'assistant', parts: [] },
      ]),
    ).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'be' }, { type: 'text', text: 'brief' }] },
      { role: 'user', content: 'hi', name: 'ann' },
      { role: 'assistant', content: null, tool_calls: ['toolu_01', 'c2'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } })) },
      { role: 'tool', tool_call_id: 'toolu_01', content: 'one' },
      { role: 'tool', tool_call_id: 'c2', content: '' },
      { role: 'assistant', content: 'done', refusal: 'no' },
      { role: 'assistant', content: '' },
    ]);
  });

  it('shows what a tool gave back besides text after all its results', () => {
    const image = { type: 'image' as const, source: { kind: 'base64' as const, mediaType: 'image/png', data: 'AA' } };
    expect(messages([{ role: 'tool', results: [{ id: 'c1', name: 'camera', parts: [{ type: 'text', text: 'ok' }, image] }, { id: 'c2', name: null, parts: [{ type: 'text', text: 'b' }] }] }])).toEqual([
      { role: 'tool', tool_call_id: 'c1', content: 'ok' },
      { role: 'tool', tool_call_id: 'c2', content: 'b' },
      { role: 'user', content: [{ type: 'text', text: 'Shown by the tool camera:' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] },
    ]);
  });

  it('writes every kind of part, and refuses a file by its URL', () => {
    const parts: Extract<Message, { role: 'user' }>['parts'] = [
      { type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' }, detail: 'high' },
      { type: 'audio', format: 'wav', data: 'UklG' },
      { type: 'file', source: { kind: 'id', id: 'file-1' } },
      { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } },
    ];
    expect(messages([{ role: 'user', parts }])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'high' } },
          { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'file', file: { filename: 'file.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
        ],
      },
    ]);
    const byUrl: Message[] = [{ role: 'user', parts: [{ type: 'file', source: { kind: 'url', url: 'https://x.example/a.pdf' } }] }];
    expect(refused(() => messages(byUrl))).toEqual(['param_not_supported', 'files']);
    expect(JSON.stringify(messages(byUrl, known('openrouter')))).toContain('"file_data":"https://x.example/a.pdf"');
  });

  it('sends no extras to providers that are not known to take them', () => {
    const extras = { metadata: { a: 'b' }, secret_switch: true };
    expect(writeRequest(ask({ extras }), plain)).toMatchObject({ usedExtras: [] });
    expect(writeRequest(ask({ extras }), known('openai'))).toMatchObject({ usedExtras: ['metadata'], body: { metadata: { a: 'b' } } });
  });
});

describe("OpenAI's models by name", () => {
  const all = { temperature: 1, topP: 1, frequencyPenalty: 1, presencePenalty: 1, logprobs: { top: 0 }, logitBias: { 1: 1 }, stop: ['x'], maxTokens: 9 };

  it.each(['o1', 'o3-mini', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5-nano', 'gpt-5.1-chat-latest', 'gpt-5.6-sol', 'gpt-6-luna', 'gpt-10'])('%s reasons: no sampling, a developer, the newer token limit', (model) => {
    for (const id of ['openai', 'azure-openai']) {
      const { body: written, dropped } = sent(ask({ model, ...all, messages: [{ role: 'system', parts: [{ type: 'text', text: 's' }] }, user] }), known(id));
      expect(written).toEqual({ model, messages: [{ role: 'developer', content: 's' }, { role: 'user', content: 'hi' }], max_completion_tokens: 9 });
      expect(dropped).toEqual(['temperature', 'top_p', 'stop', 'frequency_penalty', 'presence_penalty', 'logprobs', 'logit_bias']);
    }
  });

  it.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5-chat-latest', 'chatgpt-4o-latest', 'gpt-35-turbo', 'my-deployment'])('%s does not: it samples, and takes no effort', (model) => {
    const { body: written, dropped } = sent(ask({ model, ...all, reasoning: { effort: 'low' } }), known('openai'));
    expect(written).toMatchObject({ temperature: 1, top_p: 1, stop: ['x'], max_completion_tokens: 9, logprobs: true });
    expect(dropped).toEqual(['reasoning_effort']);
  });

  it('tells gpt-5.6 not to reason when it has tools, because it refuses both together', () => {
    const { body: written, dropped } = sent(ask({ model: 'gpt-5.6-sol', tools: [tool], reasoning: { effort: 'high' } }), known('openai'));
    expect(written['reasoning_effort']).toBe('none');
    expect(dropped).toEqual(['reasoning_effort']);
    expect(sent(ask({ model: 'gpt-5.6-sol', tools: [tool] }), known('openai'))).toMatchObject({ body: { reasoning_effort: 'none' }, dropped: [] });
    expect(body({ model: 'gpt-5.4', tools: [tool], reasoning: { effort: 'high' } }, known('openai'))['reasoning_effort']).toBe('high');
  });
});

describe('providers that differ', () => {
  const thoughtful: Message[] = [user, { role: 'assistant', parts: [{ type: 'reasoning', text: 'hm', signature: 's' }, { type: 'text', text: 'a' }, call] }, { role: 'tool', results: [{ id: 'toolu_01', name: 'f', parts: [] }] }];

  it('Mistral: its own words for seed, tools, ids, prefix and thoughts', () => {
    const mistral = known('mistral');
    expect(body({ seed: 7, temperature: 2, tools: [tool], toolChoice: 'required' }, mistral)).toMatchObject({ random_seed: 7, temperature: 1.5, tool_choice: 'any' });
    expect(body({ tools: [tool, { ...tool, name: 'g' }], toolChoice: { name: 'g' } }, mistral)).toMatchObject({ tools: [{ function: { name: 'g' } }], tool_choice: 'any' });
    const [, assistant, result] = messages(thoughtful, mistral) as { tool_calls: { id: string }[]; tool_call_id: string; content: unknown }[];
    expect(assistant?.tool_calls[0]?.id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(result?.tool_call_id).toBe(assistant?.tool_calls[0]?.id);
    expect(assistant?.content).toEqual([{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }, { type: 'text', text: 'a' }]);
    expect(messages([user, { role: 'assistant', parts: [{ type: 'text', text: '{' }] }], mistral)).toEqual([{ role: 'user', content: 'hi' }, { role: 'assistant', content: '{', prefix: true }]);
    expect(sent(ask({ user: 'u', logprobs: { top: 0 } }), mistral).dropped).toEqual(['logprobs', 'user']);
  });

  it('DeepSeek: thoughts go back with every call, a schema becomes words, and the switch is named thinking', () => {
    const deepseek = known('deepseek');
    expect(messages(thoughtful, deepseek)).toContainEqual(expect.objectContaining({ reasoning_content: 'hm', content: 'a' }));
    expect(messages([user, { role: 'assistant', parts: [call] }], deepseek)).toContainEqual(expect.objectContaining({ reasoning_content: '' }));
    expect(body({ answerFormat: format }, deepseek)).toMatchObject({ response_format: { type: 'json_object' }, messages: [{ role: 'system', content: expect.stringContaining('{"type":"object"}') }, { role: 'user' }] });
    expect(body({ reasoning: { effort: 'none' } }, deepseek)['thinking']).toEqual({ type: 'disabled' });
    expect(body({ reasoning: { budget: 5000 } }, deepseek)['thinking']).toEqual({ type: 'enabled' });
    expect(messages([{ role: 'user', parts: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }] }], deepseek)).toEqual([{ role: 'user', content: 'a\n\nb' }]);
    expect(sent(ask({ seed: 1 }), deepseek).dropped).toEqual(['seed']);
  });

  it('Groq and Cerebras: tools or JSON, not both', () => {
    for (const id of ['groq', 'cerebras']) {
      expect(refused(() => body({ tools: [tool], answerFormat: format }, known(id)))).toEqual(['param_not_supported', 'response_format']);
      expect(messages(thoughtful, known(id))).toContainEqual(expect.objectContaining({ reasoning: 'hm' }));
    }
    expect(refused(() => body({ n: 2 }, known('groq')))).toEqual(['param_not_supported', 'n']);
    expect(sent(ask({ reasoning: { effort: 'low' } }), known('groq')).dropped).toEqual(['reasoning_effort']);
    expect(body({ model: 'openai/gpt-oss-120b', reasoning: { effort: 'xhigh' } }, known('groq'))['reasoning_effort']).toBe('high');
    expect(body({ maxTokens: 5 }, known('cerebras'))).toHaveProperty('max_completion_tokens', 5);
  });

  it('xAI: its own name for parallel calls, no closed schemas, no stop', () => {
    const schema = { type: 'object', additionalProperties: false, properties: { additionalProperties: { type: 'string' }, a: { type: 'object', additionalProperties: false } } };
    const written = body({ tools: [{ name: 'f', parameters: schema }], parallelToolCalls: false }, known('xai'));
    expect(written).toMatchObject({ parallel_function_calling: false });
    expect((written['tools'] as { function: { parameters: unknown } }[])[0]?.function.parameters).toEqual({ type: 'object', properties: { additionalProperties: { type: 'string' }, a: { type: 'object' } } });
    expect(sent(ask({ stop: ['x'], frequencyPenalty: 1 }), known('xai')).dropped).toEqual(['stop', 'frequency_penalty']);
  });

  it('Z.ai: tools can be left free or left out, never forced', () => {
    const zai = known('zai');
    expect(body({ tools: [tool], toolChoice: 'none' }, zai)).not.toHaveProperty('tools');
    expect(body({ tools: [tool], stream: true }, zai)).toMatchObject({ tool_stream: true, tools: [{}] });
    expect(refused(() => body({ tools: [tool], toolChoice: 'required' }, zai))).toEqual(['param_not_supported', 'tool_choice']);
  });

  it('Moonshot: no $schema, no sampling with Kimi', () => {
    const moonshot = known('moonshot');
    expect(JSON.stringify(body({ tools: [{ name: 'f', parameters: { $schema: 'https://json-schema.org/x', type: 'object' } }] }, moonshot))).not.toContain('$schema');
    expect(sent(ask({ model: 'kimi-k3', temperature: 0.2, reasoning: { effort: 'low' } }), moonshot).dropped).toEqual(['temperature', 'reasoning_effort']);
    expect(messages(thoughtful, moonshot)).toContainEqual(expect.objectContaining({ reasoning_content: 'hm' }));
  });

  it('DashScope: thinking has a switch and a budget', () => {
    expect(body({ reasoning: { budget: 5000 } }, known('dashscope'))).toMatchObject({ enable_thinking: true, thinking_budget: 5000 });
    expect(body({ reasoning: { effort: 'none' } }, known('dashscope'))).toMatchObject({ enable_thinking: false });
  });

  it('OpenRouter: cache marks, proofs and budgets are passed on', () => {
    const openrouter = known('openrouter');
    expect(messages([{ role: 'user', parts: [{ type: 'text', text: 'x', cache: '1h' }] }], openrouter)).toEqual([{ role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }] }]);
    expect(messages([user, { role: 'assistant', parts: [{ type: 'reasoning', text: 'hm', signature: 's' }, { ...call, signature: 'proof' }] }], openrouter)).toContainEqual(
      expect.objectContaining({
        reasoning: 'hm',
        reasoning_details: [
          { type: 'reasoning.text', text: 'hm', signature: 's', index: 0 },
          { type: 'reasoning.encrypted', id: 'toolu_01', data: 'proof', format: 'google-gemini-v1', index: 1 },
        ],
        tool_calls: [{ id: 'toolu_01', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      }),
    );
    expect(body({ reasoning: { budget: 2000, isShown: false } }, openrouter)['reasoning']).toEqual({ max_tokens: 2000, exclude: true });
  });
});
