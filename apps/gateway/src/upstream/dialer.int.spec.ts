import { createServer, type Server } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeDialer, parseExceptions, systemClock, type Resolve, type Trust } from '@byok/platform';
import { Exchange } from './http-client.js';
import { Pools } from './pools.js';

const LIMITS = { maxWholeBytes: 1_000_000, maxStreamBytes: 1_000_000 };
const POOL_LIMITS = { connections: 4, waiting: 4, headersTimeoutMs: 2_000, bodyIdleTimeoutMs: 2_000 };

/** Tries to send a request to a URL; returns the answer's status or the error's code. */
async function dial(url: string, options: { resolve?: Resolve; allow?: string; trust?: Trust } = {}): Promise<number | string> {
  const dialer = makeDialer({ exceptions: parseExceptions(options.allow ?? ''), connectTimeoutMs: 1_000, ...(options.resolve ? { resolve: options.resolve } : {}) });
  const pools = new Pools(dialer, POOL_LIMITS);
  try {
    const target = new URL(url);
    const exchange = new Exchange({ pool: pools.poolFor(target, options.trust ?? 'nobody', ''), path: target.pathname }, LIMITS, systemClock);
    exchange.start('POST', '{}', ['authorization', 'Bearer sk-secret']);
    return (await exchange.answer).status;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await pools.destroy();
  }
}

describe('the dialer', () => {
  let trap: Server;
  let port: number;
  let connections = 0;

  beforeAll(async () => {
    trap = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => trap.listen(0, '::', resolve));
    port = (trap.address() as AddressInfo).port;
  });
  afterAll(() => trap.close());
  beforeEach(() => {
    connections = 0;
  });

  it.each(['http://169.254.169.254/latest/meta-data', 'https://metadata.google.internal/', 'https://100.100.100.200/', 'https://192.0.0.192/', 'https://[fd00:ec2::254]/'])(
    'B01 refuses the cloud metadata address %s before anything is sent',
    async (url) => expect(await dial(url, { resolve: () => Promise.reject(new Error('must not be resolved')) })).toBe('endpoint_not_allowed'),
  );

  it.each(['127.1', '0x7f.1', '2130706433', '0177.0.0.1', '①②⑦.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '[::]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'])(
    'B02 refuses the loopback spelling %s on any port',
    async (host) => {
      expect(await dial(`https://${host}/`)).toBe('endpoint_not_allowed');
      expect(await dial(`https://${host}:${port}/`)).toBe('endpoint_not_allowed');
      expect(connections).toBe(0);
    },
  );

  it.each(['http://key-vault.svc/', 'http://postgres:5432/', 'http://redis:6379/', 'https://localhost/', 'https://gateway.internal/'])('B03 refuses the internal name %s', async (url) => {
    expect(await dial(url)).toBe('endpoint_not_allowed');
  });

  it('B04 refuses a name that turns to an inside address after a public first answer', async () => {
    const answers = [[{ address: '127.0.0.1', family: 4 }]];
    expect(await dial('https://rebinding.example/', { resolve: async () => answers.shift() ?? [] })).toBe('endpoint_not_allowed');
    expect(connections).toBe(0);
  });

  it('B04 refuses a name of which one answer is public and another is not', async () => {
    const mixed = [
      { address: '1.1.1.1', family: 4 },
      { address: '::1', family: 6 },
    ];
    expect(await dial('https://mixed.example/', { resolve: async () => mixed })).toBe('endpoint_not_allowed');
  });

  it('B05 refuses an address literal, which no lookup hook ever sees', async () => {
    const resolve = (): never => {
      throw new Error('a literal is not resolved');
    };
    expect(await dial(`https://127.0.0.1/`, { resolve })).toBe('endpoint_not_allowed');
    expect(await dial(`https://[::1]/`, { resolve })).toBe('endpoint_not_allowed');
  });

  it('B06 dials a private endpoint that the operator listed, and no other port of it', async () => {
    const server = createHttpServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const open = (server.address() as AddressInfo).port;
    expect(await dial(`http://127.0.0.1:${open}/`, { allow: `127.0.0.0/8:${open}` })).toBe(200);
    expect(await dial(`http://llm.example:${open}/`, { allow: `127.0.0.0/8:${open}`, resolve: async () => [{ address: '127.0.0.1', family: 4 }] })).toBe(200);
    expect(await dial(`http://127.0.0.1:${port}/`, { allow: `127.0.0.0/8:${open}` })).toBe('endpoint_not_allowed');
    expect(await dial(`http://127.0.0.1:${open}/`, { trust: 'operator' })).toBe(200);
    server.close();
    expect(connections).toBe(0);
  });

  it.each(['http://api.openai.com/', 'https://api.openai.com:8443/', 'https://user:pass@api.openai.com/', 'ftp://api.openai.com/'])('B09 refuses %s: only https, port 443, no user in it', async (url) => {
    expect(await dial(url)).toBe('endpoint_not_allowed');
  });
});
