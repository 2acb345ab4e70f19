import { AppError } from '@byok/kernel';
import type { ChatRequest, Message } from '../chat-form.js';
import { readRequest } from './read-request.js';

const read = (body: object): ChatRequest => readRequest({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...body });
const messages = (...contents: object[]): Message[] => readRequest({ contents }).messages;
const failure = (body: object): { code: string; param: unknown } => {
  try {
    read(body);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, param: error.details?.['param'] };
    throw error;
  }
  throw new Error('was accepted');
};
const user = (...parts: object[]) => ({ role: 'user', parts });
const model = (...parts: object[]) => ({ role: 'model', parts });

describe('a generateContent body', () => {
  it('is read in camelCase and in snake_case alike', () => {
    const camel = {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [user({ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: 'aGk=' } }), model({ functionCall: { name: 'f', args: { someKey: 1 } }, thoughtSignature: 's' }), user({ functionResponse: { name: 'f', response: { some_key: 2 } } })],
      tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: { type: 'object', properties: { someKey: { type: 'number' } } } }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: { maxOutputTokens: 9, topP: 0.5, topK: 3, stopSequences: ['x'], candidateCount: 2, presencePenalty: 1, frequencyPenalty: 0.5, responseMimeType: 'application/json', responseJsonSchema: { type: 'object' }, responseLogprobs: true, logprobs: 4, thinkingConfig: { includeThoughts: true, thinkingBudget: 7 } },
    };
    const snake = {
      system_instruction: camel.systemInstruction,
      contents: [user({ text: 'Look' }, { inline_data: { mime_type: 'image/png', data: 'aGk=' } }), model({ function_call: { name: 'f', args: { someKey: 1 } }, thought_signature: 's' }), user({ function_response: { name: 'f', response: { some_key: 2 } } })],
      tools: [{ function_declarations: [{ name: 'f', description: 'd', parameters_json_schema: { type: 'object', properties: { someKey: { type: 'number' } } } }] }],
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f'] } },
      generation_config: { max_output_tokens: 9, top_p: 0.5, top_k: 3, stop_sequences: ['x'], candidate_count: 2, presence_penalty: 1, frequency_penalty: 0.5, response_mime_type: 'application/json', response_json_schema: { type: 'object' }, response_logprobs: true, logprobs: 4, thinking_config: { include_thoughts: true, thinking_budget: 7 } },
    };
    expect(readRequest(snake)).toEqual(readRequest(camel));
    expect(readRequest(camel)).toEqual({
      model: '',
      stream: false,
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', text: 'Look' }, { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } }] },
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_0', name: 'f', arguments: '{"someKey":1}', signature: 's' }] },
        { role: 'tool', results: [{ id: 'call_0', name: 'f', parts: [{ type: 'text', text: '{"some_key":2}' }] }] },
      ],
      tools: [{ name: 'f', description: 'd', parameters: { type: 'object', properties: { someKey: { type: 'number' } } } }],
      toolChoice: { name: 'f' },
      maxTokens: 9,
      topP: 0.5,
      topK: 3,
      stop: ['x'],
      n: 2,
      presencePenalty: 1,
      frequencyPenalty: 0.5,
      answerFormat: { type: 'json-schema', name: 'response', schema: { type: 'object' } },
      logprobs: { top: 4 },
      reasoning: { budget: 7, isShown: true },
      extras: {},
    });
  });

  it('sets nothing that the caller did not set', () => expect(read({})).toEqual({ model: '', stream: false, messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }], extras: {} }));

  it('is read when single values stand for lists of one, as in examples of Google', () => {
    expect(readRequest({ contents: { parts: { text: 'hi' } }, system_instruction: { parts: { text: 'Be brief.' } } }).messages).toHaveLength(2);
    expect(read({ systemInstruction: 'Be brief.' }).messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] });
  });

  it('keeps what has no place under the name it came with', () => {
    const safety_settings = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }];
    expect(read({ safety_settings, labels: { team: 'a' }, generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW', temperature: 0 } })).toMatchObject({
      temperature: 0,
      extras: { safety_settings, labels: { team: 'a' }, 'generationConfig.mediaResolution': 'MEDIA_RESOLUTION_LOW' },
    });
  });

  it.each([
    [{ contents: [] }, 'contents'],
    [{ contents: ['hi'] }, 'contents[0]'],
    [{ contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] }, 'contents[0].role'],
    [{ contents: [user({ text: 1 })] }, 'contents[0].parts[0].text'],
    [{ contents: [user({ something: 1 })] }, 'contents[0].parts[0]'],
    [{ contents: [model({ functionCall: { args: {} } })] }, 'contents[0].parts[0].functionCall.name'],
    [{ contents: [user({ inlineData: { mimeType: 'image/png' } })] }, 'contents[0].parts[0].inlineData.data'],
    [{ generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [{ generationConfig: { stopSequences: [1] } }, 'generationConfig.stopSequences'],
    [{ generationConfig: { thinkingConfig: { thinkingLevel: 'HUGE' } } }, 'generationConfig.thinkingConfig.thinkingLevel'],
    [{ tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ tools: [{ functionDeclarations: [{ name: 'f' }] }], toolConfig: { functionCallingConfig: { mode: 'SOMETIMES' } } }, 'toolConfig.functionCallingConfig.mode'],
    [{ tools: [{ functionDeclarations: [{ name: 'f' }] }], toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['g'] } } }, 'toolConfig.functionCallingConfig.allowedFunctionNames'],
  ])('is refused, with the place named: %j', (body, param) => expect(failure(body)).toEqual({ code: 'invalid_request', param }));

  it.each([
    [{ tools: [{ googleSearch: {} }] }, 'tools[0].googleSearch'],
    [{ tools: [{ functionDeclarations: [{ name: 'f' }] }, { code_execution: {} }] }, 'tools[1].code_execution'],
    [{ tools: [{ urlContext: {} }] }, 'tools[0].urlContext'],
    [{ cachedContent: 'cachedContents/abc' }, 'cachedContent'],
    [{ generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, 'generationConfig.responseModalities'],
    [{ generationConfig: { responseMimeType: 'text/x.enum' } }, 'generationConfig.responseMimeType'],
    [{ contents: [user({ fileData: { fileUri: 'gs://bucket/a.pdf', mimeType: 'application/pdf' } })] }, 'contents[0].parts[0].fileData.fileUri'],
    [{ contents: [user({ fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } })] }, 'contents[0].parts[0].fileData.fileUri'],
    [{ contents: [model({ executableCode: { language: 'PYTHON', code: '1' } })] }, 'contents[0].parts[0].executableCode'],
    [{ contents: [model({ inlineData: { mimeType: 'image/png', data: 'aGk=' } })] }, 'contents[0].parts[0].inlineData'],
  ])('says what only Google can do: %j', (body, param) => expect(failure(body)).toEqual({ code: 'param_not_supported', param }));
});

