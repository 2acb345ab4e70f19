import { google } from '../../google/index.js';
import { vertexAi } from '../../vertex-ai/index.js';
import type { ChatRequest, Message, ToolCallPart } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { rules } from './rules.js';
import type { GeminiContent } from './wire.js';
import { writeRequest } from './write-request.js';
import { failure } from '../../spec/failure.js';

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const request = (fields: Partial<ChatRequest> = {}): ChatRequest => ({ model: 'gemini-3.5-flash', stream: false, messages: [user('hi')], extras: {}, ...fields });
const write = (fields: Partial<ChatRequest> = {}, provider = google) => writeRequest(request(fields), provider).body as Record<string, unknown> & { contents: GeminiContent[] };
const contents = (messages: Message[], fields: Partial<ChatRequest> = {}, provider = google) => write({ messages, ...fields }, provider).contents;
const called = (id: string, name: string, args = '{}', signature?: string): ToolCallPart => ({ type: 'tool-call', id, name, arguments: args, ...(signature === undefined ? {} : { signature }) });
const call = (...given: Parameters<typeof called>): Message => ({ role: 'assistant', parts: [called(...given)] });
const result = (id: string, text: string, more: object = {}): Message => ({ role: 'tool', results: [{ id, name: null, parts: [{ type: 'text', text }], ...more }] });

describe('a conversation written for Google', () => {
  it('hoists instructions, joins neighbours, and says nothing else', () => {
    const messages: Message[] = [{ role: 'system', parts: [{ type: 'text', text: 'A' }] }, user('one'), user('two'), { role: 'system', parts: [{ type: 'text', text: 'B' }] }, { role: 'assistant', parts: [{ type: 'text', text: 'yes' }, { type: 'refusal', text: 'no' }] }, user('')];
    expect(write({ messages })).toEqual({
      contents: [
        { role: 'user', parts: [{ text: 'one' }, { text: 'two' }] },
        { role: 'model', parts: [{ text: 'yes' }, { text: 'no' }] },
      ],
      systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] },
    });
  });

  it('lets instructions be the first words where there are no others, and for Gemma', () => {
    const system: Message = { role: 'system', parts: [{ type: 'text', text: 'A' }] };
    expect(write({ messages: [system] })).toEqual({ contents: [{ role: 'user', parts: [{ text: 'A' }] }] });
    expect(write({ messages: [system, user('hi')], model: 'gemma-3-27b-it' })).toEqual({ contents: [{ role: 'user', parts: [{ text: 'A' }, { text: 'hi' }] }] });
  });

  it('sends media inline, by address, and refuses what another provider keeps', () => {
    const parts = [
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } },
      { type: 'image', source: { kind: 'url', url: 'https://x.example/a.PNG?b=1' } },
      { type: 'image', source: { kind: 'url', url: 'https://x.example/a' } },
      { type: 'audio', format: 'wav', data: 'aGk=' },
      { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'aGk=' } },
      { type: 'file', source: { kind: 'url', url: 'https://youtu.be/abc' } },
    ] as const;
    expect(contents([{ role: 'user', parts: [...parts] }])[0]!.parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'aGk=' } },
      { fileData: { mimeType: 'image/png', fileUri: 'https://x.example/a.PNG?b=1' } },
      { fileData: { mimeType: 'image/jpeg', fileUri: 'https://x.example/a' } },
      { inlineData: { mimeType: 'audio/wav', data: 'aGk=' } },
      { inlineData: { mimeType: 'application/pdf', data: 'aGk=' } },
      { fileData: { mimeType: 'video/mp4', fileUri: 'https://youtu.be/abc' } },
    ]);
    expect(failure(() => contents([{ role: 'user', parts: [{ type: 'file', source: { kind: 'id', id: 'file-1' } }] }])).code).toBe('param_not_supported');
  });

  it('names the function of every result, wraps what is no object, and marks errors', () => {
    const history = [user('q'), call('1', 'f', '{"a":[1]}'), result('1', '{"b":2}'), call('2', 'g', ''), result('2', 'sunny'), call('3', 'h'), result('3', 'broken', { isError: true }), call('4', 'i'), result('4', '{"output":"x"}'), call('5', 'j'), result('5', '{"id":12345678901234567890}')];
    const [, first, ...rest] = contents(history, { model: 'gemini-2.5-flash' });
    expect(first).toEqual({ role: 'model', parts: [{ functionCall: { id: '1', name: 'f', args: { a: [1] } } }] });
    expect(rest.filter(({ role }) => role === 'user').map(({ parts }) => parts[0]!.functionResponse)).toEqual([
      { id: '1', name: 'f', response: { b: 2 } },
      { id: '2', name: 'g', response: { output: 'sunny' } },
      { id: '3', name: 'h', response: { error: 'broken' } },
      { id: '4', name: 'i', response: { output: '{"output":"x"}' } },
      { id: '5', name: 'j', response: { output: '{"id":12345678901234567890}' } },
    ]);
  });

  it('refuses a history no model can have had', () => {
    expect(failure(() => contents([user('q'), result('1', 'x')]))).toMatchObject({ code: 'invalid_request', details: { param: 'messages' } });
    expect(failure(() => contents([user('q'), call('1', 'f', '{"a":'), result('1', 'x')]))).toMatchObject({ code: 'invalid_request' });
    expect(failure(() => contents([user('q'), call('1', 'f', '[1]'), result('1', 'x')]))).toMatchObject({ code: 'invalid_request' });
  });

  it('puts media of results inside them where that is known, else beside them', () => {
    const results: Message = { role: 'tool', results: [{ id: '1', name: 'f', parts: [{ type: 'text', text: 'see' }, { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } }] }] };
    const media = { inlineData: { mimeType: 'image/png', data: 'aGk=' } };
    expect(contents([user('q'), call('1', 'f'), results])[2]!.parts).toEqual([{ functionResponse: { id: '1', name: 'f', response: { output: 'see' }, parts: [media] } }]);
    expect(contents([user('q'), call('1', 'f'), results], { model: 'gemini-2.5-pro' })[2]!.parts).toEqual([{ functionResponse: { id: '1', name: 'f', response: { output: 'see' } } }, media]);
  });

  it('sends no ids of calls to Vertex AI', () => {
    const [, model, tool] = contents([user('q'), call('1', 'f'), result('1', 'x')], {}, vertexAi);
    expect(model!.parts[0]!.functionCall).toEqual({ name: 'f', args: {} });
    expect(tool!.parts[0]!.functionResponse).toEqual({ name: 'f', response: { output: 'x' } });
  });

  it('gives signatures back with the call that carried them, and a stand-in once for calls of other models', () => {
    const two = (signature?: string): Message => ({ role: 'assistant', parts: [called('1', 'f', '{}', signature), called('2', 'g')] });
    const signatures = (message: Message, model: string) => contents([user('q'), message], { model })[1]!.parts.map(({ thoughtSignature }) => thoughtSignature);
    expect(signatures(two('mine'), 'gemini-3.1-pro-preview')).toEqual(['mine', undefined]);
    expect(signatures(two(), 'gemini-3.1-pro-preview')).toEqual(['skip_thought_signature_validator', undefined]);
    expect(signatures(two(), 'gemini-flash-latest')).toEqual(['skip_thought_signature_validator', undefined]);
    expect(signatures(two(), 'gemini-2.5-flash')).toEqual([undefined, undefined]);
    expect(signatures(two('mine'), 'gemini-2.5-flash')).toEqual(['mine', undefined]);
  });

  it('gives thoughts back without proofs that may be of another provider, and sealed ones not at all', () => {
    const parts = [{ type: 'reasoning', text: 'hm', signature: 'foreign' }, { type: 'reasoning', text: '', signature: 'sealed', isSealed: true }, { type: 'text', text: 'ok' }] as const;
    expect(contents([user('q'), { role: 'assistant', parts: [...parts] }])[1]!.parts).toEqual([{ text: 'hm', thought: true }, { text: 'ok' }]);
  });
});

