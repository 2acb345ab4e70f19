import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { makeDialer, parseExceptions, systemClock, type Resolve } from '@byok/platform';
import { Exchange } from './http-client.js';
import { Pools } from './pools.js';

const LIMITS = { maxWholeBytes: 1_000_000, maxStreamBytes: 1_000_000 };
const POOL_LIMITS = { connections: 4, waiting: 4, headersTimeoutMs: 5_000, bodyIdleTimeoutMs: 5_000 };
const [A, AAAA] = [1, 28];

/** A real DNS server on loopback whose answers follow a script: one list of addresses per question, with a time to live of 0. */
class ScriptedDns {
  script: string[][] = [];
  asked = 0;
  readonly #socket: Socket = createSocket('udp4');

  async start(): Promise<Resolve> {
    this.#socket.on('message', (question, from) => this.#socket.send(this.#answer(question), from.port, from.address));
    await new Promise<void>((resolve) => this.#socket.bind(0, '127.0.0.1', resolve));
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${this.#socket.address().port}`]);
    return async (host) => {
      const now = this.script.shift() ?? [];
      this.asked += 1;
      this.#now = now;
      const [four, six] = await Promise.all([resolver.resolve4(host).catch(() => []), resolver.resolve6(host).catch(() => [])]);
      return [...four.map((address) => ({ address, family: 4 })), ...six.map((address) => ({ address, family: 6 }))];
    };
  }

  close(): void {
    this.#socket.close();
  }

  #now: string[] = [];

  #answer(question: Buffer): Buffer {
    let end = 12;
    while (question[end] !== 0) end += question[end]! + 1;
    const kind = question.readUInt16BE(end + 1);
    const addresses = this.#now.filter((address) => (kind === A && !address.includes(':')) || (kind === AAAA && address.includes(':')));
    const records = addresses.map((address) => {
      const bytes = kind === A ? Buffer.from(address.split('.').map(Number)) : Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);
      const head = Buffer.from([0xc0, 0x0c, 0, kind, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
      return Buffer.concat([head, bytes]);
    });
    const head = Buffer.from([question[0]!, question[1]!, 0x81, 0x80, 0, 1, 0, records.length, 0, 0, 0, 0]);
    return Buffer.concat([head, question.subarray(12, end + 5), ...records]);
  }
}

describe('what the dialer makes of names', () => {
  const dns = new ScriptedDns();
  let resolve: Resolve;
  let good: Server;
  let trap: TcpServer;
  let port: number;
  let caught = 0;

  beforeAll(async () => {
    resolve = await dns.start();
    good = createHttpServer((_request, response) => response.setHeader('connection', 'close').end('{}'));
    await new Promise<void>((done) => good.listen(0, '127.0.0.2', done));
    port = (good.address() as AddressInfo).port;
    // At the same port of another address: where a rebound name would lead.
    trap = createServer((socket) => {
      caught += 1;
      socket.destroy();
    });
    await new Promise<void>((done) => trap.listen(port, '127.0.0.1', done));
  });
  afterAll(() => {
    dns.close();
    good.close();
    trap.close();
  });
  beforeEach(() => {
    caught = 0;
    dns.asked = 0;
  });

  /** 127.0.0.2 is what may be dialled here, as a public address is elsewhere. One dialer and its pools for all calls of a test. */
  function caller(connectTimeoutMs = 2_000) {
    const pools = new Pools(makeDialer({ exceptions: parseExceptions(`127.0.0.2/32:${port}`), connectTimeoutMs, resolve }), POOL_LIMITS);
    const call = async (at: string): Promise<[number | string, string]> => {
      const url = new URL(at);
      try {
        const exchange = new Exchange({ pool: pools.poolFor(url, 'nobody', 'org'), path: '/' }, LIMITS, systemClock);
        exchange.start('POST', '{}', ['authorization', 'Bearer sk-canary']);
        return [(await exchange.answer).status, ''];
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return [code, message];
      }
    };
    return { call, close: () => pools.destroy() };
  }

  it('B04 asks once for each connection, goes where that answer said, and refuses the name as soon as it means an inside address', async () => {
    const { call, close } = caller();
    dns.script = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.2']];
    const answers = [];
    for (let time = 0; time < 3; time++) answers.push((await call(`http://rebinding.example:${port}/`))[0]);
    expect([answers, dns.asked, caught]).toEqual([[200, 'endpoint_not_allowed', 200], 3, 0]);
    await close();
  });

  it.each([[['127.0.0.2', '127.0.0.1']], [['127.0.0.2', '::1']], [['127.0.0.2', '10.0.0.1']], [['169.254.169.254']], [['::1']]])('B04 refuses a name that means %j', async (addresses) => {
    const { call, close } = caller();
    dns.script = [addresses];
    expect([(await call(`http://mixed.example:${port}/`))[0], caught]).toEqual(['endpoint_not_allowed', 0]);
    await close();
  });

  it('B16 tells nothing of inside ports: open, closed and silent ones are refused alike, and none is dialled', async () => {
    const { call, close } = caller();
    dns.script = [['127.0.0.1'], ['127.0.0.1'], ['10.255.255.1']];
    const said = [await call(`http://inside.example:${port}/`), await call(`http://127.0.0.1:${port}/`), await call('https://127.0.0.1/'), await call('https://10.0.0.1/'), await call('https://inside.example/'), await call('https://inside.example/')];
    expect(new Set(said.map((each) => each.join()))).toEqual(new Set([said[0]!.join()]));
    expect([said[0]![0], caught]).toEqual(['endpoint_not_allowed', 0]);
    await close();
  });

  it('B16 tells nothing of outside ones either: refused, reset, no such name and no TLS there are one answer in one sentence', async () => {
    const resetting = createServer((socket) => socket.resetAndDestroy());
    await new Promise<void>((done) => resetting.listen(0, '127.0.0.2', done));
    const talkative = createServer((socket) => void socket.on('error', () => undefined).end('220 smtp.example ESMTP\r\n'));
    await new Promise<void>((done) => talkative.listen(0, '127.0.0.2', done));
    const closed = await new Promise<number>((done) => {
      const server = createServer().listen(0, '127.0.0.2', () => {
        const { port: free } = server.address() as AddressInfo;
        server.close(() => done(free));
      });
    });
    const ports = [resetting, talkative].map((server) => (server.address() as AddressInfo).port);
    const [reset, smtp] = ports as [number, number];
    const pools = new Pools(makeDialer({ exceptions: parseExceptions([closed, reset, smtp].map((each) => `127.0.0.2/32:${each}`).join()), connectTimeoutMs: 2_000, resolve }), POOL_LIMITS);
    const tried = [`http://127.0.0.2:${closed}/`, `https://127.0.0.2:${closed}/`, `http://127.0.0.2:${reset}/`, `https://127.0.0.2:${reset}/`, `http://127.0.0.2:${smtp}/`, `https://127.0.0.2:${smtp}/`];
    const said = await Promise.all(tried.map(async (at) => {
      const url = new URL(at);
      const exchange = new Exchange({ pool: pools.poolFor(url, 'nobody', 'org'), path: '/' }, LIMITS, systemClock);
      exchange.start('POST', '{}', []);
      return exchange.answer.then(({ status }) => String(status), ({ code, message }: { code: string; message: string }) => `${code} ${message}`);
    }));
    expect(new Set(said)).toEqual(new Set(['upstream_unreachable The provider cannot be reached.']));
    await pools.destroy();
    resetting.close();
    talkative.close();
  });

  it('B16 answers a connection that nobody takes like one that is refused', async () => {
    const { call, close } = caller(200);
    // The name resolves and the address never comes: what a dropped packet looks like from here.
    const silent = makeDialer({ exceptions: parseExceptions(`127.0.0.2/32:${port}`), connectTimeoutMs: 200, resolve: () => new Promise(() => undefined) });
    const pools = new Pools(silent, POOL_LIMITS);
    const exchange = new Exchange({ pool: pools.poolFor(new URL(`http://silent.example:${port}/`), 'nobody', 'org'), path: '/' }, LIMITS, systemClock);
    exchange.start('POST', '{}', []);
    await expect(exchange.answer).rejects.toMatchObject({ code: 'upstream_unreachable', message: 'The provider cannot be reached.' });
    await pools.destroy();
    dns.script = [[]];
    expect((await call(`http://nobody.example:${port}/`))[0]).toBe('endpoint_not_allowed');
    await close();
  });
});
