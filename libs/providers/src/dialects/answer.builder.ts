import type { ChatAnswer } from './answer-form.js';

/** For specs: an answer with a bit of everything that a model says before it waits for its tools. */
export function anAnswerWithCalls(facts: Pick<ChatAnswer, 'id' | 'model'>): ChatAnswer {
  return {
    ...facts,
    createdAt: 5,
    meters: { inputUncached: 10, cacheRead: 20, cacheWrite5m: 3, cacheWrite1h: 4, output: 50, reasoning: 30, audioIn: 0, audioOut: 0 },
    vendor: { citations: [] },
    choices: [
      {
        index: 0,
        finish: 'tool-calls',
        parts: [
          { type: 'reasoning', text: 'hm', signature: 'sig' },
          { type: 'reasoning', text: '', signature: 'sealed', isSealed: true },
          { type: 'text', text: 'Let me look ☃' },
          { type: 'tool-call', id: 'call_1', name: 'find', arguments: '{"q":"ü"}' },
          { type: 'tool-call', id: 'call_2', name: 'find', arguments: '{"q":""}' },
        ],
      },
    ],
  };
}