describe('the settings written for Google', () => {
  it('say the same in its words', () => {
    const { generationConfig } = write({ maxTokens: 9, temperature: 0, topP: 0.5, topK: 3, seed: 1, frequencyPenalty: 0.1, presencePenalty: 0.2, n: 2, stop: ['a'], logprobs: { top: 2 }, answerFormat: { type: 'json-object' } });
    expect(generationConfig).toEqual({ maxOutputTokens: 9, temperature: 0, topP: 0.5, topK: 3, seed: 1, frequencyPenalty: 0.1, presencePenalty: 0.2, candidateCount: 2, stopSequences: ['a'], responseLogprobs: true, logprobs: 2, responseMimeType: 'application/json' });
    expect(write({ answerFormat: { type: 'text' }, stop: [] })).not.toHaveProperty('generationConfig');
  });

  it('write a schema as the model reads it', () => {
    const schema = { $schema: 'x', type: 'object', properties: { kind: { const: 'a' }, const: { type: ['string', 'null'] } }, additionalProperties: false };
    const format = (model: string) => write({ model, answerFormat: { type: 'json-schema', name: 'n', schema } })['generationConfig'];
    expect(format('gemini-2.5-flash')).toEqual({ responseMimeType: 'application/json', responseJsonSchema: { type: 'object', properties: { kind: { enum: ['a'] }, const: { type: ['string', 'null'] } }, additionalProperties: false } });
    expect(format('gemini-2.0-flash')).toEqual({ responseMimeType: 'application/json', responseSchema: { type: 'OBJECT', properties: { kind: { type: 'STRING', enum: ['a'], format: 'enum' }, const: { type: 'STRING', nullable: true } } } });
  });

  const tools = [{ name: 'f', description: 'd', parameters: { type: 'object', properties: { a: { type: 'string' } } } }, { name: 'g', parameters: { type: 'object', properties: {} } }];
  it.each([
    [undefined, undefined],
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [{ name: 'g' }, { mode: 'ANY', allowedFunctionNames: ['g'] }],
  ] as const)('write tools and the choice %j', (toolChoice, mode) => {
    const body = write({ tools, ...(toolChoice === undefined ? {} : { toolChoice }) });
    expect(body['tools']).toEqual([{ functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: tools[0]!.parameters }, { name: 'g', parametersJsonSchema: tools[1]!.parameters }] }]);
    expect(body['toolConfig']).toEqual(mode && { functionCallingConfig: mode });
  });

  it('write tools for older models, and strict ones as validated', () => {
    expect(write({ tools, model: 'gemini-2.0-flash' })['tools']).toEqual([{ functionDeclarations: [{ name: 'f', description: 'd', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } }, { name: 'g' }] }]);
    expect(write({ tools: [{ ...tools[0]!, strict: true }] })['toolConfig']).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } });
  });

  it('refuse tools and JSON at the same time where the model does', () => {
    const both = { tools, answerFormat: { type: 'json-object' } } as const;
    expect(failure(() => write({ ...both, model: 'gemini-2.5-flash' }))).toMatchObject({ code: 'param_not_supported', details: { param: 'json_object' } });
    expect(write({ ...both, model: 'gemini-3.5-flash' })).toHaveProperty('generationConfig.responseMimeType');
    expect(write({ ...both, toolChoice: 'none', model: 'gemini-2.5-flash' })).toHaveProperty('generationConfig.responseMimeType');
  });

  it.each([
    ['gemini-3.1-pro-preview', { effort: 'high' }, { thinkingLevel: 'HIGH' }],
    ['gemini-3.1-pro-preview', { effort: 'none' }, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash-preview', { effort: 'minimal' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.7-flash', { effort: 'minimal' }, { thinkingLevel: 'LOW' }],
    ['gemini-3.5-flash-lite', { effort: 'none' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.5-flash', { effort: 'xhigh', isShown: true }, { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-3.5-flash', { budget: 8_192 }, { thinkingLevel: 'MEDIUM' }],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { effort: 'medium' }, { thinkingBudget: 8_192 }],
    ['gemini-2.5-flash', { effort: 'xhigh' }, { thinkingBudget: 24_576 }],
    ['gemini-2.5-flash-lite', { budget: 100 }, { thinkingBudget: 512 }],
    ['gemini-2.5-pro', { effort: 'none' }, { thinkingBudget: 128 }],
    ['gemini-2.5-pro', { budget: 50_000, isShown: false }, { thinkingBudget: 32_768, includeThoughts: false }],
    ['gemini-2.0-flash', { isShown: true }, undefined],
  ] as const)('tell %s to think %j', (model, reasoning, thinkingConfig) => {
    expect((write({ model, reasoning })['generationConfig'] as { thinkingConfig?: object } | undefined)?.thinkingConfig).toEqual(thinkingConfig);
  });

  it('pass on what a caller says in words of Google, and name it', () => {
    const extras = { safety_settings: [], labels: { a: 'b' }, 'generationConfig.mediaResolution': 'x', 'generationConfig.unknown': 1, other: 1, serviceTier: 'flex' };
    expect(writeRequest(request({ extras }), google)).toMatchObject({ body: { safetySettings: [], serviceTier: 'flex', generationConfig: { mediaResolution: 'x' } }, usedExtras: ['safety_settings', 'serviceTier', 'generationConfig.mediaResolution'] });
    expect(writeRequest(request({ extras }), vertexAi).usedExtras).toEqual(['safety_settings', 'labels', 'generationConfig.mediaResolution']);
  });
});

