import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ERRORS, type ErrorCode } from '@byok/kernel';
import { makeDialer, makeOutsideFetch, parseExceptions, systemClock, type Trust } from '@byok/platform';
import { testAuthority, type TestCertificates } from '@byok/testing';
import { Exchange } from './http-client.js';
import { Pools } from './pools.js';

const HOST = 'llm.example';
const LIMITS = { maxWholeBytes: 1_000_000, maxStreamBytes: 1_000_000 };
const POOL_LIMITS = { connections: 4, waiting: 4, headersTimeoutMs: 5_000, bodyIdleTimeoutMs: 5_000 };
const LONG_AGO = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-01-02') };
const NOT_YET = { notBefore: new Date('2090-01-01'), notAfter: new Date('2090-01-02') };

describe('the certificate of a provider', () => {
  const servers: Server[] = [];
  let heard: string[] = [];
  let trusted: string;
  let sign: Awaited<ReturnType<typeof testAuthority>>;

  beforeAll(async () => {
    sign = await testAuthority();
    trusted = (await sign(HOST)).ca.toString();
  });
  beforeEach(() => {
    heard = [];
  });
  afterAll(() => servers.forEach((server) => server.close()));

  /** A real TLS server that notes every request which gets through to it. */
  async function serve({ certificate, key }: TestCertificates): Promise<number> {
    const server = createServer({ cert: certificate, key }, (request, response) => {
      heard.push(String(request.headers.authorization));
      response.end('{}');
    });
    servers.push(server);
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  const dialerTo = (port: number) => makeDialer({ exceptions: parseExceptions(`${HOST}:${port}`), connectTimeoutMs: 5_000, tls: { ca: trusted }, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });

  async function dial(certificates: TestCertificates, trust: Trust = 'nobody'): Promise<number | ErrorCode> {
    const port = await serve(certificates);
    const url = new URL(`https://${trust === 'operator' ? 'localhost' : HOST}:${port}/v1`);
    const pools = new Pools(dialerTo(port), POOL_LIMITS);
    try {
      const exchange = new Exchange({ pool: pools.poolFor(url, trust, ''), path: url.pathname }, LIMITS, systemClock);
      exchange.start('POST', '{}', ['authorization', 'Bearer sk-canary']);
      return (await exchange.answer).status;
    } catch (error) {
      return (error as { code: ErrorCode }).code;
    } finally {
      await pools.destroy();
    }
  }

  it('that is good for its name lets a call through', async () => {
    expect([await dial(await sign(HOST)), heard]).toEqual([200, ['Bearer sk-canary']]);
  });

  it.each<[string, () => Promise<TestCertificates>]>([
    ['expired', () => sign(HOST, LONG_AGO)],
    ['not valid yet', () => sign(HOST, NOT_YET)],
    ['made out to another host', () => sign('evil.example')],
    ['made out to a host above', () => sign('example')],
    ['signed by somebody we do not know', async () => (await testAuthority())(HOST)],
  ])('B14 that is %s ends the call with 502 before the key is sent', async (_what, certificates) => {
    const code = await dial(await certificates());
    expect([code, ERRORS[code as ErrorCode].http, heard]).toEqual(['upstream_unreachable', 502, []]);
  });

  it('B14 is checked at the operator’s own endpoints as well', async () => {
    expect([await dial(await sign(HOST), 'operator'), heard]).toEqual(['upstream_unreachable', []]);
    expect([await dial(await sign('localhost'), 'operator'), heard]).toEqual([200, ['Bearer sk-canary']]);
  });

  it('B14 is checked for what tenants name beside providers: identity providers, documents', async () => {
    const port = await serve(await sign('evil.example'));
    const fetch = makeOutsideFetch(dialerTo(port), { timeoutMs: 5_000, maxBytes: 1_000 });
    await expect(fetch(`https://${HOST}:${port}/.well-known/openid-configuration`, { headers: { authorization: 'Bearer sk-canary' } })).rejects.toMatchObject({ code: 'upstream_unreachable' });
    expect(heard).toEqual([]);
  });

  it('B14 is asked for with TLS 1.2 at least', async () => {
    const { certificate, key } = await sign(HOST);
    const old = createServer({ cert: certificate, key, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, (_request, response) => response.end('{}'));
    servers.push(old);
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    const { port } = old.address() as AddressInfo;
    await expect(makeOutsideFetch(dialerTo(port), { timeoutMs: 5_000, maxBytes: 1_000 })(`https://${HOST}:${port}/`)).rejects.toMatchObject({ code: 'upstream_unreachable' });
  });
});
