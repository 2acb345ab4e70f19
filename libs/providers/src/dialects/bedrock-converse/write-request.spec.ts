import fc from 'fast-check';
import { findProvider } from '../../registry.js';
import type { ChatRequest, Message, Tool } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { bedrockConverse } from './index.js';
import { familyOf } from './model-family.js';
import type { ConverseBody } from './wire.js';
import { writeRequest } from './write-request.js';

const CLAUDE = 'us.anthropic.claude-sonnet-4-6';
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const asks = (more: Partial<ChatRequest> = {}): ChatRequest => ({ model: CLAUDE, stream: false, messages: [user('Hi')], extras: {}, ...more });
const body = (more: Partial<ChatRequest> = {}): ConverseBody => writeRequest(asks(more)).body;
const messages = (...given: Message[]) => body({ messages: given }).messages;
const tool = (name: string, more: Partial<Tool> = {}): Tool => ({ name, parameters: { type: 'object', properties: {} }, ...more });
const called = (id: string, name = 'get_weather', args = '{"city":"Paris"}'): Message => ({ role: 'assistant', parts: [{ type: 'tool-call', id, name, arguments: args }] });
const result = (id: string, text = 'Rain', more: object = {}): Message => ({ role: 'tool', results: [{ id, name: null, parts: [{ type: 'text', text }], ...more }] });
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error as { code: string; details: Record<string, unknown> };
  }
  throw new Error('was accepted');
};

