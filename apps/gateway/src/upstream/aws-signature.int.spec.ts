import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '@byok/kernel';
import { makeDialer, parseExceptions, systemClock } from '@byok/platform';
import { findProvider } from '@byok/providers';
import type { AuthoriseDeps } from './authorise.js';
import { readAuthorization, signatureOf } from './aws-signature.builder.js';
import { Exchange, type WholeAnswer } from './http-client.js';
import { OpenedKey } from './opened-key.js';
import { Pools } from './pools.js';
import { probeLive } from './probe-live.js';

const SECRETS: Readonly<Record<string, string>> = { AKIACANARY0000000001: 'canary+long/term+secret+access+key+00001', ASIACANARY0000000002: 'canary+temporary+secret+access+key+00002' };
const TOKEN = 'canarySessionToken//0123456789+abcdefghijklmnopqrstuvwxyz==';
const LONG_TERM = JSON.stringify({ access_key_id: 'AKIACANARY0000000001', secret_access_key: SECRETS['AKIACANARY0000000001'] });
const TEMPORARY = JSON.stringify({ access_key_id: 'ASIACANARY0000000002', secret_access_key: SECRETS['ASIACANARY0000000002'], session_token: TOKEN });
const MODEL = 'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5-v1:0';
const provider = findProvider('aws-bedrock')!;
const config = { region: 'eu-central-1' };

describe('requests to AWS as they arrive', () => {
  let server: Server;
  let pools: Pools;
  let deps: AuthoriseDeps;
  let arrived: { path: string; verdict: string }[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const verdict = judge(request, Buffer.concat(chunks));
        arrived.push({ path: request.url!, verdict });
        response.writeHead(verdict === 'good' ? 200 : 403, { 'content-type': 'application/json' });
        response.end(verdict === 'good' ? '{}' : JSON.stringify({ message: `The request signature we calculated does not match: ${JSON.stringify(request.headers)}` }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    pools = new Pools(makeDialer({ exceptions: parseExceptions(`127.0.0.1:${port}`), connectTimeoutMs: 1_000 }), { connections: 4, waiting: 4, headersTimeoutMs: 2_000, bodyIdleTimeoutMs: 2_000 });
    deps = { pools, baseUrls: { 'aws-bedrock': `http://127.0.0.1:${port}` }, limits: { maxWholeBytes: 100_000, maxStreamBytes: 100_000 }, clock: systemClock };
  });
  beforeEach(() => {
    arrived = [];
  });
  afterAll(async () => {
    await pools.destroy();
    server.close();
  });

  /** What AWS does: it takes the request as it came and signs it itself. */
  function judge(request: IncomingMessage, body: Buffer): string {
    const headers = request.headers as Record<string, string>;
    const authorization = headers['authorization'] ?? '';
    if (authorization.startsWith('Bearer ')) return authorization === 'Bearer ABSKcanary' ? 'good' : 'bad bearer';
    const { id, scope, signedHeaders, signature } = readAuthorization(authorization);
    if (!scope.endsWith('/eu-central-1/bedrock/aws4_request')) return 'bad scope';
    const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
    if (mustBeSigned.some((name) => !signedHeaders.includes(name))) return 'something unsigned';
    if (id?.startsWith('ASIA') && headers['x-amz-security-token'] !== TOKEN) return 'no session token';
    const [path = '', query = ''] = request.url!.split('?');
    return signatureOf({ method: request.method!, path, query, headers, body }, SECRETS[id ?? ''] ?? '') === signature ? 'good' : 'bad signature';
  }

  async function call(secret: string, stream: boolean): Promise<WholeAnswer> {
    const target = new OpenedKey('org', provider, new Secret(secret), config).target('converse', { model: MODEL, stream }, deps);
    const body = Buffer.from('{"messages":[{"role":"user","content":[{"text":"Größe 日本"}]}]}');
    const signed = (await target.authorise?.({ method: 'POST', url: target.url, body }, deps)) ?? [];
    const exchange = new Exchange(target, deps.limits, deps.clock);
    exchange.start('POST', body, [...target.headers, ...signed]);
    return (await exchange.answer) as WholeAnswer;
  }

  it.each([
    ['a long-term access key', LONG_TERM],
    ['a temporary access key', TEMPORARY],
    ['an API key', 'ABSKcanary'],
  ])('a call with %s is accepted by who signs it again from what arrived', async (_, secret) => {
    expect((await call(secret, false)).status).toBe(200);
    expect((await call(secret, true)).status).toBe(200);
    const encoded = '/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Ainference-profile%2Feu.anthropic.claude-sonnet-5-v1%3A0';
    expect(arrived).toEqual([
      { path: `${encoded}/converse`, verdict: 'good' },
      { path: `${encoded}/converse-stream`, verdict: 'good' },
    ]);
  });

  it.each([
    ['a long-term access key', LONG_TERM],
    ['a temporary access key', TEMPORARY],
    ['an API key', 'ABSKcanary'],
  ])('a probe with %s is signed like a call', async (_, secret) => {
    expect(await probeLive(provider, new Secret(secret), config, deps)).toMatchObject({ outcome: 'valid' });
    expect(arrived).toEqual([{ path: '/foundation-models', verdict: 'good' }]);
  });

  it('a wrong secret is found out, and nothing of the key is in what is told about it', async () => {
    const wrong = TEMPORARY.replace('canary+temp', 'kanary+temp');
    const told = await probeLive(provider, new Secret(wrong), config, deps);
    expect(told.outcome).toBe('invalid');
    expect(arrived[0]!.verdict).toBe('bad signature');
    expect(JSON.stringify(told)).not.toMatch(/ASIACANARY|canarySession|kanary/);
  });
});