describe('what Google cannot be told', () => {
  const image: Message = { role: 'user', parts: [{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }] };
  const dropped = (fields: Partial<ChatRequest>, provider = google) => applyFieldRules(request(fields), rules(provider, fields.model ?? 'gemini-3.5-flash'), 'Google').dropped;

  it('is dropped by name', () => {
    expect(dropped({ logitBias: { 1: 2 }, user: 'u', parallelToolCalls: false, tools: [{ name: 'f', parameters: {} }], messages: [{ role: 'user', parts: [{ type: 'text', text: 'x', cache: '5m' }] }] })).toEqual(['logit_bias', 'parallel_tool_calls', 'user', 'cache_control']);
    expect(dropped({ model: 'gemini-2.0-flash', reasoning: { effort: 'low' } })).toEqual(['reasoning_effort']);
    expect(dropped({ model: 'gemini-2.5-flash', presencePenalty: 1 })).toEqual(['presence_penalty']);
    expect(dropped({ model: 'gemini-2.5-flash', presencePenalty: 1 }, vertexAi)).toEqual([]);
  });

  it('is refused where an image cannot be fetched', () => {
    expect(failure(() => dropped({ model: 'gemini-2.0-flash', messages: [image] })).code).toBe('param_not_supported');
    expect(dropped({ messages: [image] })).toEqual([]);
    expect(dropped({ model: 'gemini-2.0-flash', messages: [image] }, vertexAi)).toEqual([]);
  });
});
