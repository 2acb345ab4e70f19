import { request, type IncomingHttpHeaders } from 'node:http';
import { makeDialer, parseExceptions } from '@byok/platform';
import { ConnectionPool } from './connection-pool.js';
import { ResponseReader } from './read-response.js';
import { RawServer } from './raw-server.builder.js';
import { Sweep } from './sweep.js';
import type { WireCall } from './wire-call.js';
import { requestHead } from './write-request.js';

/** What was read of a response; null where it was refused, or did not come to its end. */
type Read = { status: number; headers: Record<string, string | string[]>; body: string } | null;

const SEED = 20_261_121;
const VALID = 400;
const MUTATED = 3_000;
const AT_A_TIME = 32;

/** Dice that fall the same way every time (mulberry32). */
function diceOf(seed: number) {
  let state = seed;
  const roll = (sides: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
  return { roll, pick: <T>(from: readonly T[]): T => from[roll(from.length)]! };
}
type Dice = ReturnType<typeof diceOf>;

const NAMES = ['x-request-id', 'Set-Cookie', 'Content-Type', 'X-RateLimit-Remaining', 'date', 'a', "!#$%&'*+-.^_`|~9", 'Keep-Alive', 'Upgrade'];
const VALUES = ['', 'a', ' padded \t', 'text/event-stream; charset=utf-8', 'timeout=5, max=100', '\xe4\xf6\xff', 'a, b, c', 'a:b:c', '"quoted"', 'chunked', '0', 'h2c'];

function valid(dice: Dice): string {
  const status = dice.pick([200, 200, 200, 201, 204, 304, 302, 400, 429, 500, 529, 999]);
  const interim = dice.pick(['', '', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n']);
  const lines = Array.from({ length: dice.roll(6) }, () => `${dice.pick(NAMES)}:${dice.pick([' ', '', '\t  '])}${dice.pick(VALUES)}`);
  const body = 'data: {"a":1}\n\n'.repeat(dice.roll(4)) + 'x'.repeat(dice.roll(30));
  const framing = status === 204 || status === 304 ? 'none' : dice.pick(['length', 'chunked', 'close']);
  const connection = dice.pick(['', 'Connection: keep-alive', 'connection: close', 'Connection: Keep-Alive, x']);
  if (connection !== '') lines.push(connection);
  if (framing === 'length') lines.splice(dice.roll(lines.length + 1), 0, `${dice.pick(['Content-Length', 'content-length'])}: ${dice.pick(['', '00'])}${body.length}`);
  if (framing === 'chunked') lines.splice(dice.roll(lines.length + 1), 0, `Transfer-Encoding: ${dice.pick(['chunked', 'Chunked', '\t chunked  '])}`);
  const head = `HTTP/1.${framing === 'chunked' ? 1 : dice.pick([1, 1, 0])} ${status}${dice.pick(['', ' ', ' OK', ' So it is \xe4'])}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  return interim + head + (framing === 'none' ? '' : framing === 'chunked' ? inChunks(body, dice) : body);
}

function inChunks(body: string, dice: Dice): string {
  let text = '';
  for (let at = 0; at < body.length; ) {
    const size = Math.min(1 + dice.roll(20), body.length - at);
    text += `${dice.pick(['', '0', '000'])}${size.toString(16)}${dice.pick(['', '', ';a', ';a=b;c'])}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${text}0\r\n${dice.pick(['', '', 'x-sum: 1\r\n'])}\r\n`;
}

const INSERTED = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', ',', '0', '1', 'f', '-', '+', '0x', '\x7f', '\x0b', '\xff', 'content-length: 5\r\n', 'Content-Length: 0\r\n', 'transfer-encoding: chunked\r\n', 'transfer-encoding: identity\r\n', 'connection: close\r\n', ' folded\r\n', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\n', 'upgrade: x\r\n', 'connection: upgrade\r\n'];

function mutated(text: string, dice: Dice): string {
  let result = text;
  for (let times = 1 + dice.roll(3); times > 0; times -= 1) {
    const at = dice.roll(result.length + 1);
    const far = at + 1 + dice.roll(8);
    // Most of what matters is where lines end.
    const line = dice.roll(2) === 0 ? at : Math.max(result.indexOf('\n', at) + 1, 0);
    const framing = /content-length|transfer-encoding/i.exec(result)?.index;
    switch (dice.roll(6)) {
      case 5: {
        // And what tells where a body ends.
        const inFraming = (framing ?? at) + dice.roll(32);
        result = result.slice(0, inFraming) + dice.pick(INSERTED) + result.slice(inFraming + dice.roll(2));
        break;
      }
      case 0:
        result = result.slice(0, at) + result.slice(far);
        break;
      case 1:
        result = result.slice(0, far) + result.slice(at);
        break;
      case 2:
        result = result.slice(0, at) + String.fromCharCode(dice.roll(256)) + result.slice(at + 1);
        break;
      default:
        result = result.slice(0, line) + dice.pick(INSERTED) + result.slice(line);
    }
  }
  return result;
}

/** `__proto__` is nobody's header. */
function folded(raw: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const [name, value] = [raw[index]!.toLowerCase(), raw[index + 1]!];
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

/** What comes after a response ends its connection with us, and the response with node:http; what is compared is the response. */
function withoutExcess(text: string): string {
  const reader = new ResponseReader();
  const ignore = (): void => undefined;
  reader.begin({ onHead: ignore, onData: ignore, onEnd: ignore });
  const bytes = Buffer.from(text, 'latin1');
  try {
    for (let at = 0; at < bytes.length; at += 1) {
      if (!reader.isReading) return text.slice(0, at);
      reader.feed(bytes.subarray(at, at + 1));
    }
  } catch {
    // Refused: it is compared as it is.
  }
  return text;
}

class Recorder implements WireCall {
  readonly head: string;
  readonly body = null;
  readonly onSending = (): void => undefined;
  readonly read: Promise<Read>;
  #read: Read = null;
  #over!: (read: Read) => void;
  constructor(path: string) {
    this.head = requestHead('POST', path, 'a', [], 0);
    this.read = new Promise((resolve) => (this.#over = resolve));
  }
  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#read = { status, headers: { ...headers } as Record<string, string | string[]>, body: '' };
  }
  onData(chunk: Buffer): void {
    this.#read!.body += chunk.toString('latin1');
  }
  onEnd(): void {
    this.#over(this.#read);
  }
  onFailure(): void {
    this.#over(null);
  }
}

describe('our client reads what servers send', () => {
  let server: RawServer;
  let origin: URL;
  let said: string[] = [];

  beforeAll(async () => {
    server = new RawServer();
    server.answer = (socket, { path }) => void socket.end(Buffer.from(said[Number(path.slice(1))]!, 'latin1'));
    origin = await server.start();
  });
  afterAll(() => server.close());

  /** On a connection of its own: the server closes each without a word. */
  async function byUs(index: number): Promise<Read> {
    const connector = makeDialer({ exceptions: parseExceptions(''), connectTimeoutMs: 5_000 }).connectorFor(origin, 'operator');
    const pool = new ConnectionPool({ origin, connector, sweep: new Sweep(), connections: 1, headersTimeoutMs: 5_000, bodyIdleTimeoutMs: 5_000 });
    const recorder = new Recorder(`/${index}`);
    pool.dispatch(recorder);
    const read = await recorder.read;
    await pool.destroy();
    return read;
  }

  function byNode(index: number): Promise<Read> {
    return new Promise((resolve) => {
      const asked = request({ port: origin.port, host: origin.hostname, path: `/${index}`, method: 'POST', agent: false, headers: { 'content-length': 0 } });
      asked.on('response', (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
        answer.on('error', () => resolve(null));
        answer.on('close', () => resolve(answer.complete ? { status: answer.statusCode!, headers: folded(answer.rawHeaders), body } : null));
      });
      asked.on('upgrade', (_answer, socket) => {
        socket.destroy();
        resolve(null);
      });
      asked.on('error', () => resolve(null));
      asked.on('close', () => setImmediate(resolve, null));
      asked.end();
    });
  }

  async function compare(texts: string[]): Promise<{ text: string; ours: Read; nodes: Read }[]> {
    said = texts;
    const results: { text: string; ours: Read; nodes: Read }[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < texts.length) {
        const index = next;
        next += 1;
        const [ours, nodes] = await Promise.all([byUs(index), byNode(index)]);
        results.push({ text: texts[index]!, ours, nodes });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return results;
  }

  it('as node:http reads it, where it is right', async () => {
    const dice = diceOf(SEED);
    for (const { text, ours, nodes } of await compare(Array.from({ length: VALID }, () => valid(dice)))) {
      expect({ text, read: ours }).toEqual({ text, read: nodes });
      expect({ text, isRead: ours !== null }).toEqual({ text, isRead: true });
    }
  });

  it('as node:http reads it or not at all, where something is wrong with it', async () => {
    const dice = diceOf(SEED + 1);
    const results = await compare(Array.from({ length: MUTATED }, () => withoutExcess(mutated(valid(dice), dice))));
    const [read, refused] = [results.filter(({ ours }) => ours !== null), results.filter(({ ours }) => ours === null)];
    for (const { text, ours, nodes } of read) expect({ text, read: nodes }).toEqual({ text, read: ours });
    // Neither all right nor all wrong: a test that says nothing would be green as well.
    expect(read.length).toBeGreaterThan(MUTATED / 10);
    expect(refused.filter(({ nodes }) => nodes === null).length).toBeGreaterThan(MUTATED / 10);
  });
});