describe('the messages of a Converse request', () => {
  it('carry text, images, documents and tool results, roles alternating and results first', () => {
    const written = messages(
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Look:' }, { type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: 'AAAA' } }, { type: 'file', name: 'my report_1.pdf', source: { kind: 'base64', mediaType: 'application/pdf', data: 'BBBB' } }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'I see.' }] },
      called('a'),
      user('And?'),
      result('a'),
    );
    expect(written).toEqual([
      { role: 'user', content: [{ text: 'Look:' }, { image: { format: 'jpeg', source: { bytes: 'AAAA' } } }, { document: { format: 'pdf', name: 'my report 1', source: { bytes: 'BBBB' } } }] },
      { role: 'assistant', content: [{ text: 'I see.' }, { toolUse: { toolUseId: 'a', name: 'get_weather', input: { city: 'Paris' } } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'Rain' }] } }, { text: 'And?' }] },
    ]);
  });

  it('keep the order of results that come in several messages', () => {
    const [, , last] = messages(user('x'), { role: 'assistant', parts: ['a', 'b'].map((id) => ({ type: 'tool-call', id, name: 't', arguments: '' })) }, result('a', '1'), user('so?'), result('b', '2'));
    expect(last!.content).toEqual([{ toolResult: { toolUseId: 'a', content: [{ text: '1' }] } }, { toolResult: { toolUseId: 'b', content: [{ text: '2' }] } }, { text: 'so?' }]);
  });

  it('hold nothing blank, and no white space at the end of a prefill', () => {
    expect(messages(user(' \n'), { role: 'user', parts: [{ type: 'text', text: '' }, { type: 'text', text: 'Hi' }] }, { role: 'assistant', parts: [{ type: 'text', text: '  ' }, { type: 'text', text: 'So: \n' }] })).toEqual([
      { role: 'user', content: [{ text: 'Hi' }] },
      { role: 'assistant', content: [{ text: 'So:' }] },
    ]);
    expect(body({ messages: [{ role: 'system', parts: [{ type: 'text', text: ' ' }] }, user('Hi')] })).not.toHaveProperty('system');
  });

  it('begin with the user even where the conversation does not', () => expect(messages({ role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] }, user('Hi')).map(({ role }) => role)).toEqual(['user', 'assistant', 'user']));

  it('tell a failed tool, where the model knows that', () => {
    const written = (model: string) => body({ model, messages: [user('x'), called('a'), result('a', 'boom', { isError: true })] }).messages.at(-1);
    expect(written(CLAUDE)).toEqual({ role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'boom' }], status: 'error' } }] });
    expect(JSON.stringify(written('meta.llama3-1-70b-instruct-v1:0'))).not.toContain('status');
  });

  it('give reasoning back to Claude with its proof or sealed, and never without', () => {
    const history: Message = { role: 'assistant', parts: [{ type: 'reasoning', text: 'Hm.', signature: 'c2ln' }, { type: 'reasoning', text: '', signature: 'c2VhbGVk', isSealed: true }, { type: 'reasoning', text: 'free' }, { type: 'text', text: 'Yes.' }] };
    expect(messages(user('x'), history, user('y'))[1]!.content).toEqual([{ reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } }, { reasoningContent: { redactedContent: 'c2VhbGVk' } }, { text: 'Yes.' }]);
    expect(body({ model: 'amazon.nova-pro-v1:0', messages: [user('x'), history, user('y')] }).messages[1]!.content).toEqual([{ text: 'Yes.' }]);
  });

  it('never give a tool arguments that were not written', () => {
    const inputs = ['', '{}', '{"a":1}', '[1]', '{"a":'].map((args) => (messages(user('x'), called('a', 't', args))[1]!.content[0] as { toolUse: { input: object } }).toolUse.input);
    expect(inputs).toEqual([{}, {}, { a: 1 }, { invalid_json: '[1]' }, { invalid_json: '{"a":' }]);
  });

  it('name every document, and no two alike', () => {
    const file = (name?: string) => ({ type: 'file' as const, ...(name === undefined ? {} : { name }), source: { kind: 'base64' as const, mediaType: 'text/plain; charset=utf-8', data: 'QQ==' } });
    const names = messages({ role: 'user', parts: [file(), file(), file('a/b  (2)[x].txt'), file('日本.txt'), file('a b (2)[x]')] })[0]!.content.map((block) => (block as { document: { name: string } }).document.name);
    expect(names).toEqual(['document', 'document 2', 'a b (2)[x]', 'document 3', 'a b (2)[x] 2']);
  });

  it('mark what shall be cached, where the model knows such marks', () => {
    const marked: Partial<ChatRequest> = {
      messages: [{ role: 'system', parts: [{ type: 'text', text: 'Long.', cache: '1h' }] }, { role: 'user', parts: [{ type: 'text', text: 'Hi', cache: '5m' }] }],
      tools: [tool('t', { cache: '5m' })],
    };
    const point = { cachePoint: { type: 'default' } };
    const hour = { cachePoint: { type: 'default', ttl: '1h' } };
    expect(body(marked)).toMatchObject({ system: [{ text: 'Long.' }, hour], messages: [{ content: [{ text: 'Hi' }, point] }], toolConfig: { tools: [{ toolSpec: { name: 't' } }, point] } });
    expect(body({ ...marked, model: 'amazon.nova-pro-v1:0' })).toMatchObject({ system: [{ text: 'Long.' }, point], toolConfig: { tools: [{ toolSpec: { name: 't' } }] } });
    expect(JSON.stringify(body({ ...marked, model: 'meta.llama3-1-70b-instruct-v1:0' }))).not.toContain('cachePoint');
  });

  it.each([
    [{ type: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: 'AA' } }, 'images'],
    [{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }, 'images'],
    [{ type: 'file', source: { kind: 'url', url: 'https://x.example/a.pdf' } }, 'files'],
    [{ type: 'file', source: { kind: 'id', id: 'file-1' } }, 'files'],
    [{ type: 'file', source: { kind: 'base64', mediaType: 'application/zip', data: 'AA' } }, 'files'],
    [{ type: 'audio', format: 'wav', data: 'AA' }, 'audio'],
  ] as const)('refuse %j instead of leaving it out', (part, param) => expect(refusal(() => messages({ role: 'user', parts: [part] }))).toMatchObject({ code: 'param_not_supported', details: { param } }));
});

