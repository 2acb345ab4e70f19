import { AppError } from '@byok/kernel';
import fc from 'fast-check';
import { rewriteBody, scanBody } from './index.js';

const scanText = (text: string) => scanBody(Buffer.from(text));
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`;
  }
  return 'none';
};

describe('scanBody', () => {
  it('finds model, stream, stream_options, n and max_tokens wherever they stand', () => {
    const scan = scanText('{ "messages":[{"role":"user","content":"\\"model\\":\\"no\\""}],"n":2, "stream" : true,"stream_options":{"include_usage":false},"max_tokens":12,"model":"gpt-\\u0034o"}');
    expect(scan).toMatchObject({ model: 'gpt-4o', stream: true, hasStreamOptions: true, includeUsage: false, n: 2, maxTokens: 12, isEmpty: false });
  });

  it('gives the verdict of JSON.parse on any mutation of a request, and the same model and stream', () => {
    const request = fc.record(
      {
        model: fc.string(),
        stream: fc.boolean(),
        stream_options: fc.record({ include_usage: fc.boolean() }, { requiredKeys: [] }),
        n: fc.integer({ min: 1, max: 128 }),
        messages: fc.array(fc.record({ role: fc.constant('user'), content: fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.jsonValue({ maxDepth: 5 })) })),
        temperature: fc.double({ noNaN: true, noDefaultInfinity: true }),
      },
      { requiredKeys: ['model'] },
    );
    const mutation = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', 'u', '\n', '\u0001', 't', ' ') });
    const layout = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(request, layout, fc.array(mutation, { maxLength: 2 }), (value, indent, mutations) => {
        const text = mutations.reduce((each, { at, remove, insert }) => mutate(each, at, remove, insert), JSON.stringify(value, null, indent));
        sameVerdict(text);
      }),
      { numRuns: 5000 },
    );
  });

  it('gives the verdict of JSON.parse on arbitrary short texts', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '"a"', '"model"', '"stream"', '\\', '\\u00e9', '\\x', '1', '0', '-', '1.5', '1e5', '.', 'true', 'false', 'null', 'nul', ' ', '\n', '\u0000', '\u00a0', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => sameVerdict(pieces.join(''))),
      { numRuns: 20000 },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => sameVerdict(`{"model":"m","a":${pieces.join('')}}`)),
      { numRuns: 20000 },
    );
  });

  it('sees every special byte of a long string at every offset', () => {
    for (let offset = 0; offset < 9; offset += 1) {
      for (let length = 60; length < 90; length += 1) {
        for (const special of ['\\n', '\\"', '\\\\', '\\u00e9', 'é', '\u0001', '\\q', '\\u12g4', '"x', '\n']) {
          sameVerdict(`${' '.repeat(offset)}{"a":"${'x'.repeat(length)}${special}${'y'.repeat(9)}","model":"m"}`);
        }
      }
    }
  });

  it('scans a buffer that does not begin at a word', () => {
    const text = `{"model":"m","a":"${'x'.repeat(500)}\\n${'y'.repeat(500)}"}`;
    for (let shift = 0; shift < 8; shift += 1) {
      const shifted = Buffer.concat([Buffer.alloc(shift), Buffer.from(text), Buffer.from('"garbage')]).subarray(shift, shift + text.length);
      expect(scanBody(shifted).model).toBe('m');
    }
  });

  it('C02 refuses more than 64 levels, and 10,000 as fast', () => {
    const nested = (levels: number) => `{"model":"m","a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(codeOf(() => scanText(nested(64)))).toBe('none');
    expect(codeOf(() => scanText(nested(65)))).toBe('too_deep');
    expect(codeOf(() => scanText(nested(1_000_000)))).toBe('too_deep');
  });

  it('C03 refuses a field that comes twice, even spelled with an escape, and a flood of fields', () => {
    expect(codeOf(() => scanText('{"model":"a","model":"b"}'))).toBe('duplicate_field');
    expect(codeOf(() => scanText('{"model":"a","mod\\u0065l":"b"}'))).toBe('duplicate_field');
    expect(codeOf(() => scanText('{"stream_options":{"include_usage":true,"include_usage":false}}'))).toBe('duplicate_field');
    expect(codeOf(() => scanText(`{${Array.from({ length: 1000 }, (_, index) => `"f${index}":1`).join(',')}}`))).toBe('invalid_request');
  });

  it('says where the body is wrong and never quotes it', () => {
    for (const text of ['', '   ', '{"secret":tru}', '{"secret":"\u0001"}', '{"a":1} secret', '[1', 'secret', '{"secret"', '{"model":12}', '{"stream":"secret"}', '[]', '{"stream_options":"secret"}']) {
      try {
        scanText(text);
        throw new Error(`accepted: ${text}`);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).message).not.toContain('secret');
        if ((error as AppError).code === 'malformed_json' && text.trim() !== '') expect((error as AppError).message).toMatch(/at byte \d+\.$/);
      }
    }
  });

  it.each([
    ...['max_tokens', 'max_completion_tokens', 'max_output_tokens'].flatMap((name) => ['-1', '1e308', '1e999', '-0.5', '1.5', '"1e9"', '"12"', '"NaN"', '99999999999999999999999999', 'true', '[1]', '{}'].map((value) => [name, value] as const)),
    ...['n', 'best_of'].flatMap((name) => ['0', '-1', '1000000', '1e6', '1e308', '2.5', '"2"', 'false', '[]'].map((value) => [name, value] as const)),
  ])('C14 refuses %s: %s', (name, value) => {
    expect(codeOf(() => scanText(`{"model":"m","${name}":${value}}`))).toBe('invalid_request');
  });

  it('C14 takes whole numbers that somebody can mean, and null for none', () => {
    expect(scanText('{"model":"m","max_tokens":128000,"n":1}')).toMatchObject({ maxTokens: 128_000, n: 1 });
    expect(scanText('{"model":"m","max_tokens":1e3,"n":128}')).toMatchObject({ maxTokens: 1_000, n: 128 });
    expect(scanText('{"model":"m","max_tokens":null,"n":null,"best_of":4}')).toMatchObject({ maxTokens: null, n: 4 });
    expect(scanText('{"model":"m","n":2,"best_of":4}').n).toBe(4);
  });

  it('C04 leaves no trace on prototypes', () => {
    scanText('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"model":"m"}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('rewriteBody', () => {
  it('changes only the model and include_usage, and every other byte stays', () => {
    const options = fc.constantFrom(undefined, null, {}, { include_usage: true }, { include_usage: false }, { other: 1 }, { other: [1], include_usage: false });
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), options, fc.string({ unit: 'binary', maxLength: 40 }), fc.boolean(), fc.constantFrom(undefined, 2), (model, extra, streamOptions, newModel, includeUsage, indent) => {
        const before: Record<string, unknown> = { x: extra, model, stream_options: streamOptions, tail: [extra] };
        const body = Buffer.from(JSON.stringify(before, null, indent));
        const after = JSON.parse(rewriteBody(body, scanBody(body), { model: newModel, includeUsage }).toString()) as Record<string, unknown>;
        const wanted: Record<string, unknown> = { ...before, model: newModel };
        if (includeUsage) wanted['stream_options'] = { ...streamOptions, include_usage: true };
        // Unpaired surrogates cannot be written as UTF-8; JSON.stringify escapes them, so they survive.
        expect(after).toEqual(JSON.parse(JSON.stringify(wanted)));
      }),
      { numRuns: 2000 },
    );
  });

  it('hands back the same buffer when nothing changes', () => {
    const body = Buffer.from('{"model":"m","stream_options":{"include_usage":true}}');
    expect(rewriteBody(body, scanBody(body), { model: 'm', includeUsage: true })).toBe(body);
  });

  it('adds both members to an empty object', () => {
    const body = Buffer.from(' { } ');
    expect(JSON.parse(rewriteBody(body, scanBody(body), { model: 'm', includeUsage: true }).toString())).toEqual({ model: 'm', stream_options: { include_usage: true } });
  });
});

function mutate(text: string, at: number, remove: number, insert: string): string {
  const position = at % (text.length + 1);
  return text.slice(0, position) + insert + text.slice(position + remove);
}

/** Our own limits and type errors are no verdict on JSON; everything else must agree with JSON.parse. */
function sameVerdict(text: string): void {
  const body = Buffer.from(text);
  let parsed: unknown;
  let isValid = true;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    isValid = false;
  }
  let code = 'none';
  try {
    const scan = scanBody(body);
    const object = parsed as { model?: unknown; stream?: unknown };
    expect({ isValid, model: scan.model, stream: scan.stream }).toEqual({ isValid: true, model: object.model ?? null, stream: object.stream ?? false });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    code = error.code;
  }
  if (code === 'malformed_json') expect({ text, isValid }).toEqual({ text, isValid: false });
  else if (code === 'none' || code === 'too_deep') return;
  else expect(['duplicate_field', 'invalid_request']).toContain(code);
}
