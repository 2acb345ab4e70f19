import { AppError } from '@byok/kernel';
import { readRequest } from './read-request.js';

const hi = { role: 'user', content: 'hi' };
const read = (body: object) => readRequest({ model: 'm', messages: [hi], ...body });
const messagesOf = (...messages: object[]) => readRequest({ model: 'm', messages }).messages;
const refusal = (run: () => unknown): { code: string; param: unknown } => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, param: error.details?.['param'] };
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('fields of a chat completions request', () => {
  it('leaves absent what the caller did not say, or said with null', () => {
    const least = { model: 'm', stream: false, messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }], extras: {} };
    expect(read({})).toEqual(least);
    expect(read({ temperature: null, stop: null, tools: null, tool_choice: null, response_format: null, logprobs: null, stream: null, user: null, stream_options: null, metadata: null, reasoning_effort: null })).toEqual(least);
    expect(Object.keys(read({}))).toEqual(['model', 'stream', 'messages', 'extras']);
  });

  it('reads every number, flag and word under its own name', () => {
    const body = { stream: true, max_tokens: 5, temperature: 0, top_p: 0.5, top_k: 3, seed: 7, frequency_penalty: -1, presence_penalty: 1, n: 2, user: 'u', logit_bias: { 50256: -100 }, parallel_tool_calls: false };
    expect(read(body)).toMatchObject({ stream: true, maxTokens: 5, temperature: 0, topP: 0.5, topK: 3, seed: 7, frequencyPenalty: -1, presencePenalty: 1, n: 2, user: 'u', logitBias: { 50256: -100 }, parallelToolCalls: false });
  });

  it('takes the newer name of the token limit before the older', () => {
    expect(read({ max_tokens: 5, max_completion_tokens: 9 }).maxTokens).toBe(9);
  });

  it('reads stop as one text or as a list', () => {
    expect(read({ stop: 'END' }).stop).toEqual(['END']);
    expect(read({ stop: ['a', 'b'] }).stop).toEqual(['a', 'b']);
    expect(read({ stop: [] })).not.toHaveProperty('stop');
  });

  it('reads logprobs only when they are switched on', () => {
    expect(read({ logprobs: true, top_logprobs: 4 }).logprobs).toEqual({ top: 4 });
    expect(read({ logprobs: true }).logprobs).toEqual({ top: 0 });
    expect(read({ logprobs: false })).not.toHaveProperty('logprobs');
  });

  it('reads each answer format', () => {
    expect(read({ response_format: { type: 'text' } }).answerFormat).toEqual({ type: 'text' });
    expect(read({ response_format: { type: 'json_object' } }).answerFormat).toEqual({ type: 'json-object' });
    const json_schema = { name: 'point', description: 'a point', strict: true, schema: { type: 'object' } };
    expect(read({ response_format: { type: 'json_schema', json_schema } }).answerFormat).toEqual({ type: 'json-schema', ...json_schema });
  });

  it('reads a wish for reasoning as OpenAI and as aggregators say it', () => {
    expect(read({ reasoning_effort: 'low' }).reasoning).toEqual({ effort: 'low' });
    expect(read({ reasoning_effort: 'max' }).reasoning).toEqual({ effort: 'xhigh' });
    expect(read({ reasoning: { max_tokens: 2000, exclude: true } }).reasoning).toEqual({ budget: 2000, isShown: false });
    expect(read({ reasoning: { enabled: false } }).reasoning).toEqual({ effort: 'none' });
  });

  it('knows whether usage is wanted in the stream', () => {
    expect(read({ stream_options: { include_usage: true, include_obfuscation: false } }).includeUsage).toBe(true);
    expect(read({ stream_options: {} })).not.toHaveProperty('includeUsage');
  });

  it('keeps what it does not know under its own name, and nothing of what it knows', () => {
    expect(read({ metadata: { a: 'b' }, verbosity: 'low', modalities: ['text'], min_p: 0.1 }).extras).toEqual({ metadata: { a: 'b' }, verbosity: 'low', min_p: 0.1 });
    const { extras } = readRequest(JSON.parse('{"messages":[{"role":"user","content":"x"}],"__proto__":{"polluted":1}}') as Record<string, unknown>);
    expect(Object.getPrototypeOf(extras)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    [{ messages: undefined }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: ['x'] }, 'messages[0]'],
    [{ messages: [{ role: 'critic', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'function', name: 'f', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'video' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'ftp://x' } }] }] }, 'messages[0].content[0].image_url.url'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png,plain' } }] }] }, 'messages[0].content[0].image_url.url'],
    [{ messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] }] }, 'messages[0].content'],
    [{ messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }] }, 'messages[0].tool_calls[0].id'],
    [{ messages: [{ role: 'assistant', function_call: { name: 'f', arguments: '{}' } }] }, 'messages[0].function_call'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ stop: [1] }, 'stop'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ function_call: 'auto' }, 'function_call'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    [{ tool_choice: 'maybe' }, 'tool_choice'],
    [{ response_format: { type: 'yaml' } }, 'response_format.type'],
    [{ response_format: { type: 'json_schema', json_schema: {} } }, 'response_format.json_schema.name'],
    [{ reasoning_effort: 'heroic' }, 'reasoning_effort'],
    [{ logit_bias: { a: 'b' } }, 'logit_bias'],
  ])('refuses %j and names the field', (body, param) => {
    expect(refusal(() => read(body))).toEqual({ code: 'invalid_request', param });
  });

  it.each([
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type'],
    [{ tool_choice: { type: 'custom', custom: { name: 'x' } } }, 'tool_choice'],
    [{ modalities: ['text', 'audio'], audio: {} }, 'modalities'],
    [{ messages: [{ role: 'assistant', audio: { id: 'a' } }] }, 'messages[0].audio'],
    [{ messages: [{ role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'x', input: '' } }] }] }, 'messages[0].tool_calls[0]'],
  ])('says of %j that only another provider could be told', (body, param) => {
    expect(refusal(() => read(body))).toEqual({ code: 'param_not_supported', param });
  });
});

