import { createServer, type IncomingMessage } from 'node:http';
import { duplexPair } from 'node:stream';
import { HeaderNames } from '../../header-names.js';
import { readHead } from './read-head.js';

const BODY = '{"model":"gpt-4o","messages":[]}';

function request(lines: string[] = [], { body = BODY, length = String(Buffer.byteLength(body)), start = 'POST /v1/chat/completions HTTP/1.1' } = {}): string {
  return [start, 'Host: gateway.example', ...lines, `Content-Length: ${length}`, '', body].join('\r\n');
}

/** What is one whole ordinary request and nothing else. */
function readWhole(bytes: Buffer, names = new HeaderNames()): { url: string; headers: object; body: string } | null {
  const head = readHead(bytes, names);
  return head && head.bodyStart + head.bodyLength === bytes.length ? { url: head.url, headers: head.headers, body: bytes.toString('latin1', head.bodyStart) } : null;
}

const read = (text: string) => readWhole(Buffer.from(text, 'latin1'));

it('reads a whole ordinary request: path, headers in lower case without the blanks around them, body', () => {
  const found = read(request(['Authorization:  Bearer a b \t', 'X-Empty:', 'Connection: Keep-Alive'], { start: 'POST /v1/chat/completions?key=1 HTTP/1.1' }));
  expect(found!.url).toBe('/v1/chat/completions?key=1');
  expect(found!.headers).toEqual({ host: 'gateway.example', authorization: 'Bearer a b', 'x-empty': '', connection: 'Keep-Alive', 'content-length': String(BODY.length) });
  expect(found!.body).toBe(BODY);
});

const LEFT: [string, string][] = [
  ['another method', request([], { start: 'GET /v1/models HTTP/1.1' })],
  ['a method with a blank before it', ` ${request()}`],
  ['another version', request([], { start: 'POST /v1/chat/completions HTTP/1.0' })],
  ['a blank in the path', request([], { start: 'POST /v1/chat completions HTTP/1.1' })],
  ['a whole URL as path', request([], { start: 'POST http://gateway.example/v1/chat/completions HTTP/1.1' })],
  ['a path beyond ASCII', request([], { start: 'POST /v1/\xe4 HTTP/1.1' })],
  ['no host', request().replace('Host: gateway.example\r\n', '')],
  ['two hosts', request(['Host: other.example'])],
  ['a header twice', request(['X-Api-Key: a', 'x-api-key: b'])],
  ['a name that every object has', request(['constructor: x'])],
  ['two lengths', request([`Content-Length: ${BODY.length}`])],
  ['no length', request().replace(/Content-Length: \d+\r\n/, '')],
  ['a length with a sign', request([], { length: `+${BODY.length}` })],
  ['a length with a leading zero', request([], { length: `0${BODY.length}` })],
  ['a length in hex', request([], { length: '0x20' })],
  ['an empty length', request([], { length: '' })],
  ['a body that goes on', request([], { length: String(BODY.length + 1) })],
  ['something behind the body', `${request()}P`],
  ['two requests', request() + request()],
  ['chunks', request(['Transfer-Encoding: chunked'])],
  ['an expectation', request(['Expect: 100-continue'])],
  ['an upgrade', request(['Upgrade: h2c', 'Connection: keep-alive'])],
  ['a compressed body', request(['Content-Encoding: gzip'])],
  ['a last request', request(['Connection: close'])],
  ['several connection options', request(['Connection: keep-alive, upgrade'])],
  ['a blank before the colon', request(['X-Tag : 1'])],
  ['a folded header', request(['X-Tag: 1', ' 2'])],
  ['a header without a name', request([': 1'])],
  ['a header without a colon', request(['X-Tag'])],
  ['a bare line feed in a value', request(['X-Tag: 1\nX-Other: 2'])],
  ['a bare carriage return in a value', request(['X-Tag: 1\rX-Other: 2'])],
  ['a zero byte in a value', request(['X-Tag: \0'])],
  ['a value beyond ASCII', request(['X-Tag: \xe4'])],
  ['line feeds alone', request().replaceAll('\r\n', '\n')],
  ['a head that is too large', request([`X-Tag: ${'a'.repeat(16 * 1024)}`])],
  ['too many headers', request(Array.from({ length: 100 }, (_, index) => `X-${index}: 1`))],
];

