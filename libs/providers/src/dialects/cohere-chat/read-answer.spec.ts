import { cohere } from '../../cohere/index.js';
import { cohereChat } from './index.js';

const request = { model: 'command-a-03-2025', stream: false, messages: [], extras: {} };
const read = (body: unknown) => cohereChat.readAnswer(body, cohere, request);
const answer = (changes: object = {}, message: object = {}) => ({ id: 'c1', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }], ...message }, ...changes });

describe("an answer of Cohere's chat", () => {
  it('is read into parts in the order in which they were made', () => {
    const calls = [{ id: 't1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }];
    expect(read(answer({ finish_reason: 'TOOL_CALL' }, { content: [{ type: 'thinking', thinking: 'Hm.' }, { type: 'text', text: 'Hi' }], tool_plan: 'Add.', tool_calls: calls })).choices).toEqual([
      {
        index: 0,
        parts: [
          { type: 'reasoning', text: 'Add.' },
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: 'Hi' },
          { type: 'tool-call', id: 't1', name: 'add', arguments: '{"a":1}' },
        ],
        finish: 'tool-calls',
      },
    ]);
  });

  it.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['TOOL_CALL', 'tool-calls'],
    ['ERROR', 'error'],
    ['TIMEOUT', 'error'],
    ['SOMETHING_NEW', 'stop'],
  ])('that ended with %s ended with %s', (reason, finish) => {
    expect(read(answer({ finish_reason: reason })).choices[0]!.finish).toBe(finish);
  });

  it.each(['null', '', undefined])('reads a call with the arguments %j as one without', (written) => {
    const tool_calls = [{ id: 't1', type: 'function', function: { name: 'now', ...(written === undefined ? {} : { arguments: written }) } }];
    expect(read(answer({}, { content: [], tool_calls })).choices[0]!.parts).toEqual([{ type: 'tool-call', id: 't1', name: 'now', arguments: '{}' }]);
  });

  it('counts tokens, not billed units, with the cached ones apart', () => {
    const usage = { billed_units: { input_tokens: 5, output_tokens: 3 }, tokens: { input_tokens: 80, output_tokens: 4 }, cached_tokens: 16 };
    const { meters, vendor } = read(answer({ usage }));
    expect(meters).toEqual({ inputUncached: 64, cacheRead: 16, cacheWrite5m: 0, cacheWrite1h: 0, output: 4, reasoning: 0, audioIn: 0, audioOut: 0 });
    expect(vendor).toEqual({ billed_units: { input_tokens: 5, output_tokens: 3 } });
    expect(read(answer()).meters).toBeNull();
    expect(read(answer({ usage: { tokens: { input_tokens: 4, output_tokens: 1 }, cached_tokens: 9 } })).meters).toMatchObject({ inputUncached: 0, cacheRead: 4 });
  });

  it('keeps citations under their own name', () => {
    const citations = [{ start: 0, end: 2, text: 'Hi', sources: [] }];
    expect(read(answer({}, { citations })).vendor).toEqual({ citations });
  });

  it('gives the likelihood of a piece of text as that of its tokens together', () => {
    expect(read(answer({ logprobs: [{ text: 'Hi', token_ids: [1, 2], logprobs: [-0.5, -0.25] }] })).choices[0]!.logprobs).toEqual({ content: [{ token: 'Hi', logprob: -0.75, bytes: null, top_logprobs: [] }] });
  });

  it.each([[null], ['text'], [{ message: 'too many tokens', id: 'x' }], [[]]])('that is none is an error: %j', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
  });
});
