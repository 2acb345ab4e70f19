import { AppError } from '@byok/kernel';
import { readRequest } from './read-request.js';

const read = (body: object) => readRequest({ model: 'm', input: 'hi', ...body });
const messagesOf = (...input: object[]) => readRequest({ model: 'm', input }).messages;
const userParts = (...content: object[]) => (messagesOf({ role: 'user', content })[0] as { parts: unknown }).parts;
const refusal = (body: object): { code: string; param: unknown; message: string } => {
  try {
    read(body);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, param: error.details?.['param'], message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('fields of a Responses request', () => {
  it('leaves absent what the caller did not say, or said with null', () => {
    const least = { model: 'm', stream: false, messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }], extras: {} };
    const nothing = { instructions: null, temperature: null, tools: null, tool_choice: null, text: null, reasoning: null, stream: null, user: null, metadata: null, previous_response_id: null, conversation: null, prompt: null, background: false, include: null, max_output_tokens: null };
    expect(read({})).toEqual(least);
    expect(read(nothing)).toEqual(least);
    expect(Object.keys(read(nothing))).toEqual(['model', 'stream', 'messages', 'extras']);
  });

  it('reads every number, flag and word under its own name', () => {
    const body = { stream: true, max_output_tokens: 5, temperature: 0, top_p: 0.5, top_logprobs: 3, user: 'u', parallel_tool_calls: false };
    expect(read(body)).toEqual({ model: 'm', stream: true, messages: read({}).messages, maxTokens: 5, temperature: 0, topP: 0.5, logprobs: { top: 3 }, user: 'u', parallelToolCalls: false, extras: {} });
  });

  it('takes the safety identifier for the user, and keeps it beside one', () => {
    expect(read({ safety_identifier: 's' })).toMatchObject({ user: 's', extras: {} });
    expect(read({ safety_identifier: 's', user: 'u' })).toMatchObject({ user: 'u', extras: { safety_identifier: 's' } });
  });

  it.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json-object' }],
    [{ type: 'json_schema', name: 'a', schema: { type: 'object' } }, { type: 'json-schema', name: 'a', schema: { type: 'object' } }],
    [{ type: 'json_schema', name: 'a', schema: {}, strict: true, description: 'd' }, { type: 'json-schema', name: 'a', schema: {}, strict: true, description: 'd' }],
  ])('reads the form of the answer %j', (format, answerFormat) => expect(read({ text: { format } }).answerFormat).toEqual(answerFormat));

  it.each([
    [{ effort: 'low' }, { effort: 'low' }],
    [{ effort: 'max' }, { effort: 'xhigh' }],
    [{ effort: 'high', summary: 'detailed' }, { effort: 'high', isShown: true }],
    [{ generate_summary: 'auto' }, { isShown: true }],
    [{}, undefined],
  ])('reads the wish for reasoning %j', (reasoning, wish) => expect(read({ reasoning }).reasoning).toEqual(wish));

  it('asks for logprobs when they are included, too', () => expect(read({ include: ['message.output_text.logprobs'] })).toMatchObject({ logprobs: { top: 0 }, extras: {} }));

  it('keeps what it has no place for under its own name', () => {
    const extras = { metadata: { a: 'b' }, service_tier: 'flex', prompt_cache_key: 'k', max_tool_calls: 3, truncation: 'auto', store: true, include: ['web_search_call.results'], seed: 7 };
    expect(read({ ...extras, text: { verbosity: 'low' }, reasoning: { mode: 'pro', context: 'auto' } }).extras).toEqual({ ...extras, verbosity: 'low', 'reasoning.mode': 'pro', 'reasoning.context': 'auto' });
  });

  it('counts nothing as extra that is so anyway', () => {
    expect(read({ store: false, truncation: 'disabled', include: ['reasoning.encrypted_content'], stream_options: { include_obfuscation: false } }).extras).toEqual({});
  });
});

