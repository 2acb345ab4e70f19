import { ollama } from '../../ollama/index.js';
import { ollamaChat } from './index.js';

const request = { model: 'qwen3:8b', stream: false, messages: [], extras: {} };
const read = (body: unknown) => ollamaChat.readAnswer(body, ollama, request);
const answer = (changes: object = {}, message: object = {}) => ({ model: 'qwen3:8b', created_at: '2026-11-21T12:00:00.5Z', message: { role: 'assistant', content: 'Hi', ...message }, done: true, done_reason: 'stop', ...changes });

describe("an answer of Ollama's chat", () => {
  it('is read into thoughts, text and calls', () => {
    const tool_calls = [{ id: 'call_1', function: { name: 'add', arguments: { a: 1 } } }, { function: { name: 'now' } }];
    expect(read(answer({}, { thinking: 'Hm.', tool_calls }))).toEqual({
      id: '',
      model: 'qwen3:8b',
      createdAt: 1795262400,
      choices: [
        {
          index: 0,
          parts: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'text', text: 'Hi' },
            { type: 'tool-call', id: 'call_1', name: 'add', arguments: '{"a":1}' },
            { type: 'tool-call', id: 'call_202611211200005_1', name: 'now', arguments: '{}' },
          ],
          finish: 'tool-calls',
        },
      ],
      meters: null,
      vendor: {},
    });
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['load', 'stop'],
    [undefined, 'stop'],
  ])('that is done for the reason %s ended with %s', (done_reason, finish) => {
    expect(read(answer({ done_reason })).choices[0]!.finish).toBe(finish);
  });

  it('counts what was read and what was written; a zero is left out on the wire', () => {
    expect(read(answer({ prompt_eval_count: 26, eval_count: 282 })).meters).toEqual({ inputUncached: 26, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 282, reasoning: 0, audioIn: 0, audioOut: 0 });
    expect(read(answer({ eval_count: 3 })).meters).toMatchObject({ inputUncached: 0, output: 3 });
  });

  it('gives likelihoods in OpenAI’s shape', () => {
    const logprobs = [{ token: 'Hi', logprob: -0.5, top_logprobs: [{ token: 'Ho', logprob: -1, bytes: [72, 111] }] }];
    expect(read(answer({ logprobs })).choices[0]!.logprobs).toEqual({ content: [{ token: 'Hi', logprob: -0.5, bytes: null, top_logprobs: [{ token: 'Ho', logprob: -1, bytes: [72, 111] }] }] });
  });

  it.each([[null], [{ error: 'model not found' }], [answer({ done: false })], [{ done: true }]])('that is none is an error: %j', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
  });
});
