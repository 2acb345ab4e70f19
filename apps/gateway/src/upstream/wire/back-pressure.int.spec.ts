import { createHash, type Hash } from 'node:crypto';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, connect } from 'node:tls';
import { makeDialer, parseExceptions, systemClock } from '@byok/platform';
import { testAuthority, type TestCertificates } from '@byok/testing';
import { Exchange } from '../http-client.js';
import { UpstreamPool } from '../pools.js';
import { Connection } from './connection.js';
import { Sweep } from './sweep.js';

const HOST = 'llm.example';
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';
/** More than two sockets of the system ever hold. */
const BLOCKS = 400;
const BLOCK_BYTES = 100_000;
const LIMITS = { maxWholeBytes: 1_000, maxStreamBytes: 1_000_000_000 };
const aWhile = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 30));
const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

/** No two alike, and none that begins where another does. */
function block(index: number): Buffer {
  return Buffer.alloc(BLOCK_BYTES, `block ${index} `);
}

describe.each(['http', 'https'])('a fast server over %s', (scheme) => {
  let certificates: TestCertificates;
  let server: Server;
  let pool: UpstreamPool;
  let sent: number;
  let stalled: boolean;
  let isChunked: boolean;
  let sentHash: Hash;

  beforeAll(async () => {
    certificates = await (await testAuthority())(HOST);
  });
  beforeEach(async () => {
    [sent, stalled, isChunked, sentHash] = [0, false, true, createHash('sha256')];
    const serve = (socket: Socket): void => {
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    };
    server = scheme === 'http' ? createPlainServer(serve) : createTlsServer({ cert: certificates.certificate, key: certificates.key }, serve);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const dialer = makeDialer({ exceptions: parseExceptions(`${HOST}:${port}`), connectTimeoutMs: 5_000, tls: { ca: certificates.ca.toString() }, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    const limits = { connections: 1, waiting: 1, headersTimeoutMs: 60_000, bodyIdleTimeoutMs: 60_000 };
    pool = new UpstreamPool(new URL(`${scheme}://${HOST}:${port}`), dialer, 'nobody', limits, new Sweep());
  });
  afterEach(async () => {
    await pool.destroy();
    server.close();
  });

  /** As fast as the socket takes it; to the end, and no further. */
  function answer(socket: Socket): void {
    socket.write(`${HEAD}${isChunked ? 'transfer-encoding: chunked\r\n' : ''}\r\n`);
    const more = (): void => {
      stalled = false;
      while (sent < BLOCKS) {
        const bytes = block(sent);
        sent += 1;
        sentHash.update(bytes);
        if (socket.write(isChunked ? Buffer.concat([Buffer.from(`${BLOCK_BYTES.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]) : bytes)) continue;
        stalled = true;
        return void socket.once('drain', more);
      }
      socket.end(isChunked ? '0\r\n\r\n' : '');
    };
    more();
  }

  /** Reads the answer, and does with each chunk what the test wants. */
  async function read(onChunk: (exchange: Exchange) => void = () => undefined) {
    const exchange = new Exchange({ pool, path: '/' }, LIMITS, systemClock);
    exchange.start('POST', '{}', []);
    await exchange.answer;
    const hash = createHash('sha256');
    const heard = { bytes: 0, exchange };
    const over = new Promise<string>((resolve) => {
      exchange.pipe({
        chunk: (chunk) => {
          heard.bytes += chunk.length;
          hash.update(chunk);
          onChunk(exchange);
        },
        end: () => resolve('end'),
        cut: (error) => resolve(error.code),
      });
    });
    const result = async () => ({ how: await over, bytes: heard.bytes, isSame: hash.digest('hex') === sentHash.digest('hex') });
    return { heard, result };
  }
  const ALL = { how: 'end', bytes: BLOCKS * BLOCK_BYTES, isSame: true };

  it.each([true, false])('is held up by a call that is paused, and loses nothing (chunked: %s)', async (chunked) => {
    isChunked = chunked;
    let isPaused = false;
    const { heard, result } = await read((exchange) => {
      if (isPaused) return;
      isPaused = true;
      exchange.pause();
    });
    let before = -1;
    while (sent < BLOCKS && (before !== sent || !stalled)) {
      before = sent;
      await aWhile();
    }
    expect(sent).toBeLessThan(BLOCKS / 2);
    // What had come before the pause, and the TLS records that had come with it.
    expect(heard.bytes).toBeLessThan(512 * 1024);
    const { bytes } = heard;
    await aWhile();
    expect([heard.bytes, sent]).toEqual([bytes, before]);
    heard.exchange.resume();
    expect(await result()).toEqual(ALL);
  });

  it.each([true, false])('loses nothing to a receiver that pauses at every chunk (chunked: %s)', async (chunked) => {
    isChunked = chunked;
    const { result } = await read((exchange) => {
      exchange.pause();
      setImmediate(() => exchange.resume());
    });
    expect(await result()).toEqual(ALL);
  });

  it('cannot push past a call that goes on and pauses in one turn', async () => {
    const { heard, result } = await read((exchange) => exchange.pause());
    for (let time = 0; time < 20; time += 1) {
      heard.exchange.resume();
      heard.exchange.pause();
      await turn();
    }
    await aWhile();
    const { bytes } = heard;
    await aWhile();
    expect(heard.bytes).toBe(bytes);
    expect(bytes).toBeLessThan(BLOCKS * BLOCK_BYTES * 0.5);
    const drain = setInterval(() => heard.exchange.resume(), 0);
    expect(await result()).toEqual(ALL);
    clearInterval(drain);
  });
});

describe('a socket that is read the way of connections', () => {
  it('is destroyed with an error when it says something and is nobody’s', async () => {
    const { certificate, key, ca } = await (await testAuthority())(HOST);
    const server = createTlsServer({ cert: certificate, key }, (socket) => void socket.on('error', () => undefined).write('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const options = { host: '127.0.0.1', port, ca, servername: HOST, onread: Connection.READING };
    const error = await new Promise<Error>((resolve) => connect(options).on('error', resolve));
    expect(error.message).toBe('The server spoke without being asked.');
    server.close();
  });
});
