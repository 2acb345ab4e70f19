import { AppError } from '@byok/kernel';
import { BodyScanner, scanBody } from './index.js';
import { Dice } from './spec/mutate.js';

const LONG = `${'She said \\"wait\\" to Zürich, 東京 🚲 and so on.\\n'.repeat(6)}${'x'.repeat(700)}\\u00e9${'y'.repeat(300)}`;
const GOOD = [
  '{}',
  ' \n{ }\t',
  '{"model":"openai/gpt-4o","stream":true,"stream_options":{"include_usage":false},"n":2,"best_of":3,"max_tokens":12,"temperature":-0.25E+1,"stop":null,"messages":[]}',
  `{"messages" : [ {"role":"user","content":"${LONG}"},{"role":"assistant","content":[{"type":"text","text":"\\ud83d\\ude00"},1,-0,1.5e-7,true,false,null,[],{}]} ] , "mod\\u0065l":"m","é":1}`,
  `{"model":"m","deep":${'[{"a":'.repeat(31)}1${'}]'.repeat(31)}}`,
  `{${Array.from({ length: 200 }, (_, index) => `"field_${index}":${index}`).join(',')}}`,
  '{"model":"m","input":[{"type":"item_reference","id":"x"},{"type":"item\\u005freference"},{"file_id":"f"}]}',
];
const BAD = [
  '',
  '  ',
  '[1,2]',
  '12',
  '-',
  '"text"',
  '{"model":tru}',
  '{"model":"m","a":01}',
  '{"model":"m","a":1.}',
  '{"model":"m","a":"\\u00g0"}',
  '{"model":"m","a":"\\x"}',
  '{"model":"m","a":"\u0001"}',
  '{"model":"m",}',
  '{"model":"m"}}',
  '{"model":"m"]',
  '{"model":"m","mod\\u0065l":"n"}',
  '{"model":12}',
  '{"stream_options":{"include_usage":1},"model":"m"}',
  '{"stream_options":{"include_usage":true,"include_usage":true,"other":[}}',
  '{"stream_options":{"include_usage":true,"include_usage":true,"other":[]}}',
  '{"stream_options":[]}',
  '{"n":0}',
  `{"a":${'['.repeat(64)}${']'.repeat(64)}}`,
  `{${Array.from({ length: 257 }, (_, index) => `"field_${index}":${index}`).join(',')}}`,
  `{${Array.from({ length: 40 }, (_, index) => `"field_${index % 39}":${index}`).join(',')}}`,
];

/** The result or the error, with all that an error tells. */
function told(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, message: error.message, details: error.details };
  }
}

/** `cuts`: how many bytes are there each time. What follows them in memory is no part of the body, as in a buffer that is being filled. */
function inPieces(body: Buffer, cuts: readonly number[]): unknown {
  const buffer = Buffer.concat([body, Buffer.from('"}]garbage"')]);
  return told(() => {
    const scanner = new BodyScanner();
    for (const cut of cuts) scanner.read(buffer.subarray(0, cut));
    return scanner.end(buffer.subarray(0, body.length));
  });
}

describe('a body that is scanned as it comes in', () => {
  it.each([...GOOD, ...BAD].map((text) => [text.slice(0, 50), text]))('gives the same for %s, cut at any byte', (_, text) => {
    const body = Buffer.from(text);
    const wanted = told(() => scanBody(body));
    for (let cut = 0; cut <= body.length; cut += 1) expect(inPieces(body, [cut])).toEqual(wanted);
    expect(inPieces(body, Array.from({ length: body.length }, (_each, index) => index))).toEqual(wanted);
  });

  it('gives the verdict of JSON.parse on 20,000 damaged bodies in random pieces, and what scanning them whole gives', () => {
    const verdicts = { valid: 0, broken: 0 };
    for (let turn = 0; turn < 20_000; turn += 1) {
      const dice = new Dice(turn);
      const body = damaged(Buffer.from(dice.pick([...GOOD, ...BAD])), dice);
      const cuts = Array.from({ length: dice.roll(6) }, () => dice.roll(body.length + 1)).sort((left, right) => left - right);
      const result = inPieces(body, cuts);
      expect(result).toEqual(told(() => scanBody(body)));
      const code = (result as { code?: string }).code;
      const isValid = isJson(body);
      verdicts[isValid ? 'valid' : 'broken'] += 1;
      if (code === 'malformed_json') expect({ body: body.toString(), isValid }).toEqual({ body: body.toString(), isValid: false });
      if (code === undefined) expect({ body: body.toString(), isValid }).toEqual({ body: body.toString(), isValid: true });
    }
    expect(verdicts.valid).toBeGreaterThan(2_000);
    expect(verdicts.broken).toBeGreaterThan(2_000);
  });

  it('finds what is wrong as soon as it is there', () => {
    const scanner = new BodyScanner();
    scanner.read(Buffer.from('{"model":"m","messages":[{"role":"us'));
    expect(() => scanner.read(Buffer.from('{"model":"m","messages":[{"role":"user"}},'))).toThrow(/at byte 40/);
  });

  it('reads no byte of a string, a number or white space twice, however small the pieces', () => {
    const pieces = (text: string): number => {
      const body = Buffer.from(text);
      const started = performance.now();
      inPieces(body, Array.from({ length: body.length }, (_, index) => index));
      return performance.now() - started;
    };
    for (const text of [`{"a":"${'x'.repeat(300_000)}"}`, `{"a":1${'0'.repeat(300_000)}}`, `{"a":1${' '.repeat(300_000)}}`, `{"${'a'.repeat(300_000)}":1}`]) expect(pieces(text)).toBeLessThan(5_000);
  });

  it('finds where the conversation begins, among the members of the body itself', () => {
    expect(scanBody(Buffer.from('{"model":"m","tools":[{"input":1}],"system":"s","messages":[]}')).conversationStart).toBe(35);
    expect(scanBody(Buffer.from('{"model":"m","metadata":{"prompt":1}}')).conversationStart).toBe(-1);
  });

  it('says whether a member names what an earlier call made, however its name is spelled, and takes no text for one', () => {
    const state = (text: string) => [scanBody(Buffer.from(text)).namesFile, scanBody(Buffer.from(text)).namesState];
    expect(state('{"messages":[{"content":[{"type":"file","file":{"file_id":"file-1"}}]}]}')).toEqual([true, true]);
    expect(state('{"messages":[{"file\\u005fid":"file-1"}]}')).toEqual([true, true]);
    for (const name of ['previous_response_id', 'conversation', 'encrypted_content', 'container', 'container_id', 'vector_store_ids', '\\u0063ontainer']) expect(state(`{"${name}":null}`)).toEqual([false, true]);
    for (const value of ['item_reference', 'item\\u005freference']) expect(state(`{"input":[{"type":"${value}","id":"x"}]}`)).toEqual([false, true]);
    expect(state('{"input":"\\"file_id\\":\\"file-1\\"","tools":["file_id","conversation","item_reference"],"file_id2":1,"file-id":1}')).toEqual([false, false]);
  });
});

function damaged(body: Buffer, dice: Dice): Buffer {
  const bits = ['"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', 'u', '\n', '\u0001', ' ', '1e5', 'null', '"a":1,', 'é'];
  let bytes = body;
  for (let left = dice.roll(3); left > 0; left -= 1) {
    const at = dice.roll(bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(dice.pick(bits)), bytes.subarray(at + dice.roll(4))]);
  }
  return dice.roll(12) === 0 ? bytes.subarray(0, dice.roll(bytes.length + 1)) : bytes;
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}