describe('tools of a Responses request', () => {
  const find = { type: 'function', name: 'find', description: 'd', parameters: { type: 'object' }, strict: true };
  const list = { type: 'function', name: 'list', parameters: null, strict: null };

  it('reads functions', () => {
    expect(read({ tools: [find, list] }).tools).toEqual([
      { name: 'find', description: 'd', parameters: { type: 'object' }, strict: true },
      { name: 'list', parameters: { type: 'object', properties: {} } },
    ]);
  });

  it.each(['auto', 'none', 'required'])('reads the choice %s', (choice) => expect(read({ tools: [find], tool_choice: choice }).toolChoice).toBe(choice));
  it('reads the choice of one function', () => expect(read({ tools: [find], tool_choice: { type: 'function', name: 'find' } }).toolChoice).toEqual({ name: 'find' }));
  it('leaves of the tools those that are allowed', () => {
    const { tools, toolChoice } = read({ tools: [find, list], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'list' }] } });
    expect(tools?.map(({ name }) => name)).toEqual(['list']);
    expect(toolChoice).toBe('required');
  });

  it.each(['web_search', 'web_search_preview', 'file_search', 'computer_use_preview', 'code_interpreter', 'mcp', 'image_generation', 'local_shell', 'custom', 'namespace'])('refuses the built-in tool %s by its name', (type) => {
    const refused = refusal({ tools: [find, { type, name: 'x' }] });
    expect(refused).toMatchObject({ code: 'param_not_supported', param: 'tools[1].type' });
    expect(refused.message).toContain(`"${type}"`);
    expect(refusal({ tools: [find], tool_choice: { type } })).toMatchObject({ code: 'param_not_supported', param: 'tool_choice' });
  });
});

describe('items of a Responses request', () => {
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'find', arguments: '{"q":1}', status: 'completed' };

  it('reads instructions as the first system message, whatever role the others have', () => {
    expect(readRequest({ instructions: 'Be brief.', input: [{ role: 'developer', content: 'a' }, { role: 'system', content: [{ type: 'input_text', text: 'b' }] }] }).messages).toEqual(
      ['Be brief.', 'a', 'b'].map((text) => ({ role: 'system', parts: [{ type: 'text', text }] })),
    );
  });

  it('reads every kind of a user part', () => {
    const parts = userParts(
      { type: 'input_text', text: 't' },
      { type: 'input_image', image_url: 'https://a.test/i.png', detail: 'original' },
      { type: 'input_image', image_url: 'data:image/PNG;base64,AA\nBB', detail: 'low' },
      { type: 'input_file', file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' },
      { type: 'input_file', file_data: 'AA==' },
      { type: 'input_file', file_url: 'https://a.test/a.pdf' },
      { type: 'input_file', file_id: 'file-1' },
      { type: 'input_audio', input_audio: { format: 'wav', data: 'AA==' } },
    );
    expect(parts).toEqual([
      { type: 'text', text: 't' },
      { type: 'image', source: { kind: 'url', url: 'https://a.test/i.png' }, detail: 'high' },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AABB' }, detail: 'low' },
      { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' }, name: 'a.pdf' },
      { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' } },
      { type: 'file', source: { kind: 'url', url: 'https://a.test/a.pdf' } },
      { type: 'file', source: { kind: 'id', id: 'file-1' } },
      { type: 'audio', format: 'wav', data: 'AA==' },
    ]);
  });

  it('reads breakpoints of the prompt cache', () => {
    const marked = (ttl?: string) => ({ type: 'input_text', text: 't', prompt_cache_breakpoint: { mode: 'explicit', ttl } });
    expect(userParts(marked(), marked('30m'), marked('12h'))).toEqual(['5m', '1h', '1h'].map((cache) => ({ type: 'text', text: 't', cache })));
  });

  it('puts what the model said in a row into one message, and results of calls into the next', () => {
    const messages = messagesOf(
      { role: 'user', content: 'hi' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }, { type: 'summary_text', text: 'b' }], encrypted_content: 'seal' },
      { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'well', annotations: [] }, { type: 'refusal', refusal: 'no' }] },
      call,
      { ...call, call_id: 'call_2', name: 'list', arguments: '', thought_signature: 's' },
      { type: 'function_call_output', call_id: 'call_1', output: 'found' },
      { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'x' }, { type: 'input_image', image_url: 'https://a.test/i.png' }] },
      { type: 'function_call_output', call_id: 'call_9', output: '' },
    );
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'a\n\nb', signature: 'seal', isSealed: true },
          { type: 'text', text: 'well' },
          { type: 'refusal', text: 'no' },
          { type: 'tool-call', id: 'call_1', name: 'find', arguments: '{"q":1}' },
          { type: 'tool-call', id: 'call_2', name: 'list', arguments: '{}', signature: 's' },
        ],
      },
      {
        role: 'tool',
        results: [
          { id: 'call_1', name: 'find', parts: [{ type: 'text', text: 'found' }] },
          { id: 'call_2', name: 'list', parts: [{ type: 'text', text: 'x' }, { type: 'image', source: { kind: 'url', url: 'https://a.test/i.png' } }] },
          { id: 'call_9', name: null, parts: [{ type: 'text', text: '' }] },
        ],
      },
    ]);
  });

  it('reads reasoning in the open, and a proof that we marked as one', () => {
    const reasoning = (item: object) => (messagesOf({ type: 'reasoning', id: 'r', summary: [], ...item }, { role: 'assistant', content: 'x' })[0] as { parts: unknown[] }).parts[0];
    expect(reasoning({ content: [{ type: 'reasoning_text', text: 'full' }] })).toEqual({ type: 'reasoning', text: 'full' });
    expect(reasoning({ summary: [{ type: 'summary_text', text: 'short' }], encrypted_content: 'proof:sig' })).toEqual({ type: 'reasoning', text: 'short', signature: 'sig' });
    expect(reasoning({ encrypted_content: 'gAAA' })).toEqual({ type: 'reasoning', text: '', signature: 'gAAA', isSealed: true });
    expect(reasoning({})).toEqual({ type: 'text', text: 'x' });
  });
});

