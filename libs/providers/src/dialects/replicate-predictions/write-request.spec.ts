import { replicate } from '../../replicate/index.js';
import type { ChatRequest, Message } from '../chat-form.js';
import { applyFieldRules } from '../field-rules.js';
import { replicatePredictions } from './index.js';

const says = (role: 'system' | 'user' | 'assistant', text: string): Message => ({ role, parts: [{ type: 'text', text }] });
const request = (changes: Partial<ChatRequest> = {}): ChatRequest => ({ model: 'meta/meta-llama-3-8b-instruct', stream: false, messages: [says('user', 'Hello')], extras: {}, ...changes });
const written = (changes: Partial<ChatRequest> = {}) => replicatePredictions.writeRequest(request(changes), replicate).body as { version: string; input: Record<string, unknown> };

describe('a request for a prediction', () => {
  it('names the model, or its version, as it was asked for', () => {
    expect(written()).toEqual({ version: 'meta/meta-llama-3-8b-instruct', input: { prompt: 'Hello' } });
    expect(written({ model: `someone/model:${'a1'.repeat(32)}` }).version).toBe(`someone/model:${'a1'.repeat(32)}`);
  });

  it('makes a conversation one prompt and leaves the last word to the model', () => {
    const messages = [says('system', 'Be brief.'), says('user', 'Hello'), says('assistant', 'Hi.'), says('system', 'Be kind.'), says('user', 'How are you?')];
    expect(written({ messages }).input).toEqual({ prompt: 'User: Hello\n\nAssistant: Hi.\n\nUser: How are you?\n\nAssistant:', system_prompt: 'Be brief.\n\nBe kind.' });
  });

  it('sends the few fields that models have in common', () => {
    expect(written({ maxTokens: 10, temperature: 0.5, topP: 0.9, stop: ['a', 'b'] }).input).toEqual({ prompt: 'Hello', max_tokens: 10, temperature: 0.5, top_p: 0.9, stop_sequences: 'a,b' });
    expect(() => written({ stop: ['a,b'] })).toThrow(expect.objectContaining({ code: 'param_not_supported' }));
  });

  it("takes a model's own inputs from callers who name them", () => {
    const { body, usedExtras } = replicatePredictions.writeRequest(request({ temperature: 1, extras: { input: { top_k: 50, temperature: 0 }, store: true } }), replicate);
    expect(body).toMatchObject({ input: { prompt: 'Hello', top_k: 50, temperature: 1 } });
    expect(usedExtras).toEqual(['input']);
  });

  it('waits for a plain answer and not for a stream', () => {
    expect(replicatePredictions.requestHeaders!(request())).toEqual(['prefer', 'wait=60']);
    expect(replicatePredictions.requestHeaders!(request({ stream: true }))).toEqual([]);
    expect(written({ stream: true })).toMatchObject({ stream: true });
  });

  const add = { name: 'add', parameters: {} };
  const refused: [string, Partial<ChatRequest>][] = [
    ['n', { n: 2 }],
    ['tools', { tools: [add] }],
    ['json_object', { answerFormat: { type: 'json-object' } }],
    ['json_schema', { answerFormat: { type: 'json-schema', name: 'x', schema: {} } }],
    ['images', { messages: [{ role: 'user', parts: [{ type: 'image', source: { kind: 'url', url: 'https://example.com' } }] }] }],
    ['files', { messages: [{ role: 'user', parts: [{ type: 'file', source: { kind: 'id', id: 'f' } }] }] }],
    ['audio', { messages: [{ role: 'user', parts: [{ type: 'audio', format: 'wav', data: 'AAAA' }] }] }],
  ];
  it.each(refused)('with %s is refused', (param, changes) => {
    expect(() => applyFieldRules(request(changes), replicatePredictions.rules(replicate, 'm'), 'Replicate')).toThrow(expect.objectContaining({ code: 'param_not_supported', details: { param } }));
  });

  it('drops by name what only some models know', () => {
    const { dropped, request: left } = applyFieldRules(request({ topK: 5, seed: 1, frequencyPenalty: 1, presencePenalty: 1, user: 'ada', logprobs: { top: 0 }, reasoning: { effort: 'low' } }), replicatePredictions.rules(replicate, 'm'), 'Replicate');
    expect(dropped).toEqual(['top_k', 'seed', 'frequency_penalty', 'presence_penalty', 'logprobs', 'reasoning_effort', 'user']);
    expect(left).toEqual(request());
  });
});
