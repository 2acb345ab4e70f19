import type { IncomingHttpHeaders } from 'node:http';
import { ResponseReader } from './read-response.js';

/** What a listener heard, in one line each; bytes of a body are joined. */
class Heard {
  readonly heads: [number, IncomingHttpHeaders][] = [];
  body = '';
  ended = 0;
  readonly onHead = (status: number, headers: IncomingHttpHeaders): void => void this.heads.push([status, headers]);
  readonly onData = (chunk: Buffer): void => void (this.body += chunk.toString('latin1'));
  readonly onEnd = (): void => void (this.ended += 1);
}

function read(pieces: readonly (string | Buffer)[], closes = false) {
  const reader = new ResponseReader();
  const heard = new Heard();
  reader.begin(heard);
  for (const piece of pieces) reader.feed(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  if (closes) reader.close();
  return { status: heard.heads[0]?.[0], headers: heard.heads[0]?.[1], heads: heard.heads.length, body: heard.body, ended: heard.ended, isLast: reader.isLast };
}

const WHOLE: [string, string, { body: string; isLast: boolean; closes?: true }][] = [
  ['with a length', 'HTTP/1.1 200 OK\r\ncontent-type: a\r\nContent-Length: 5\r\n\r\nhello', { body: 'hello', isLast: false }],
  ['with an empty body', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', { body: '', isLast: false }],
  ['without a reason', 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx', { body: 'x', isLast: false }],
  ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n00A;name=value;bare\r\n, world..!\r\n0\r\n\r\n', { body: 'hello, world..!', isLast: false }],
  ['in chunks with trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx-sum: 1\r\nx-more: 2\r\n\r\n', { body: 'x', isLast: true }],
  ['until the end of the connection', 'HTTP/1.1 200 OK\r\ncontent-type: a\r\n\r\nhello', { body: 'hello', isLast: true, closes: true }],
  ['after which the server closes', 'HTTP/1.1 200 OK\r\nconnection: foo, Close\r\ncontent-length: 1\r\n\r\nx', { body: 'x', isLast: true }],
  ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx', { body: 'x', isLast: true }],
  ['after others that were not the last word', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx', { body: 'x', isLast: false }],
  ['that cannot have a body', 'HTTP/1.1 204 No Content\r\nx: y\r\n\r\n', { body: '', isLast: false }],
  ['that cannot have a body and announces one', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', { body: '', isLast: true }],
  ['with a header of 16 KB', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(16_000)}\r\ncontent-length: 1\r\n\r\nx`, { body: 'x', isLast: false }],
];

describe('a response', () => {
  it.each(WHOLE)('%s is read, wherever it is cut', (_what, text, { closes, ...wanted }) => {
    const whole = read([text], closes);
    expect(whole).toMatchObject({ ...wanted, heads: 1, ended: 1 });
    const cuts = text.length > 1_000 ? [1, 12, 16_000, 16_030] : Array.from({ length: text.length - 1 }, (_, index) => index + 1);
    for (const cut of cuts) expect(read([text.slice(0, cut), text.slice(cut)], closes)).toEqual(whole);
    if (text.length < 1_000) expect(read([...text], closes)).toEqual(whole);
  });

  it('keeps the names of headers in small letters, their values as they are, and both values of one that came twice', () => {
    const { headers } = read(['HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-Name:\t \xe4 b  \t\r\nempty:\r\n__proto__: x\r\nconstructor: y\r\nSet-Cookie: c\r\ncontent-length: 0\r\n\r\n']);
    expect(headers).toEqual({ 'set-cookie': ['a=1', 'b=2', 'c'], 'x-name': '\xe4 b', empty: '', constructor: 'y', 'content-length': '0' });
  });

  it('hands its body on without copying it', () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    const chunks: Buffer[] = [];
    const reader = new ResponseReader();
    reader.begin({ onHead: () => undefined, onData: (chunk) => void chunks.push(chunk), onEnd: () => undefined });
    reader.feed(bytes);
    expect(chunks.map(({ buffer }) => buffer)).toEqual([bytes.buffer]);
    expect(chunks[0]!.byteOffset).toBe(bytes.byteOffset + bytes.length - 2);
  });

  it('hands on together what came in small chunks at once, and alone what came before something malformed', () => {
    const pieces: string[] = [];
    const heard = { onHead: () => undefined, onData: (chunk: Buffer) => void pieces.push(chunk.toString()), onEnd: () => undefined };
    const reader = new ResponseReader();
    reader.begin(heard);
    reader.feed(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n3\r\nd'));
    expect(pieces).toEqual(['abcd']);
    expect(() => reader.feed(Buffer.from('ef\r\n1\r\ng\r\nnothing\r\n'))).toThrow();
    expect(pieces).toEqual(['abcd', 'efg']);
    reader.begin(heard);
    reader.feed(Buffer.from(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'2710\r\n'.concat('x'.repeat(10_000), '\r\n').repeat(4)}0\r\n\r\n`));
    expect(pieces.slice(2).map((piece) => piece.length)).toEqual([20_000, 20_000]);
  });

  it('is read alike whatever the one before it on its connection said', () => {
    const texts = ['a: 1\r\nContent-Type: x\r\ncontent-length: 0', 'a: 2\r\nContent-Type: y\r\ncontent-length: 0', 'Content-Type: z\r\na: 3\r\ncontent-length: 0', 'content-length: 0\r\nab: 4', 'ab: 5\r\nA: 6\r\nCONTENT-LENGTH: 0\r\nab: 7'];
    const alone = texts.map((lines) => read([`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`]).headers);
    const reader = new ResponseReader();
    const together = texts.map((lines) => {
      const heard = new Heard();
      reader.begin(heard);
      reader.feed(Buffer.from(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`));
      return heard.heads[0]![1];
    });
    expect(together).toEqual(alone);
    expect(together[4]).toEqual({ ab: ['5', '7'], a: '6', 'content-length': '0' });
  });

  it('is followed by nothing: what comes after its end leaves it as it is and is the last of its connection', () => {
    expect(read(['HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n'])).toMatchObject({ body: 'x', ended: 1, isLast: true });
    expect(read(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n\r\n'])).toMatchObject({ body: '', ended: 1, isLast: true });
  });

  it('is not read further by a listener that has had enough', () => {
    for (const text of ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n']) {
      for (const stopsAt of ['onHead', 'onData'] as const) {
        const heard: string[] = [];
        const reader = new ResponseReader();
        const hear = (what: string) => (): void => {
          heard.push(what);
          if (what === stopsAt) reader.stop();
        };
        reader.begin({ onHead: hear('onHead'), onData: hear('onData'), onEnd: hear('onEnd') });
        reader.feed(Buffer.from(text));
        if (heard.includes(stopsAt)) expect(heard.at(-1)).toBe(stopsAt);
      }
    }
  });
});

const chunked = (rest: string): string => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${rest}`;
const head = (lines: string): string => `HTTP/1.1 200 OK\r\n${lines}\r\n\r\n0\r\n\r\n`;

const REFUSED: [string, string][] = [
  ['a length and chunks', head('content-length: 5\r\ntransfer-encoding: chunked')],
  ['chunks and a length', head('transfer-encoding: chunked\r\ncontent-length: 5')],
  ['two lengths', head('content-length: 5\r\ncontent-length: 6')],
  ['the same length twice', head('content-length: 5\r\ncontent-length: 5')],
  ['a list of lengths', head('content-length: 5, 5')],
  ...['+5', '-5', '0x5', '5 5', '5.0', '', '1e3', '9999999999999999'].map((length): [string, string] => [`the length "${length}"`, head(`content-length: ${length}`)]),
  ['chunks twice', head('transfer-encoding: chunked\r\ntransfer-encoding: chunked')],
  ...['gzip, chunked', 'chunked, identity', 'identity', 'xchunked', 'chunked;q=1', 'chunked\t', 'chunked \t', 'chunked\t ', ''].map((coding): [string, string] => [`the transfer encoding ${JSON.stringify(coding)}`, head(`transfer-encoding: ${coding}`)]),
  ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a space before a colon', head('content-length : 5')],
  ['a space before a name', head(' content-length: 5')],
  ['a header that goes on in the next line', head('x: a\r\n b')],
  ['a header without a colon', head('nothing')],
  ['a header without a name', head(': x')],
  ['a name that is none', head('a b: x')],
  ['a NUL in a value', head('x: a\0b')],
  ['a bare line feed in a value', head('x: a\nb: c')],
  ['a bare carriage return in a value', head('x: a\rb: c')],
  ['lines that end with line feeds', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
  ['another protocol', '220 smtp.example ESMTP\r\n'],
  ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 099 OK\r\n\r\n'],
  ['an empty line first', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ['a beginning after which the connection is over', 'HTTP/1.1 100 Continue\r\nconnection: close\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['an endless number of beginnings', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(40)],
  ...['-1', '0x5', '+5', ' 5', '5 ', 'g', '', '5;', '5;a b', '5;a="b"', '12345678901', 'fffffffffffffffff'].map((size): [string, string] => [`a chunk of "${size}"`, chunked(`${size}\r\nhello\r\n0\r\n\r\n`)]),
  ['a chunk line that ends with a line feed', chunked('5\nhello\r\n0\r\n\r\n')],
  ['a chunk that is longer than it says', chunked('5\r\nhello!\r\n0\r\n\r\n')],
  ['a chunk that ends with half an end', chunked('5\r\nhello\rx0\r\n\r\n')],
  ['a chunk that ends with a line feed', chunked('5\r\nhello\n0\r\n\r\n')],
  ['a chunk line of a kilobyte', chunked(`5;${'a'.repeat(1_000)}`)],
  ['a length among the trailers', chunked('0\r\ncontent-length: 5\r\n\r\n')],
  ['a transfer encoding among the trailers', chunked('0\r\ntransfer-encoding: chunked\r\n\r\n')],
  ['trailers that are none', chunked('0\r\nx\r\n\r\n')],
];

describe('a response is refused', () => {
  it.each(REFUSED)('with %s, in whatever pieces it comes', (_what, text) => {
    expect(() => read([text])).toThrow('The response is not HTTP/1.1 as it has to be');
    expect(() => read([...text])).toThrow('The response is not HTTP/1.1 as it has to be');
  });

  it.each([
    ['of more than 16 KB', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(16_400)}\r\n\r\n`],
    ['of more than 16 KB that does not end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(16_400)}`],
    ['of more than 200 lines', `HTTP/1.1 200 OK\r\n${'a:\r\n'.repeat(201)}\r\n`],
    ['and with trailers of more', chunked(`0\r\nx: ${'y'.repeat(16_400)}\r\n\r\n`)],
  ])('with a head %s', (_what, text) => {
    expect(() => read([text])).toThrow('larger than the gateway passes on');
    expect(() => read([text.slice(0, 20), text.slice(20)])).toThrow('larger than the gateway passes on');
  });

  it('when the connection ends before it does', () => {
    for (const text of ['', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell', chunked('5\r\nhello\r\n'), chunked('5\r\nhello\r\n0\r\n'), chunked('5\r\nhell')]) {
      expect(() => read([text], true)).toThrow('ended before the response did');
    }
  });
});
