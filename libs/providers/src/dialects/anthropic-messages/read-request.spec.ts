import { AppError } from '@byok/kernel';
import { readRequest } from './read-request.js';

const LEAST = { model: 'claude-sonnet-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const read = (members: object) => readRequest({ ...LEAST, ...members });
const saying = (content: unknown, role = 'user') => read({ messages: [{ role, content }] }).messages;
const failure = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, param: error.details?.['param'] };
    throw error;
  }
  return null;
};

describe('reading a request of the Messages API', () => {
  it('says nothing that the caller did not say', () => {
    expect(readRequest(LEAST)).toEqual({ model: 'claude-sonnet-5', stream: false, maxTokens: 100, messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }], extras: {} });
    expect(read({ temperature: null, tools: null, system: null, thinking: null, metadata: null, output_config: null, service_tier: null })).toEqual(readRequest(LEAST));
  });

  it('takes every parameter to its place', () => {
    const members = { stream: true, temperature: 0.5, top_p: 0.9, top_k: 40, stop_sequences: ['END'], metadata: { user_id: 'u-1' } };
    expect(read(members)).toMatchObject({ stream: true, temperature: 0.5, topP: 0.9, topK: 40, stop: ['END'], user: 'u-1', extras: {} });
  });

  it('puts the system prompt first, as text or as blocks with cache marks', () => {
    expect(read({ system: 'Be brief.' }).messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] });
    const blocks = [
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'c', cache_control: { type: 'ephemeral', ttl: '5m' } },
      { type: 'text', text: 'd', cache_control: null },
    ];
    expect(read({ system: blocks }).messages[0]).toEqual({
      role: 'system',
      parts: [{ type: 'text', text: 'a', cache: '5m' }, { type: 'text', text: 'b', cache: '1h' }, { type: 'text', text: 'c', cache: '5m' }, { type: 'text', text: 'd' }],
    });
  });

  it('reads a system message in the middle where it stands', () => {
    const messages = [{ role: 'user', content: 'a' }, { role: 'system', content: 'b' }, { role: 'user', content: 'c' }];
    expect(read({ messages }).messages.map(({ role }) => role)).toEqual(['user', 'system', 'user']);
  });

  it('reads images inline and by URL', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk\n=' }, cache_control: { type: 'ephemeral' } };
    expect(saying([image, { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }])).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' }, cache: '5m' },
          { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
        ],
      },
    ]);
  });

  it('reads documents of every source; those of text become text', () => {
    const document = (source: object, more = {}) => ({ type: 'document', source, ...more });
    expect(
      saying([
        document({ type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' }, { title: 'a.pdf', context: 'of 2026', cache_control: { type: 'ephemeral', ttl: '1h' } }),
        document({ type: 'url', url: 'https://example.com/b.pdf' }),
        document({ type: 'file', file_id: 'file_1' }),
        document({ type: 'text', media_type: 'text/plain', data: 'plain' }, { title: 'c.txt' }),
        document({ type: 'content', content: [{ type: 'text', text: 'inside' }] }),
        document({ type: 'content', content: 'just text' }),
      ]),
    ).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'of 2026' },
          { type: 'file', name: 'a.pdf', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERg==' }, cache: '1h' },
          { type: 'file', source: { kind: 'url', url: 'https://example.com/b.pdf' } },
          { type: 'file', source: { kind: 'id', id: 'file_1' } },
          { type: 'text', text: 'c.txt' },
          { type: 'text', text: 'plain' },
          { type: 'text', text: 'inside' },
          { type: 'text', text: 'just text' },
        ],
      },
    ]);
  });

  it('reads what the assistant said, thought and called', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'thinking', thinking: 'of another vendor', signature: '' },
      { type: 'redacted_thinking', data: 'sealed' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'toolu_1', name: 'find', input: { q: 'x' } },
    ];
    expect(saying(content, 'assistant')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', signature: 'sig' },
          { type: 'reasoning', text: 'of another vendor' },
          { type: 'reasoning', text: '', signature: 'sealed', isSealed: true },
          { type: 'text', text: 'Let me look.' },
          { type: 'tool-call', id: 'toolu_1', name: 'find', arguments: '{"q":"x"}' },
        ],
      },
    ]);
  });

  it('puts tool results in a message of their own before the rest, with the name of the call', () => {
    const messages = [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'find', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'and now?' },
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'found', is_error: true, cache_control: { type: 'ephemeral' } },
          { type: 'tool_result', tool_use_id: 'unknown', content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }] },
          { type: 'tool_result', tool_use_id: 'toolu_1' },
        ],
      },
    ];
    expect(read({ messages }).messages.slice(1)).toEqual([
      {
        role: 'tool',
        results: [
          { id: 'toolu_1', name: 'find', parts: [{ type: 'text', text: 'found' }], isError: true, cache: '5m' },
          { id: 'unknown', name: null, parts: [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }] },
          { id: 'toolu_1', name: 'find', parts: [] },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'and now?' }] },
    ]);
  });

  it('reads tools of the caller', () => {
    const schema = { type: 'object', properties: { q: { type: 'string' } } };
    const tools = [
      { name: 'a', description: 'finds', input_schema: schema, strict: true, cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'custom', name: 'b' },
    ];
    expect(read({ tools }).tools).toEqual([
      { name: 'a', description: 'finds', parameters: schema, strict: true, cache: '1h' },
      { name: 'b', parameters: { type: 'object', properties: {} } },
    ]);
  });

  it.each(['web_search_20250305', 'code_execution_20250825', 'bash_20250124', 'computer_20250124', 'text_editor_20250728'])('refuses the tool %s and names it', (type) => {
    expect(() => read({ tools: [{ type, name: 'x' }] })).toThrow(type);
    expect(failure(() => read({ tools: [{ type, name: 'x' }] }))).toEqual({ code: 'param_not_supported', param: 'tools.0' });
  });

  it.each([
    [{ type: 'auto' }, { toolChoice: 'auto' }],
    [{ type: 'any' }, { toolChoice: 'required' }],
    [{ type: 'none' }, { toolChoice: 'none' }],
    [{ type: 'tool', name: 'find' }, { toolChoice: { name: 'find' } }],
    [{ type: 'auto', disable_parallel_tool_use: true }, { toolChoice: 'auto', parallelToolCalls: false }],
    [{ type: 'any', disable_parallel_tool_use: false }, { toolChoice: 'required' }],
  ])('reads the tool choice %j', (tool_choice, expected) => {
    const { toolChoice, parallelToolCalls } = read({ tool_choice });
    expect({ toolChoice, parallelToolCalls }).toEqual(expected);
  });

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { budget: 2000, isShown: true }],
    [{ thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' } }, { budget: 2000, isShown: false }],
    [{ thinking: { type: 'adaptive' } }, { isShown: true }],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, { effort: 'low', isShown: true }],
    [{ thinking: { type: 'between_tools' } }, { effort: 'minimal' }],
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
    [{ output_config: { effort: 'max' } }, { effort: 'xhigh' }],
  ])('reads the wish to think in %j', (members, expected) => {
    expect(read(members).reasoning).toEqual(expected);
  });

  it('reads a JSON schema for the answer, under its new and its old name', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    const expected = { type: 'json-schema', name: 'answer', schema: { type: 'object' } };
    expect(read({ output_config: { format } }).answerFormat).toEqual(expected);
    expect(read({ output_format: format }).answerFormat).toEqual(expected);
  });

  it('keeps what it does not know under its own name', () => {
    const members = { service_tier: 'auto', container: 'c1', brand_new: { a: 1 }, output_config: { effort: 'high', task_budget: { total: 1 } } };
    expect(read(members).extras).toEqual({ service_tier: 'auto', container: 'c1', brand_new: { a: 1 }, output_config: { task_budget: { total: 1 } } });
  });

  it.each([
    [{ max_tokens: undefined }, 'max_tokens'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_tokens: '5' }, 'max_tokens'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: [5] }, 'messages.0'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user' }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages.0.content.0.text'],
    [{ messages: [{ role: 'user', content: [{}] }] }, 'messages.0.content.0.type'],
    [{ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'ftp' } }] }] }, 'messages.0.content.0.source.type'],
    [{ messages: [{ role: 'user', content: [{ type: 'document', source: {} }] }] }, 'messages.0.content.0.source.type'],
    [{ messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }, 'messages.0.content.0.tool_use_id'],
    [{ messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: '{}' }] }] }, 'messages.0.content.0.input'],
    [{ system: 5 }, 'system'],
    [{ tools: {} }, 'tools'],
    [{ tools: [{}] }, 'tools.0.name'],
    [{ tool_choice: 'auto' }, 'tool_choice'],
    [{ tool_choice: { type: 'maybe' } }, 'tool_choice.type'],
    [{ stop_sequences: 'END' }, 'stop_sequences'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ thinking: { type: 'deeply' } }, 'thinking.type'],
    [{ output_config: { effort: 'huge' } }, 'output_config.effort'],
    [{ output_config: { format: { type: 'xml' } } }, 'output_config.format.type'],
  ])('refuses %j and names the place', (members, param) => {
    expect(failure(() => read(members))).toEqual({ code: 'invalid_request', param });
  });

  it.each([
    [{ type: 'search_result', source: 's', title: 't', content: [] }, 'user'],
    [{ type: 'server_tool_use', id: 'a', name: 'web_search', input: {} }, 'assistant'],
    [{ type: 'image', source: { type: 'file', file_id: 'file_1' } }, 'user'],
  ])('refuses what no other provider could be told: %j', (block, role) => {
    expect(failure(() => saying([block], role))).toMatchObject({ code: 'param_not_supported' });
  });
});
