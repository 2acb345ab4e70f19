import { once } from 'node:events';
import { AppError } from '@byok/kernel';
import { makeDialer, parseExceptions, systemClock } from '@byok/platform';
import { Exchange, type StreamSink, type WholeAnswer } from '../http-client.js';
import { UpstreamPool, type PoolLimits } from '../pools.js';
import { plain, RawServer } from './raw-server.builder.js';

const LIMITS = { maxWholeBytes: 100_000_000, maxStreamBytes: 100_000_000 };
const gone = (): AppError => new AppError('client_gone', 'The client closed the connection.');
const STREAM = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';

describe('the connections to a provider', () => {
  let server: RawServer;
  let origin: URL;
  let pools: UpstreamPool[];
  beforeEach(async () => {
    pools = [];
    server = new RawServer();
    origin = await server.start();
  });
  afterEach(async () => {
    await Promise.all(pools.map((pool) => pool.destroy()));
    server.close();
  });

  /** A pool whose time is told by the test: `tick(1)` is half a second. */
  function aPool(limits: Partial<PoolLimits> = {}) {
    const swept = new Set<{ tick(): void }>();
    const dialer = makeDialer({ exceptions: parseExceptions(''), connectTimeoutMs: 5_000 });
    const sweep = { add: (each: { tick(): void }) => void swept.add(each), remove: (each: { tick(): void }) => void swept.delete(each) };
    const pool = new UpstreamPool(origin, dialer, 'operator', { connections: 4, waiting: 1_000, headersTimeoutMs: 2_000, bodyIdleTimeoutMs: 1_000, ...limits }, sweep);
    pools.push(pool);
    const tick = (times: number): void => {
      for (let time = 0; time < times; time += 1) for (const each of [...swept]) each.tick();
    };
    return { pool, tick, swept };
  }

  function start(pool: UpstreamPool, path = '/', body: Buffer | string | null = '{}'): Exchange {
    const exchange = new Exchange({ pool, path }, LIMITS, systemClock);
    exchange.start('POST', body, ['x-test', '1']);
    return exchange;
  }
  const ask = async (pool: UpstreamPool, path = '/', body: Buffer | string | null = '{}'): Promise<string> => ((await start(pool, path, body).answer) as WholeAnswer).body.toString();
  const failed = (exchange: Exchange): Promise<string> => exchange.answer.then(() => 'answered', ({ code }: AppError) => code);
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  /** Long enough for a connection to be ready for the next call. */
  const rested = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
  const aWhile = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 30));

  class Sink implements StreamSink {
    text = '';
    bytes = 0;
    readonly over: Promise<string>;
    #over!: (how: string) => void;
    constructor(readonly onChunk: () => void = () => undefined) {
      this.over = new Promise((resolve) => (this.#over = resolve));
    }
    chunk(chunk: Buffer): void {
      this.bytes += chunk.length;
      this.text += chunk.length < 1_000 ? chunk.toString() : '';
      this.onChunk();
    }
    end(): void {
      this.#over('end');
    }
    cut(error: AppError): void {
      this.#over(error.code);
    }
  }
  async function streamed(exchange: Exchange, sink: Sink): Promise<Sink> {
    await exchange.answer;
    exchange.pipe(sink);
    return sink;
  }

  it('carry 200 calls at a time over 8 sockets, in order, each with its own answer', async () => {
    server.answer = (socket, { path }) => void setImmediate(() => socket.write(plain(path)));
    const { pool } = aPool({ connections: 8 });
    const paths = Array.from({ length: 200 }, (_, index) => `/${index}`);
    expect(await Promise.all(paths.map((path) => ask(pool, path)))).toEqual(paths);
    expect(server.sockets.length).toBe(8);
    for (let connection = 0; connection < 8; connection += 1) {
      const served = server.requests.filter((request) => request.connection === connection).map(({ path }) => Number(path.slice(1)));
      expect(served.length).toBeGreaterThan(1);
      expect(served).toEqual(served.toSorted((one, other) => one - other));
    }
  });

  it('serve calls that wait in their order', async () => {
    const { pool } = aPool({ connections: 1 });
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
    await Promise.all(paths.map((path) => ask(pool, path)));
    expect(server.requests.map(({ path }) => path)).toEqual(paths);
    expect(server.sockets.length).toBe(1);
  });

  it('use the one again that was used last', async () => {
    const { pool } = aPool();
    await Promise.all(['/1', '/2', '/3'].map((path) => ask(pool, path)));
    await rested();
    await ask(pool, '/4');
    const { connection } = server.requests.at(-1)!;
    for (let time = 0; time < 3; time += 1) {
      await rested();
      await ask(pool);
    }
    expect(server.requests.slice(3).map((request) => request.connection)).toEqual([connection, connection, connection, connection]);
  });

  it('are thrown away when the server closes them, or speaks, while nobody asks', async () => {
    const { pool, swept } = aPool();
    for (const end of ['fin', 'reset', 'forged answer', 'one byte']) {
      expect(await ask(pool, '/mine')).toBe('/mine');
      await rested();
      const socket = server.sockets.at(-1)!;
      const closed = once(socket, 'close');
      if (end === 'fin') socket.end();
      else if (end === 'reset') socket.resetAndDestroy();
      else socket.write(end === 'one byte' ? 'x' : plain('forged'));
      await closed;
      await until(() => swept.size === 0);
    }
    expect(await ask(pool, '/mine')).toBe('/mine');
    expect(server.sockets.length).toBe(5);
  });

  it('are thrown away when more comes than the answer', async () => {
    server.answer = (socket, { path }) => void socket.write(plain(path) + plain('forged'));
    const { pool } = aPool({ connections: 1 });
    expect(await Promise.all(['/1', '/2', '/3'].map((path) => ask(pool, path)))).toEqual(['/1', '/2', '/3']);
    expect(server.sockets.length).toBe(3);
  });

  it('send a request once: one that was closed as it was used again fails its call', async () => {
    const { pool } = aPool();
    await ask(pool);
    await rested();
    server.answer = (socket) => void socket.destroy();
    const second = start(pool, '/second');
    expect([await failed(second), second.wasSent]).toEqual(['upstream_unreachable', true]);
    await aWhile();
    expect(server.requests.map(({ path }) => path)).toEqual(['/', '/second']);
  });

  it.each([
    ['a length that is not reached', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345'],
    ['chunks without the last', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncont'],
    ['nothing', ''],
    ['something else', '220 smtp.example ESMTP\r\n'],
  ])('fail a call whose answer is %s', async (_what, text) => {
    server.answer = (socket) => void socket.end(text);
    expect(await failed(start(aPool().pool))).toBe('upstream_unreachable');
  });

  it('read an answer without a length until the server closes', async () => {
    server.answer = (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
    expect(await ask(aPool().pool)).toBe('all of it');
  });

  it('carry a body of a megabyte whole, in pieces', async () => {
    const body = Buffer.alloc(1_000_000, 'abcdefghijklm');
    const { pool } = aPool();
    expect(await ask(pool, '/1', body)).toBe('/1');
    expect(await ask(pool, '/2', body.subarray(0, 65_537))).toBe('/2');
    expect(server.requests.map((request) => request.body.equals(body.subarray(0, request.body.length)) && request.body.length)).toEqual([1_000_000, 65_537]);
    expect(server.sockets.length).toBe(1);
  });

  it('hear a refusal that comes before the body is sent, and are not used again', async () => {
    server.onConnection = (socket) =>
      void socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 7\r\n\r\ntoo ');
        setTimeout(() => socket.write('big'), 20);
      });
    const { pool } = aPool();
    for (let time = 1; time <= 2; time += 1) {
      const answer = (await start(pool, '/', Buffer.alloc(30_000_000)).answer) as WholeAnswer;
      expect([answer.status, answer.body.toString(), server.sockets.length]).toEqual([413, 'too big', time]);
    }
  });

  it('stop reading for a call that is paused, and go on where they were', async () => {
    const block = Buffer.alloc(64 * 1024, 'x');
    const total = 400;
    let sent = 0;
    server.answer = (socket) => {
      socket.write(STREAM);
      const more = (): void => {
        while (sent < total) {
          sent += 1;
          if (!socket.write(Buffer.concat([Buffer.from('10000\r\n'), block, Buffer.from('\r\n')]))) return void socket.once('drain', more);
        }
        socket.write('0\r\n\r\n');
      };
      more();
    };
    const { pool, tick } = aPool();
    const exchange = start(pool);
    await exchange.answer;
    exchange.pause();
    const sink = await streamed(exchange, new Sink());
    let before = -1;
    while (before !== sent) {
      before = sent;
      await aWhile();
    }
    expect(sent).toBeLessThan(total);
    expect(sink.bytes).toBeLessThan(3 * block.length);
    // We are the ones who do not listen, so the provider is not late.
    tick(100);
    exchange.resume();
    expect([await sink.over, sink.bytes]).toEqual(['end', total * block.length]);
  });

  it('are given up when the provider does not begin, or does not go on, in time', async () => {
    const { pool, tick } = aPool();
    server.answer = () => undefined;
    const silent = start(pool);
    await until(() => server.requests.length === 1);
    tick(4);
    expect(silent.wasSent).toBe(true);
    tick(1);
    await expect(silent.answer).rejects.toMatchObject({ code: 'upstream_timeout', message: 'The provider did not begin to answer in time.' });
    server.answer = (socket) => void socket.write(`${STREAM}5\r\nhello\r\n`);
    const sink = await streamed(start(pool), new Sink());
    tick(2);
    server.sockets.at(-1)!.write('5\r\nagain\r\n');
    await until(() => sink.bytes === 10);
    tick(3);
    expect([await sink.over, sink.text]).toEqual(['upstream_timeout', 'helloagain']);
  });

  it.each([
    ['15 s where the server does not say', '', 29],
    ['two seconds less than the server says', 'keep-alive: timeout=5, max=100\r\n', 5],
    ['a minute at most', 'keep-alive: timeout=600\r\n', 119],
  ])('are kept for %s', async (_what, header, ticks) => {
    server.answer = (socket, { path }) => void socket.write(plain(path, header));
    const { pool, tick, swept } = aPool();
    await ask(pool);
    await rested();
    tick(ticks);
    expect(await ask(pool)).toBe('/');
    expect(server.sockets.length).toBe(1);
    await rested();
    const closed = once(server.sockets[0]!, 'close');
    tick(ticks + 1);
    await closed;
    expect(swept.size).toBe(0);
  });

  it.each(['keep-alive: timeout=1\r\n', 'connection: close\r\n'])('are not kept after %j', async (header) => {
    server.answer = (socket, { path }) => void socket.write(plain(path, header));
    const { pool } = aPool();
    await ask(pool);
    await ask(pool);
    expect(server.sockets.length).toBe(2);
  });

  it('are refused beyond their number and those that may wait; one that waits and leaves makes room', async () => {
    server.answer = () => undefined;
    const { pool } = aPool({ connections: 1, waiting: 1 });
    const first = start(pool, '/1');
    const second = start(pool, '/2');
    expect(() => start(pool, '/3')).toThrow('Too many calls to this endpoint');
    second.abort(gone());
    expect([await failed(second), second.wasSent]).toEqual(['client_gone', false]);
    const third = start(pool, '/3');
    await until(() => server.requests.length === 1);
    server.answer = (socket, { path }) => void socket.write(plain(path));
    first.abort(gone());
    expect([await failed(first), ((await third.answer) as WholeAnswer).body.toString(), server.sockets.length]).toEqual(['client_gone', '/3', 2]);
  });

  it('fail every call that waits for one when none can be made', async () => {
    server.close();
    const { pool } = aPool({ connections: 2 });
    const calls = Array.from({ length: 10 }, () => start(pool));
    expect(new Set(await Promise.all(calls.map(failed)))).toEqual(new Set(['upstream_unreachable']));
    expect(calls.some(({ wasSent }) => wasSent)).toBe(false);
  });

  it('cut a stream whose receiver breaks, and serve the next call', async () => {
    server.answer = (socket) => void socket.write(`${STREAM}5\r\nhello\r\n`);
    const { pool } = aPool();
    const exchange = start(pool);
    await exchange.answer;
    const sink = new Sink(() => {
      if (sink.bytes > 5) throw new Error('a fault of ours');
    });
    exchange.pipe(sink);
    server.sockets[0]!.write('1\r\nx\r\n');
    expect(await sink.over).toBe('upstream_unreachable');
    server.answer = (socket) => void socket.write(plain('next'));
    expect(await ask(pool)).toBe('next');
  });

  it('let running calls finish when they are closed, keep nothing, and still take a call that was meant for them', async () => {
    const { pool } = aPool({ connections: 2 });
    await ask(pool);
    await rested();
    server.answer = () => undefined;
    const running = start(pool, '/running');
    await until(() => server.requests.length === 2);
    pool.close();
    server.sockets[0]!.write(plain('done'));
    expect(((await running.answer) as WholeAnswer).body.toString()).toBe('done');
    server.answer = (socket, { path }) => void socket.write(plain(path));
    expect(await ask(pool, '/late')).toBe('/late');
    await until(() => server.sockets.every(({ destroyed }) => destroyed));
  });

  it('are cut when they are destroyed, with all that waits for them', async () => {
    server.answer = () => undefined;
    const { pool } = aPool({ connections: 1 });
    const calls = [start(pool), start(pool)];
    await until(() => server.requests.length === 1);
    await pool.destroy();
    expect(await Promise.all([...calls, start(pool)].map(failed))).toEqual(['upstream_unreachable', 'upstream_unreachable', 'upstream_unreachable']);
  });
});