describe('ids and names of tools', () => {
  it('stay as they are wherever they fit', () => expect(JSON.stringify(body({ tools: [tool('get_weather')], messages: [user('x'), called('toolu_01-A'), result('toolu_01-A')] }))).toContain('"toolUseId":"toolu_01-A","name":"get_weather"'));

  it('have nine letters and digits for Mistral models, the same for call and result, in every request', () => {
    const ids = (id: string, model = 'mistral.mistral-large-2407-v1:0') => [...JSON.stringify(body({ model, messages: [user('x'), called(id), result(id)] })).matchAll(/"toolUseId":"([^"]*)"/g)].map(([, found]) => found!);
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (id) => {
        const [call, answer] = ids(id);
        expect(call).toMatch(/^[A-Za-z0-9]{9}$/);
        expect(answer).toBe(call);
        expect(ids(id)).toEqual([call, answer]);
        for (const other of ids(id, CLAUDE)) expect(other).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      }),
    );
    expect(ids('abcDEF123')).toEqual(['abcDEF123', 'abcDEF123']);
    expect(ids('tooluse_aaaaaaaaaa')).not.toEqual(ids('tooluse_aaaaaaaaab'));
  });

  it('that Bedrock refuses are replaced and come back as they were, without two becoming one', () => {
    const names = ['a.b', 'a_b', 'a b', 'a:b', '日本', 'x'.repeat(100), ''];
    const request = asks({ tools: names.map((name) => tool(name)) });
    const wire = writeRequest(request).body.toolConfig!.tools.map((each) => (each as { toolSpec: { name: string } }).toolSpec.name);
    expect(new Set(wire).size).toBe(names.length);
    for (const name of wire) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    const answer = { output: { message: { content: wire.map((name) => ({ toolUse: { toolUseId: 'i', name, input: {} } })) } }, stopReason: 'tool_use' };
    expect(bedrockConverse.readAnswer(answer, findProvider('bedrock')!, request).choices[0]!.parts.map((part) => (part as { name: string }).name)).toEqual(names);
  });
});

describe('tools of a Converse request', () => {
  const history = [user('x'), called('a'), result('a')];

  it('are described by their schema', () =>
    expect(body({ tools: [tool('t', { description: 'Does.' }), tool('u', { description: ' ' })] }).toolConfig).toEqual({
      tools: [{ toolSpec: { name: 't', description: 'Does.', inputSchema: { json: { type: 'object', properties: {} } } } }, { toolSpec: { name: 'u', inputSchema: { json: { type: 'object', properties: {} } } } }],
    }));

  it.each([
    ['auto', undefined],
    ['required', { any: {} }],
    [{ name: 't' }, { tool: { name: 't' } }],
  ] as const)('are chosen from by %j', (toolChoice, wanted) => expect(body({ tools: [tool('t')], toolChoice }).toolConfig?.toolChoice).toEqual(wanted));

  it('are gone when none may be called, but stay while the history has calls, and are made up from it when it is all there is', () => {
    expect(body({ tools: [tool('t')], toolChoice: 'none' })).not.toHaveProperty('toolConfig');
    expect(body({ tools: [tool('get_weather')], toolChoice: 'none', messages: history }).toolConfig).toEqual({ tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: { type: 'object', properties: {} } } } }] });
    expect(body({ messages: history }).toolConfig).toEqual({ tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: { type: 'object' } } } }] });
  });

  it('are called one at a time through the field of Claude, which then stands in place of the choice', () => {
    const written = body({ tools: [tool('t')], toolChoice: 'required', parallelToolCalls: false });
    expect(written.toolConfig).not.toHaveProperty('toolChoice');
    expect(written.additionalModelRequestFields).toEqual({ tool_choice: { type: 'any', disable_parallel_tool_use: true } });
  });

  it('are strict where model and schema allow it', () => {
    const strict = tool('t', { strict: true, parameters: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false } });
    expect(body({ tools: [strict] }).toolConfig!.tools[0]).toMatchObject({ toolSpec: { strict: true } });
    for (const model of ['us.anthropic.claude-sonnet-5', 'amazon.nova-pro-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0']) expect(JSON.stringify(body({ model, tools: [strict] }))).not.toContain('strict');
  });

  it('cannot be forced on a model that refuses that', () => expect(refusal(() => body({ model: 'us.anthropic.claude-opus-5-5', tools: [tool('t')], toolChoice: 'required' }))).toMatchObject({ code: 'param_not_supported', details: { param: 'tool_choice' } }));
});

