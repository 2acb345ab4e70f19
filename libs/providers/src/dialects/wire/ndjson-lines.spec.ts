import fc from 'fast-check';
import { NdjsonLines } from './ndjson-lines.js';

function linesOf(chunks: readonly Uint8Array[]): string[] {
  const cutter = new NdjsonLines();
  return [...chunks.flatMap((chunk) => cutter.see(chunk)), ...cutter.close()];
}

describe('lines of JSON', () => {
  it('are the same wherever the chunks are cut', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.jsonValue().map((value) => JSON.stringify(value)), { maxLength: 6 }), cuts, (lines, at) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const places = [0, ...at.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        expect(linesOf(places.slice(1).map((to, index) => bytes.subarray(places[index], to)))).toEqual(lines.map((line) => line.trim()));
      }),
    );
  });

  it('may end in CR LF, and the last one in nothing', () => {
    expect(linesOf([Buffer.from('{"a":1}\r\n\r\n{"b":2}')])).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('give up on a line without end', () => {
    const cutter = new NdjsonLines();
    const mebibyte = new Uint8Array(1024 * 1024).fill(0x61);
    expect(() => {
      for (let count = 0; count < 40; count += 1) cutter.see(mebibyte);
    }).toThrow(RangeError);
  });
});
