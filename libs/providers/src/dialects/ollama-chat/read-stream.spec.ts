import fc from 'fast-check';
import { ollama } from '../../ollama/index.js';
import type { StreamPart } from '../answer-form.js';
import { assembleAnswer } from '../assemble-answer.js';
import { ollamaChat } from './index.js';

const request = { model: 'qwen3:8b', stream: true, messages: [], extras: {} };
const ndjson = (lines: readonly unknown[]) => Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
function partsOf(bytes: Uint8Array, size = bytes.length): StreamPart[] {
  const reader = ollamaChat.streamReader(ollama, request);
  const parts: StreamPart[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(...reader.see(bytes.subarray(at, at + size)));
  return [...parts, ...reader.close()];
}
const line = (message: object, more: object = {}) => ({ model: 'qwen3:8b', created_at: '2026-11-21T12:00:00.5Z', message: { role: 'assistant', content: '', ...message }, done: false, ...more });
const last = line({}, { done: true, done_reason: 'stop', prompt_eval_count: 5, eval_count: 9 });

describe("a stream of Ollama's chat", () => {
  it('says the same as the whole answer', () => {
    const call = { function: { name: 'add', arguments: { a: 1 } } };
    const streamed = assembleAnswer(partsOf(ndjson([line({ thinking: 'Hm' }), line({ thinking: '.' }), line({ content: 'Ad' }), line({ content: 'ding' }), line({ tool_calls: [call, call] }), last])));
    const { message } = line({ thinking: 'Hm.', content: 'Adding', tool_calls: [call, call] });
    expect(streamed).toEqual(ollamaChat.readAnswer({ ...last, message }, ollama, request));
  });

  it('gives every call a number and an id of its own', () => {
    const parts = partsOf(ndjson([line({ tool_calls: [{ function: { name: 'a', arguments: {} } }] }), line({ tool_calls: [{ id: 'theirs', function: { name: 'b', arguments: {} } }] }), last]));
    expect(parts.filter(({ type }) => type === 'tool-call')).toMatchObject([{ tool: 0, id: 'call_202611211200005_0' }, { tool: 1, id: 'theirs' }]);
    expect(parts.at(-3)).toEqual({ type: 'finish', choice: 0, reason: 'tool-calls' });
  });

  it('ends with an error where the server tells one', () => {
    expect(partsOf(ndjson([line({ content: 'Hi' }), { error: 'out of memory' }, last])).at(-1)).toEqual({ type: 'error', code: null, message: 'out of memory' });
  });

  it('ends with an error where a line is no object', () => {
    for (const broken of ['{"model":\n', '[1]\n', 'text\n']) expect(partsOf(Buffer.from(broken)).map(({ type }) => type)).toEqual(['error']);
  });

  it('ends without a last line feed, too', () => {
    expect(partsOf(ndjson([line({ content: 'Hi' }), last]).subarray(0, -1)).at(-1)).toEqual({ type: 'end' });
  });

  it('says the same text however it was cut, and has no end without its last line', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 10 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), (pieces, size, isWhole) => {
        const parts = partsOf(ndjson([...pieces.map((content) => line({ content })), ...(isWhole ? [last] : [])]), size);
        expect(parts.map((part) => (part.type === 'text' ? part.text : '')).join('')).toBe(pieces.join(''));
        expect(parts.some(({ type }) => type === 'end')).toBe(isWhole);
      }),
    );
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), (lines) => void partsOf(ndjson(lines), 7)));
  });
});