describe('parts of a conversation in the dialect of Google', () => {
  it('become images, audio and files by their type, in plain base64', () => {
    const parts = user(
      { inlineData: { mimeType: 'image/webp', data: '-_-_\n-_==' } },
      { inlineData: { mimeType: 'audio/mpeg', data: 'aGk=' } },
      { inlineData: { mimeType: 'application/pdf', data: 'aGk=', displayName: 'a.pdf' } },
      { fileData: { mimeType: 'image/jpeg', fileUri: 'https://x.example/a.jpg' } },
      { fileData: { fileUri: 'https://www.youtube.com/watch?v=abc' } },
    );
    expect(messages(parts)[0]).toEqual({
      role: 'user',
      parts: [
        { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: '+/+/+/==' } },
        { type: 'audio', format: 'mp3', data: 'aGk=' },
        { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'aGk=' }, name: 'a.pdf' },
        { type: 'image', source: { kind: 'url', url: 'https://x.example/a.jpg' } },
        { type: 'file', source: { kind: 'url', url: 'https://www.youtube.com/watch?v=abc' } },
      ],
    });
  });

  it('are put together again when a stream is given back in the pieces it came in', () => {
    const turns = [user({ text: 'q' }), model({ text: 'th', thought: true }), model({ text: 'ink', thought: true }), model({ text: '', thought: true, thoughtSignature: 's' }), model({ text: 'Hel' }), model({ text: 'lo' }), model({ functionCall: { name: 'f' } }), model({ functionCall: { name: 'f' } }), user({ text: 'later' }, { functionResponse: { name: 'f', response: { output: 'one' } } }, { functionResponse: { name: 'f', response: { output: 'two' } } })];
    expect(messages(...turns).slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'think', signature: 's' },
          { type: 'text', text: 'Hello' },
          { type: 'tool-call', id: 'call_0', name: 'f', arguments: '{}' },
          { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}' },
        ],
      },
      { role: 'tool', results: [{ id: 'call_0', name: 'f', parts: [{ type: 'text', text: 'one' }] }, { id: 'call_1', name: 'f', parts: [{ type: 'text', text: 'two' }] }] },
      { role: 'user', parts: [{ type: 'text', text: 'later' }] },
    ]);
  });

  it('tell a sealed thought from an empty one', () => {
    expect(messages(model({ thought: true, thoughtSignature: 's' }), user({ text: 'q' }))[0]).toEqual({ role: 'assistant', parts: [{ type: 'reasoning', text: '', signature: 's', isSealed: true }] });
    expect(messages(model({ thought: true, text: '', thoughtSignature: 's' }), user({ text: 'q' }))[0]).toEqual({ role: 'assistant', parts: [{ type: 'reasoning', text: '', signature: 's' }] });
  });

  it('match results to calls by id, else by name, else in order', () => {
    const calls = model({ functionCall: { id: 'x', name: 'a' } }, { functionCall: { name: 'b' } }, { functionCall: { name: 'c' } });
    const results = user({ functionResponse: { name: 'c', response: {} } }, { functionResponse: { response: { result: 1 } } }, { functionResponse: { id: 'y', name: 'z', response: { error: 'no' } } }, { functionResponse: { name: 'b', response: { output: { deep: 1 } } } });
    expect(messages(calls, results)[1]).toEqual({
      role: 'tool',
      results: [
        { id: 'call_1', name: 'c', parts: [{ type: 'text', text: '{}' }] },
        { id: 'x', name: 'a', parts: [{ type: 'text', text: '{"result":1}' }] },
        { id: 'y', name: 'z', parts: [{ type: 'text', text: 'no' }], isError: true },
        { id: 'call_0', name: 'b', parts: [{ type: 'text', text: '{"deep":1}' }] },
      ],
    });
  });

  it('keep media that a function gave', () => {
    const [, tool] = messages(model({ functionCall: { name: 'a' } }), user({ functionResponse: { name: 'a', response: { output: 'see' }, parts: [{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }] } }));
    expect(tool).toEqual({ role: 'tool', results: [{ id: 'call_0', name: 'a', parts: [{ type: 'text', text: 'see' }, { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } }] }] });
  });
});