describe('an answer by JSON schema', () => {
  const answerFormat = { type: 'json-schema' as const, name: 'weather', schema: { type: 'object', properties: { degrees: { type: 'number' } } } };
  const model = 'amazon.nova-pro-v1:0';

  it('is given through a tool that must be called', () => {
    const { toolConfig } = body({ model, answerFormat });
    expect(toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'json_answer', inputSchema: { json: answerFormat.schema } } }], toolChoice: { tool: { name: 'json_answer' } } });
  });

  it('leaves the caller its own tools, under a name that none of them has', () => {
    const { toolConfig } = body({ model, answerFormat, tools: [tool('json_answer')] });
    expect(toolConfig!.tools.map((each) => (each as { toolSpec: { name: string } }).toolSpec.name)).toEqual(['json_answer', 'json_answer_']);
    expect(toolConfig!.toolChoice).toEqual({ any: {} });
    expect(body({ model, answerFormat, tools: [tool('t')], toolChoice: 'required' }).toolConfig!.tools).toHaveLength(1);
    expect(body({ model, answerFormat, toolChoice: 'required' }).toolConfig!.toolChoice).toEqual({ tool: { name: 'json_answer' } });
  });

  it('wraps a schema that is no object', () => expect(body({ model, answerFormat: { ...answerFormat, schema: { type: 'array' } } }).toolConfig!.tools[0]).toMatchObject({ toolSpec: { inputSchema: { json: { type: 'object', properties: { answer: { type: 'array' } }, required: ['answer'] } } } }));

  it('is asked for in words where the model cannot be forced', () => {
    const written = body({ model: 'us.anthropic.claude-opus-5-5', answerFormat });
    expect(written.system).toEqual([{ text: expect.stringContaining('json_answer') as string }]);
    expect(JSON.stringify(written)).not.toContain('"tool":{');
  });

  it('keeps a thinking budget out, which a forced tool excludes, and says so', () => {
    const { body: written, dropped } = writeRequest(asks({ model: 'anthropic.claude-3-7-sonnet-20250219-v1:0', answerFormat, reasoning: { effort: 'high' } }));
    expect(JSON.stringify(written)).not.toContain('budget_tokens');
    expect(dropped).toEqual(['reasoning_effort']);
  });

  it('as a plain object is given by a tool at Claude and asked for in words elsewhere', () => {
    expect(body({ answerFormat: { type: 'json-object' } }).additionalModelRequestFields).toMatchObject({ tool_choice: { type: 'tool', name: 'json_answer' } });
    expect(body({ model, answerFormat: { type: 'json-object' } })).toMatchObject({ system: [{ text: expect.stringContaining('JSON object') as string }] });
  });
});