it.each(LEFT)('leaves to node:http: %s', (_what, text) => {
  expect(read(text)).toBeNull();
});

it.each([
  ['a name twice', ['X-B: 1', 'X-B: 1']],
  ['a name twice, the first of which is new', ['X-C: 1', 'X-C: 1']],
  ['a name at the place where another one was, and again', ['X-C: 1', 'X-B: 1', 'X-C: 2']],
  ['what decides how a body is read', ['X-B: 1', 'Transfer-Encoding: chunked']],
])('takes requests with the same names, with fewer and with others on one connection, and leaves %s to node:http', (_what, lines) => {
  const names = new HeaderNames();
  const headersOf = (...headers: string[]) => readHead(Buffer.from(request(headers)), names)?.headers;
  expect(headersOf('X-A: 1', 'X-B: 2')).toMatchObject({ 'x-a': '1', 'x-b': '2' });
  expect(headersOf('X-A: 3', 'X-B: ')).toMatchObject({ 'x-a': '3', 'x-b': '' });
  expect(headersOf('X-B: 4')).toMatchObject({ 'x-b': '4' });
  expect(headersOf('X-BB: 5', 'X-B: 6')).toMatchObject({ 'x-bb': '5', 'x-b': '6' });
  expect(headersOf('x-b: 7')).toMatchObject({ 'x-b': '7' });
  expect(headersOf(...lines)).toBeUndefined();
});

it('leaves every beginning of a request to node:http', () => {
  const whole = request(['X-Tag: 1']);
  for (let end = 0; end < whole.length; end += 1) expect(read(whole.slice(0, end))).toBeNull();
});

/** What node:http makes of the same bytes: its requests in order, or an error. */
async function readByNode(bytes: Buffer): Promise<{ requests: { url: string; headers: object; body: string }[]; failed: boolean }> {
  const requests: { url: string; headers: object; body: string }[] = [];
  let failed = false;
  const server = createServer({ joinDuplicateHeaders: true }, (incoming: IncomingMessage, response) => {
    let body = '';
    incoming.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      requests.push({ url: incoming.url!, headers: { ...incoming.headers }, body });
      response.end();
    });
  });
  server.on('clientError', () => (failed = true));
  const [client, side] = duplexPair();
  server.emit('connection', side);
  client.resume();
  client.write(bytes);
  for (let turns = 0; turns < 6; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  client.destroy();
  return { requests, failed };
}

function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = ['\r', '\n', '\r\n', ' ', '\t', ':', '\0', '0', '-', 'chunked', '\r\n\r\n', 'HTTP/1.1', '\x80', ',', 'X-A: 1\r\n', 'Content-Length: 0\r\n', 'Transfer-Encoding: chunked\r\n', 'POST / HTTP/1.1\r\n'];

function mutated(text: string, roll: (below: number) => number): string {
  let changed = text;
  for (let times = 1 + roll(2); times > 0; times -= 1) {
    const at = roll(changed.length + 1);
    const cut = roll(3) === 0 ? roll(6) : 0;
    changed = changed.slice(0, at) + (roll(4) === 0 ? '' : PIECES[roll(PIECES.length)]!) + changed.slice(at + cut);
  }
  return changed;
}

it('takes nothing that node:http would not take, and reads all of it as node:http does', async () => {
  const roll = dice(20261121);
  const bases = [request(), request(['Connection: keep-alive', 'Authorization: Bearer t', 'X-Tag:  a b ']), request([], { body: '' }), request(['Accept: */*'], { start: 'POST /api/inference?x=%20 HTTP/1.1' })];
  let names = new HeaderNames();
  let taken = 0;
  for (let round = 0; round < 3_000; round += 1) {
    const text = round < bases.length ? bases[round]! : mutated(bases[roll(bases.length)]!, roll);
    const bytes = Buffer.from(text, 'latin1');
    const ours = readWhole(bytes);
    // What the connection was asked before changes nothing.
    expect(readWhole(bytes, names)).toEqual(ours);
    if (!ours) {
      names = new HeaderNames();
      continue;
    }
    taken += 1;
    const { requests, failed } = await readByNode(bytes);
    expect({ text, failed, requests }).toEqual({ text, failed: false, requests: [{ url: ours.url, headers: { ...ours.headers }, body: ours.body }] });
  }
  expect(taken).toBeGreaterThan(300);
}, 60_000);