describe('tools', () => {
  const tool = { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true }, cache_control: { type: 'ephemeral' } };

  it('reads them whole, and a tool without parameters as one without arguments', () => {
    expect(read({ tools: [tool, { type: 'function', function: { name: 'g' } }] }).tools).toEqual([
      { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true, cache: '5m' },
      { name: 'g', parameters: { type: 'object', properties: {} } },
    ]);
    expect(read({ tools: [] })).not.toHaveProperty('tools');
  });

  it('reads each choice of a tool', () => {
    for (const word of ['auto', 'none', 'required'] as const) expect(read({ tool_choice: word }).toolChoice).toBe(word);
    expect(read({ tool_choice: { type: 'function', function: { name: 'f' } } }).toolChoice).toEqual({ name: 'f' });
  });

  it('leaves of allowed tools only those', () => {
    const request = read({ tools: [tool, { type: 'function', function: { name: 'g' } }], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] } } });
    expect(request.toolChoice).toBe('required');
    expect(request.tools?.map(({ name }) => name)).toEqual(['g']);
  });
});

describe('messages', () => {
  it('takes system and developer for the same', () => {
    expect(messagesOf({ role: 'system', content: 'a' }, { role: 'developer', content: [{ type: 'text', text: 'b' }] })).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'a' }] },
      { role: 'system', parts: [{ type: 'text', text: 'b' }] },
    ]);
  });

  it('reads every kind of part of a user', () => {
    const content = [
      { type: 'text', text: 'see', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'image_url', image_url: { url: 'https://x.example/cat.png', detail: 'low' } },
      { type: 'image_url', image_url: { url: 'data:image/PNG;name=a;base64,AA\nBB' }, cache_control: { type: 'ephemeral' } },
      { type: 'image_url', image_url: 'https://x.example/plain.png' },
      { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
      { type: 'file', file: { file_data: 'JVBE' } },
      { type: 'file', file: { file_id: 'file-1' } },
    ];
    expect(messagesOf({ role: 'user', content, name: 'ann' })).toEqual([
      {
        role: 'user',
        name: 'ann',
        parts: [
          { type: 'text', text: 'see', cache: '1h' },
          { type: 'image', source: { kind: 'url', url: 'https://x.example/cat.png' }, detail: 'low' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AABB' }, cache: '5m' },
          { type: 'image', source: { kind: 'url', url: 'https://x.example/plain.png' } },
          { type: 'audio', format: 'wav', data: 'UklG' },
          { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' }, name: 'a.pdf' },
          { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } },
          { type: 'file', source: { kind: 'id', id: 'file-1' } },
        ],
      },
    ]);
  });

  it('puts a mark on a message on its last part', () => {
    expect(messagesOf({ role: 'user', content: 'long', cache_control: { type: 'ephemeral' } })[0]).toEqual({ role: 'user', parts: [{ type: 'text', text: 'long', cache: '5m' }] });
  });

  it('merges results of tools next to each other and names the calls they answer', () => {
    const calls = [
      { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
      { id: 'c2', type: 'function', function: { name: 'g', arguments: '' } },
    ];
    const [assistant, results] = messagesOf(
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'c2', content: 'two' },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'one' }] },
      { role: 'tool', tool_call_id: 'lost', content: '' },
      hi,
    );
    expect(assistant).toEqual({
      role: 'assistant',
      parts: [
        { type: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
        { type: 'tool-call', id: 'c2', name: 'g', arguments: '{}' },
      ],
    });
    expect(results).toEqual({
      role: 'tool',
      results: [
        { id: 'c2', name: 'g', parts: [{ type: 'text', text: 'two' }] },
        { id: 'c1', name: 'f', parts: [{ type: 'text', text: 'one' }] },
        { id: 'lost', name: null, parts: [{ type: 'text', text: '' }] },
      ],
    });
  });

  it('reads text, refusals and reasoning of earlier answers, under either name', () => {
    expect(messagesOf({ role: 'assistant', content: [{ type: 'text', text: 'a' }, { type: 'refusal', refusal: 'no' }], reasoning_content: 'hm' })[0]).toEqual({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'a' },
        { type: 'refusal', text: 'no' },
      ],
    });
    expect(messagesOf({ role: 'assistant', content: '', refusal: 'no', reasoning: 'hm' })[0]).toEqual({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'hm' },
        { type: 'refusal', text: 'no' },
      ],
    });
  });

  it('takes proofs of reasoning and of calls from where answers have them', () => {
    const message = {
      role: 'assistant',
      content: null,
      reasoning_content: 'only the last piece, as some clients keep it',
      reasoning_details: [
        { type: 'reasoning.text', text: 'think', index: 0 },
        { type: 'reasoning.text', text: 'ing', signature: 'sig', index: 0 },
        { type: 'reasoning.encrypted', data: 'sealed', index: 1 },
        { type: 'reasoning.encrypted', id: 'c2', data: 'proof-2', format: 'google-gemini-v1', index: 2 },
      ],
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: { thought_signature: 'proof-1' } } },
        { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
      ],
    };
    expect(messagesOf(message)[0]).toEqual({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'thinking', signature: 'sig' },
        { type: 'reasoning', text: '', signature: 'sealed', isSealed: true },
        { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}', signature: 'proof-1' },
        { type: 'tool-call', id: 'c2', name: 'g', arguments: '{}', signature: 'proof-2' },
      ],
    });
  });
});
