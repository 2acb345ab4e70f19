import { AppError } from '@byok/kernel';
import { parseJsonBody } from './parse-json-body.js';

const codeOf = (text: string): string => {
  try {
    parseJsonBody(text);
  } catch (error) {
    return (error as AppError).code;
  }
  return 'parsed';
};

describe('parseJsonBody', () => {
  it('C02 refuses nesting deeper than 64 levels before parsing, and takes 64', () => {
    expect(codeOf('['.repeat(65) + ']'.repeat(65))).toBe('too_deep');
    expect(codeOf('['.repeat(1_000_000))).toBe('too_deep');
    expect(codeOf('['.repeat(64) + ']'.repeat(64))).toBe('parsed');
  });

  it('does not count brackets inside strings', () => {
    expect(parseJsonBody(JSON.stringify({ a: '['.repeat(1000), b: '"\\{' }))).toEqual({ a: '['.repeat(1000), b: '"\\{' });
  });

  it('C03 refuses a name given twice in one object, not in two', () => {
    expect(codeOf('{"a":1,"a":2}')).toBe('duplicate_field');
    expect(codeOf('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toBe('parsed');
  });

  it('D03 never quotes the text it could not parse', () => {
    expect.assertions(2);
    try {
      parseJsonBody('{"apiKey": sk-canary-123}');
    } catch (error) {
      expect((error as AppError).code).toBe('malformed_json');
      expect(`${(error as AppError).message}${String((error as AppError).cause)}`).not.toContain('canary');
    }
  });

  it('takes an empty body as none', () => {
    expect(parseJsonBody(' ')).toBeUndefined();
  });
});

describe('C05 a megabyte made to be slow', () => {
  const HOSTILE = ['"\\', '"', '"a', '\\', '"\\"', '{"a":', '[,', '""'];

  it.each(HOSTILE)('is read in well under a second: %j again and again', (piece) => {
    const text = piece.repeat(Math.floor(1_048_576 / piece.length));
    const startedAt = performance.now();
    codeOf(text);
    codeOf(`{"a":"${text}`);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
