import type { ChatRequest } from '../chat-form.js';
import { readAnswer } from './read-answer.js';

const request: ChatRequest = { model: 'amazon.nova-lite-v1:0', stream: false, messages: [], extras: {} };
const answer = (content: object[], more: object = {}) => ({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage: { inputTokens: 4, outputTokens: 2, totalTokens: 6 }, metrics: { latencyMs: 5 }, ...more });
const toolUse = { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Paris' } } };

describe('the answer of a Converse call', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['content_filtered', 'content-filter'],
    ['guardrail_intervened', 'content-filter'],
    ['malformed_model_output', 'error'],
    ['malformed_tool_use', 'error'],
    ['something_new', 'stop'],
  ])('that stops for %s is told as %s', (stopReason, finish) => expect(readAnswer(answer([{ text: 'Hi' }], { stopReason }), request).choices[0]!.finish).toBe(finish));

  it('that stops for a tool is told as a call, with the id as it is and the arguments as text', () => {
    const { parts, finish } = readAnswer(answer([{ text: 'I look.' }, toolUse], { stopReason: 'tool_use' }), request).choices[0]!;
    expect(finish).toBe('tool-calls');
    expect(parts).toEqual([{ type: 'text', text: 'I look.' }, { type: 'tool-call', id: 'tooluse_1', name: 'get_weather', arguments: '{"city":"Paris"}' }]);
  });

  it('tells every token in exactly one meter', () => {
    const usage = { inputTokens: 30, outputTokens: 16, totalTokens: 2606, cacheReadInputTokens: 2048, cacheWriteInputTokens: 512, cacheDetails: [{ ttl: '1h', inputTokens: 112 }, { ttl: '5m', inputTokens: 400 }] };
    const { meters } = readAnswer(answer([{ text: 'Hi' }], { usage }), request);
    expect(meters).toEqual({ inputUncached: 30, cacheRead: 2048, cacheWrite5m: 400, cacheWrite1h: 112, output: 16, reasoning: 0, audioIn: 0, audioOut: 0 });
    expect(meters!.inputUncached + meters!.cacheRead + meters!.cacheWrite5m + meters!.cacheWrite1h + meters!.output).toBe(usage.totalTokens);
  });

  it('counts cache writes of no stated age at the default age, and no usage as none', () => {
    expect(readAnswer(answer([], { usage: { inputTokens: 1, outputTokens: 1, cacheWriteInputTokens: 9 } }), request).meters).toMatchObject({ cacheWrite5m: 9, cacheWrite1h: 0 });
    expect(readAnswer(answer([], { usage: undefined }), request).meters).toBeNull();
  });

  it('keeps reasoning with its proof, sealed reasoning, cited text and its citations, trace and stop sequence', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } },
      { reasoningContent: { redactedContent: 'c2VhbGVk' } },
      { citationsContent: { content: [{ text: 'It is so.' }], citations: [{ title: 'A' }] } },
    ];
    const read = readAnswer(answer(content, { trace: { guardrail: {} }, additionalModelResponseFields: { stop_sequence: 'END' }, stopReason: 'stop_sequence' }), request);
    expect(read.choices[0]).toEqual({
      index: 0,
      parts: [{ type: 'reasoning', text: 'Hm.', signature: 'c2ln' }, { type: 'reasoning', text: '', signature: 'c2VhbGVk', isSealed: true }, { type: 'text', text: 'It is so.' }],
      finish: 'stop',
      stopSequence: 'END',
    });
    expect(read.vendor).toEqual({ citations: [{ title: 'A' }], trace: { guardrail: {} } });
  });

  it('gives an answer by JSON schema as text, once, and not as a call', () => {
    const asked: ChatRequest = { ...request, answerFormat: { type: 'json-schema', name: 'w', schema: { type: 'object' } } };
    const given = { toolUse: { toolUseId: 't', name: 'json_answer', input: { degrees: 14 } } };
    const { parts, finish } = readAnswer(answer([given, { toolUse: { ...given.toolUse, input: { degrees: 15 } } }], { stopReason: 'tool_use' }), asked).choices[0]!;
    expect([parts, finish]).toEqual([[{ type: 'text', text: '{"degrees":14}' }], 'stop']);
    const list = readAnswer(answer([{ toolUse: { toolUseId: 't', name: 'json_answer', input: { answer: [1] } } }], { stopReason: 'tool_use' }), { ...asked, answerFormat: { type: 'json-schema', name: 'w', schema: { type: 'array' } } });
    expect(list.choices[0]!.parts).toEqual([{ type: 'text', text: '[1]' }]);
  });

  it('leaves out what it does not know, and tools the provider called itself', () => {
    const content = [{ video: {} }, { text: '' }, { toolUse: { type: 'server_tool_use', toolUseId: 's', name: 'nova_grounding', input: {} } }, { toolResult: {} }, { text: 'Hi' }];
    expect(readAnswer(answer(content), request).choices[0]!.parts).toEqual([{ type: 'text', text: 'Hi' }]);
  });

  it.each([null, [], 'text', {}, { message: 'no' }, { output: {} }, { output: { message: { content: 'x' } } }, { error: { message: 'x' } }])('refuses %j as no answer at all', (body) => expect(() => readAnswer(body, request)).toThrow(expect.objectContaining({ code: 'upstream_error' }) as Error));
});
