import type { StreamPart } from '../answer-form.js';
import { NdjsonLines } from './ndjson-lines.js';
import { UNREADABLE, readUntilEnd } from './read-until-end.js';

const end: StreamPart = { type: 'end' };
const text = (said: string): StreamPart => ({ type: 'text', choice: 0, text: said });

describe('a reader of events', () => {
  it('looks at nothing behind the end', () => {
    const reader = readUntilEnd(new NdjsonLines(), (line) => (line === 'end' ? [end, text('too late')] : [text(line)]));
    expect(reader.see(Buffer.from('a\nend\nb\n'))).toEqual([text('a'), end]);
    expect(reader.see(Buffer.from('c\n'))).toEqual([]);
    expect(reader.close()).toEqual([]);
  });

  it('makes an error of what cannot be cut', () => {
    const reader = readUntilEnd({ see: () => { throw new RangeError('too long'); }, close: () => [] }, () => [end]);
    expect(reader.see(Buffer.from('x'))).toEqual([UNREADABLE]);
    expect(reader.close()).toEqual([]);
  });
});