describe('what a Responses request is refused for', () => {
  it.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: { id: 'conv_1' } }, 'conversation'],
    [{ prompt: { id: 'pmpt_1' }, input: undefined }, 'prompt'],
    [{ background: true }, 'background'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]'],
    [{ input: [{ type: 'web_search_call', id: 'ws_1' }] }, 'input[0].type'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] }] }, 'input[0].content[0].file_id'],
  ])('keeps state elsewhere: %j', (body, param) => {
    const refused = refusal(body);
    expect(refused).toMatchObject({ code: 'param_not_supported', param });
    expect(refused.message).toContain('speaks the Responses API');
  });

  it.each([
    [{ input: undefined }, 'input'],
    [{ input: 5 }, 'input'],
    [{ input: ['x'] }, 'input[0]'],
    [{ input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
    [{ input: [{ role: 'user', content: [{ type: 'video' }] }] }, 'input[0].content[0].type'],
    [{ input: [{ role: 'system', content: [{ type: 'input_image', image_url: 'https://a.test' }] }] }, 'input[0].content[0].type'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'ftp://a.test' }] }] }, 'input[0].content[0].image_url'],
    [{ input: [{ type: 'function_call', name: 'x', arguments: '{}' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'function_call_output', call_id: 'c', output: { a: 1 } }] }, 'input[0].output'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ instructions: ['x'] }, 'instructions'],
    [{ tools: {} }, 'tools'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tool_choice: 'sometimes' }, 'tool_choice'],
    [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
    [{ reasoning: { effort: 'extreme' } }, 'reasoning.effort'],
    [{ stream: 'yes' }, 'stream'],
  ])('has the wrong shape: %j', (body, param) => expect(refusal(body)).toMatchObject({ code: 'invalid_request', param }));
});
