import fc from 'fast-check';
import { replicate } from '../../replicate/index.js';
import type { StreamPart } from '../answer-form.js';
import { replicatePredictions } from './index.js';

const request = { model: 'm', stream: true, messages: [], extras: {} };
function partsOf(text: string, size = Infinity): StreamPart[] {
  const reader = replicatePredictions.streamReader(replicate, request);
  const bytes = Buffer.from(text);
  const parts: StreamPart[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(...reader.see(bytes.subarray(at, Math.min(bytes.length, at + size))));
  return [...parts, ...reader.close()];
}
const output = (text: string) => `event: output\nid: 1:0\n${text.split('\n').map((line) => `data: ${line}\n`).join('')}\n`;
const DONE = 'event: done\ndata: {}\n\n';
const start: StreamPart = { type: 'start', id: '', model: 'm', createdAt: null };

describe('the stream of a prediction', () => {
  it('gives text, line breaks and spaces included, until it is done', () => {
    expect(partsOf(`${output(' Hello\n\nworld ')}${output('')}${DONE}${output('late')}`)).toEqual([start, { type: 'text', choice: 0, text: ' Hello\n\nworld ' }, { type: 'finish', choice: 0, reason: 'stop' }, { type: 'end' }]);
  });

  it.each([
    ['event: error\ndata: {"detail":"out of memory"}\n\n', { type: 'error', code: null, message: 'out of memory' }],
    ['event: error\ndata: out of memory\n\n', { type: 'error', code: null, message: 'out of memory' }],
    ['event: done\ndata: {"reason":"canceled"}\n\n', { type: 'error', code: 'canceled', message: 'The prediction did not succeed (canceled).' }],
  ])('ends with an error: %j', (event, error) => {
    const parts = partsOf(`${output('Hi')}${event}${DONE}`);
    expect(parts.at(-1)).toEqual(error);
    expect(parts.some(({ type }) => type === 'end')).toBe(false);
  });

  it('does not mind events that came after this was written', () => {
    expect(partsOf(`event: logs\ndata: x\n\n: hi\n\n${DONE}`).map(({ type }) => type)).toEqual(['start', 'finish', 'end']);
  });

  it('says the same text however it was cut, and has no end without its last event', () => {
    const piece = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\r', ''));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.integer({ min: 1, max: 30 }), fc.boolean(), (pieces, size, isWhole) => {
        const parts = partsOf(pieces.map(output).join('') + (isWhole ? DONE : ''), size);
        expect(parts.map((part) => (part.type === 'text' ? part.text : '')).join('')).toBe(pieces.join(''));
        expect(parts.some(({ type }) => type === 'end')).toBe(isWhole);
      }),
    );
  });
});
