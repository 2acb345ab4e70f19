import fc from 'fast-check';
import { eventFrame, exceptionFrame, frame } from '../bedrock-converse/frames.builder.js';
import { EventFrames } from './event-frames.js';
import type { EventFrame } from './event-frames.js';

function cutAt(bytes: Buffer, cuts: readonly number[]): EventFrame[] {
  const frames = new EventFrames();
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return ends.flatMap((end, index) => frames.see(bytes.subarray(index === 0 ? 0 : ends[index - 1], end)));
}

const told = Buffer.concat([eventFrame('messageStart', { role: 'assistant' }), eventFrame('contentBlockDelta', { delta: { text: 'Größe 日本 🙂' } }), exceptionFrame('throttlingException', { message: 'slow down' })]);
const heard: EventFrame[] = [
  { kind: 'event', name: 'messageStart', data: '{"role":"assistant"}' },
  { kind: 'event', name: 'contentBlockDelta', data: '{"delta":{"text":"Größe 日本 🙂"}}' },
  { kind: 'exception', name: 'throttlingException', data: '{"message":"slow down"}' },
];

describe('EventFrames', () => {
  it('reads frames of which AWS documents every byte', () => {
    // Total length 16, no headers, their checksum, and the checksum of the whole: the empty message of the format's description.
    expect(new EventFrames().see(Buffer.from('000000100000000005c248eb7d98c8ff', 'hex'))).toEqual([{ kind: 'event', name: '', data: '' }]);
  });

  it('gives the same frames wherever the bytes are cut', () => {
    for (let cut = 0; cut <= told.length; cut += 1) expect(cutAt(told, [cut])).toEqual(heard);
    expect(cutAt(told, Array.from(told.keys()))).toEqual(heard);
  });

  it('gives any frames back, whatever they hold and however they are cut', () => {
    const anyFrame = fc.record({ name: fc.string({ maxLength: 40, unit: 'grapheme' }), data: fc.string({ maxLength: 300, unit: 'grapheme' }) });
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(({ name, data }) => frame({ ':message-type': 'event', ':event-type': name }, data)));
        expect(cutAt(bytes, cuts)).toEqual(frames.map((each) => ({ kind: 'event', ...each })));
      }),
      { numRuns: 300 },
    );
  });

  it('tells a flipped bit in any place as a broken frame, after the good ones before it, and nothing behind it', () => {
    for (let bit = 0; bit < told.length * 8; bit += 1) {
      const bytes = Buffer.from(told);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const frames = cutAt(bytes, []);
      expect(frames.at(-1)!.kind).toBe('broken');
      expect(frames.slice(0, -1)).toEqual(heard.slice(0, frames.length - 1));
    }
  });

  it('does not wait for the bytes of a length that cannot be', () => {
    for (const [total, headers] of [[0, 0], [15, 0], [16, 1], [0xffffffff, 0], [17 * 1024 * 1024, 0], [100, 90]] as const) {
      const prelude = Buffer.alloc(12);
      prelude.writeUInt32BE(total, 0);
      prelude.writeUInt32BE(headers, 4);
      const frames = new EventFrames();
      expect(frames.see(prelude).map(({ kind }) => kind)).toEqual(['broken']);
      expect(frames.see(told)).toEqual([]);
    }
  });

  it('takes a large frame in small chunks without copying it for each of them', () => {
    const large = eventFrame('contentBlockDelta', { delta: { text: 'x'.repeat(8 * 1024 * 1024) } });
    const frames = new EventFrames();
    const found: EventFrame[] = [];
    const started = performance.now();
    for (let at = 0; at < large.length; at += 1024) found.push(...frames.see(large.subarray(at, at + 1024)));
    expect(found).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('knows when the bytes ended inside a frame', () => {
    const frames = new EventFrames();
    frames.see(told.subarray(0, told.length - 1));
    expect(frames.isInsideFrame).toBe(true);
    frames.see(told.subarray(told.length - 1));
    expect(frames.isInsideFrame).toBe(false);
  });

  it('tells an error that is no exception of the model by its code and sentence', () => {
    expect(new EventFrames().see(frame({ ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'gone' }, ''))).toEqual([{ kind: 'error', name: 'InternalError', data: 'gone' }]);
  });

  it('takes bytes of anything for what they are, at once', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 4000 }), (bytes) => {
        const kinds = cutAt(Buffer.from(bytes), [7, 100]).map(({ kind }) => kind);
        expect(kinds).toEqual(['broken']);
      }),
      { numRuns: 300 },
    );
  });
});