describe('how a model is steered', () => {
  it('goes into the common fields, temperature up to 1', () =>
    expect(body({ model: 'amazon.nova-pro-v1:0', maxTokens: 100, temperature: 1.7, topP: 0.5, stop: ['END'] }).inferenceConfig).toEqual({ maxTokens: 100, temperature: 1, topP: 0.5, stopSequences: ['END'] }));

  it('is left out where the caller said nothing', () => expect(body()).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }));

  it.each([
    [CLAUDE, { top_k: 5 }],
    ['amazon.nova-pro-v1:0', { inferenceConfig: { topK: 5 } }],
    ['cohere.command-r-plus-v1:0', { k: 5 }],
    ['mistral.mixtral-8x7b-instruct-v0:1', { top_k: 5 }],
    ['meta.llama3-1-70b-instruct-v1:0', undefined],
  ])('tells %s top_k under the name it has there', (model, wanted) => expect(body({ model, topK: 5 }).additionalModelRequestFields).toEqual(wanted));

  it.each([
    ['us.anthropic.claude-sonnet-4-6', { effort: 'high' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['us.anthropic.claude-sonnet-5', { effort: 'xhigh' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } }],
    ['us.anthropic.claude-sonnet-5', { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', { budget: 5000 }, { thinking: { type: 'enabled', budget_tokens: 5000 } }],
    ['us.amazon.nova-2-lite-v1:0', { effort: 'high' }, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } }],
    ['us.amazon.nova-2-lite-v1:0', { effort: 'none' }, { reasoningConfig: { type: 'disabled' } }],
    ['openai.gpt-oss-120b-1:0', { effort: 'minimal' }, { reasoning_effort: 'low' }],
    ['openai.gpt-5-v1:0', { effort: 'medium' }, { reasoning: { effort: 'medium' } }],
    ['amazon.nova-lite-v1:0', { effort: 'high' }, undefined],
  ] as const)('tells %s to think by %j in its own words', (model, reasoning, wanted) => expect(body({ model, reasoning }).additionalModelRequestFields).toEqual(wanted));

  it('leaves room for the answer behind a thinking budget, and names what a thinking Claude does not take', () => {
    const { body: written, dropped } = writeRequest(asks({ model: 'anthropic.claude-3-7-sonnet-20250219-v1:0', maxTokens: 100, reasoning: { budget: 2000 }, temperature: 0.5, topK: 3 }));
    expect(written.inferenceConfig).toEqual({ maxTokens: 2100 });
    expect(written.additionalModelRequestFields).toEqual({ thinking: { type: 'enabled', budget_tokens: 2000 } });
    expect(dropped).toEqual(['temperature', 'top_k']);
  });

  it('asks a Claude which sequence ended its answer', () => expect(body({ stop: ['END', ' '] })).toMatchObject({ inferenceConfig: { stopSequences: ['END'] }, additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'] }));

  it("takes members of Bedrock's own, and names which it took", () => {
    const extras = { guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' }, service_tier: 'flex', additionalModelRequestFields: { anthropic_beta: ['x'] }, metadata: { a: 'b' }, store: true };
    const { body: written, usedExtras } = writeRequest(asks({ extras }));
    expect(written).toMatchObject({ guardrailConfig: extras.guardrailConfig, serviceTier: { type: 'flex' }, additionalModelRequestFields: { anthropic_beta: ['x'] } });
    expect(usedExtras).toEqual(['guardrailConfig', 'service_tier', 'additionalModelRequestFields']);
  });
});

describe('what becomes of fields', () => {
  const provider = findProvider('bedrock')!;
  const dropped = (more: Partial<ChatRequest>) => applyFieldRules(asks(more), bedrockConverse.rules(provider, more.model ?? CLAUDE), 'AWS Bedrock').dropped;

  it('that no model takes is told as dropped', () => expect(dropped({ seed: 1, frequencyPenalty: 1, presencePenalty: 1, logprobs: { top: 1 }, logitBias: { '1': 1 }, user: 'u' })).toEqual(['seed', 'frequency_penalty', 'presence_penalty', 'logprobs', 'logit_bias', 'user']));
  it('that this model does not take is told as dropped', () => {
    expect(dropped({ model: 'us.anthropic.claude-sonnet-5', temperature: 0.5, topP: 0.5, topK: 5 })).toEqual(['temperature', 'top_p', 'top_k']);
    expect(dropped({ model: 'meta.llama3-1-70b-instruct-v1:0', topK: 5, reasoning: { effort: 'low' }, tools: [tool('t')], parallelToolCalls: false })).toEqual(['top_k', 'parallel_tool_calls', 'reasoning_effort']);
  });
  it('that would change the meaning by their absence are refused', () => {
    expect(refusal(() => dropped({ n: 2 }))).toMatchObject({ code: 'param_not_supported', details: { param: 'n' } });
    expect(refusal(() => dropped({ messages: [{ role: 'user', parts: [{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }] }] }))).toMatchObject({ details: { param: 'image_urls' } });
  });
});

describe('the family of a model', () => {
  it.each([
    ['anthropic.claude-3-haiku-20240307-v1:0', 'claude'],
    ['us.anthropic.claude-sonnet-5', 'claude'],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-5', 'claude'],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'nova'],
    ['openai.gpt-oss-120b-1:0', 'gpt-oss'],
    ['us.openai.gpt-5-v1:0', 'gpt'],
    ['eu.mistral.pixtral-large-2502-v1:0', 'mistral'],
    ['amazon.titan-text-express-v1', 'other'],
    ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc', 'other'],
  ])('%s is %s', (model, family) => expect(familyOf(model)).toBe(family));
});