describe('tools and formats in the dialect of Google', () => {
  const tools = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }];
  it.each([
    [{ mode: 'AUTO' }, 'auto', ['f', 'g']],
    [{ mode: 'VALIDATED' }, 'auto', ['f', 'g']],
    [{ mode: 'NONE' }, 'none', ['f', 'g']],
    [{ mode: 'ANY' }, 'required', ['f', 'g']],
    [{ mode: 'any', allowedFunctionNames: ['g'] }, { name: 'g' }, ['f', 'g']],
    [{ mode: 'ANY', allowedFunctionNames: ['f', 'g'] }, 'required', ['f', 'g']],
    [{ mode: 'VALIDATED', allowedFunctionNames: ['f'] }, 'auto', ['f']],
    [{}, undefined, ['f', 'g']],
  ])('read %j', (functionCallingConfig, toolChoice, names) => {
    const request = read({ tools, toolConfig: { functionCallingConfig } });
    expect({ toolChoice: request.toolChoice, names: request.tools?.map(({ name }) => name) }).toEqual({ toolChoice, names });
    expect(request.tools?.[0]?.parameters).toEqual({ type: 'object', properties: {} });
  });

  it('turn schemas of Google into JSON Schema', () => {
    const parameters = {
      type: 'OBJECT',
      propertyOrdering: ['a', 'type'],
      properties: { a: { type: 'STRING', nullable: true, enum: ['x'], format: 'enum' }, type: { type: 'ARRAY', min_items: '1', items: { type: 'INTEGER', format: 'int32' } }, any: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true } },
      required: ['a'],
    };
    expect(read({ tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools?.[0]?.parameters).toEqual({
      type: 'object',
      properties: { a: { type: ['string', 'null'], enum: ['x', null], format: 'enum' }, type: { type: 'array', minItems: 1, items: { type: 'integer', format: 'int32' } }, any: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] } },
      required: ['a'],
    });
  });

  it('read formats and thinking', () => {
    const config = (generationConfig: object) => read({ generationConfig });
    expect(config({ responseMimeType: 'application/json' }).answerFormat).toEqual({ type: 'json-object' });
    expect(config({ responseMimeType: 'application/json', responseSchema: { type: 'STRING' } }).answerFormat).toEqual({ type: 'json-schema', name: 'response', schema: { type: 'string' } });
    expect(config({ responseMimeType: 'text/plain' }).answerFormat).toBeUndefined();
    expect(config({ thinkingConfig: { thinkingLevel: 'low' } }).reasoning).toEqual({ effort: 'low' });
    expect(config({ thinkingConfig: { thinkingBudget: 0 } }).reasoning).toEqual({ budget: 0 });
    expect(config({ thinkingConfig: { thinkingBudget: -1 } }).reasoning).toBeUndefined();
    expect(config({ logprobs: 3 }).logprobs).toBeUndefined();
    expect(config({ seed: 7 }).seed).toBe(7);
  });
});
