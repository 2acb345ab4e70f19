import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, Secret } from '@byok/kernel';
import { makeDialer, parseExceptions } from '@byok/platform';
import { checkSecret, findProvider } from '@byok/providers';
import { jwtVerify } from 'jose';
import { authoriserOf, type AuthoriseDeps } from './authorise.js';
import { Pools } from './pools.js';
import { probeLive } from './probe-live.js';

const provider = findProvider('vertex-ai')!;
const CONFIG = { project: 'acme-project-1', location: 'global' };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const START = 1_790_000_000_000;

function accountOf(key: KeyObject, email = 'gateway@acme-project-1.iam.gserviceaccount.com'): Secret {
  const file = { type: 'service_account', project_id: 'acme-project-1', private_key_id: 'abc123', private_key: key.export({ type: 'pkcs8', format: 'pem' }), client_email: email, token_uri: 'https://oauth2.googleapis.com/token' };
  return new Secret(checkSecret(provider, JSON.stringify(file, null, 2), {}).secret);
}

interface Seen {
  path: string;
  body: string;
  authorization: string | undefined;
}

describe('an access token for a service account', () => {
  let server: Server;
  let origin: string;
  let pools: Pools;
  let now: number;
  let seen: Seen[];
  let answer: (count: number) => { status: number; body: string };

  beforeAll(async () => {
    server = createServer((request, response) => {
      void textOf(request).then((body) => {
        seen.push({ path: request.url ?? '', body, authorization: request.headers.authorization });
        const { status, body: text } = request.url === '/token' ? answer(seen.length) : { status: 200, body: '{"totalTokens":1}' };
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    now = START;
    seen = [];
    answer = (count) => ({ status: 200, body: JSON.stringify({ access_token: `ya29.token-${count}`, expires_in: 3599, token_type: 'Bearer' }) });
    pools = new Pools(makeDialer({ exceptions: parseExceptions(''), connectTimeoutMs: 1_000 }), { connections: 4, waiting: 40, headersTimeoutMs: 2_000, bodyIdleTimeoutMs: 2_000 });
  });
  afterEach(() => pools.destroy());

  const deps = (baseUrl = `${origin}/v1`): AuthoriseDeps => ({ pools, baseUrls: { 'vertex-ai': baseUrl }, limits: { maxWholeBytes: 100_000, maxStreamBytes: 100_000 }, clock: { now: () => now } as AuthoriseDeps['clock'] });
  const tokenOf = async (secret = accountOf(privateKey), given = deps()) => authoriserOf({ provider, secret, config: CONFIG })!({ method: 'POST', url: new URL(origin), body: null }, given);
  const failureOf = (...given: Parameters<typeof tokenOf>) => tokenOf(...given).then(
    () => Promise.reject(new Error('was authorised')),
    (error: unknown) => error as AppError,
  );

  it('is got with a proof that the account signed, for Google and nobody else', async () => {
    expect(await tokenOf()).toEqual(['authorization', 'Bearer ya29.token-1']);
    const form = new URLSearchParams(seen[0]!.body);
    expect({ path: seen[0]!.path, grant: form.get('grant_type') }).toEqual({ path: '/token', grant: 'urn:ietf:params:oauth:grant-type:jwt-bearer' });
    const { payload, protectedHeader } = await jwtVerify(form.get('assertion')!, publicKey, { currentDate: new Date(now) });
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'abc123' });
    expect(payload).toEqual({ scope: 'https://www.googleapis.com/auth/cloud-platform', iss: 'gateway@acme-project-1.iam.gserviceaccount.com', aud: 'https://oauth2.googleapis.com/token', iat: START / 1000, exp: START / 1000 + 3600 });
    expect(seen[0]!.body).not.toContain('PRIVATE');
  });

  it('is asked for once, however many calls wait for it, and again a minute before it ends', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf()));
    expect(new Set(tokens.map(String))).toEqual(new Set(['authorization,Bearer ya29.token-1']));
    now = START + 3_538_000;
    expect(await tokenOf()).toEqual(['authorization', 'Bearer ya29.token-1']);
    expect(seen).toHaveLength(1);
    now = START + 3_539_000;
    const renewed = await Promise.all(Array.from({ length: 20 }, () => tokenOf()));
    expect(new Set(renewed.map(String))).toEqual(new Set(['authorization,Bearer ya29.token-2']));
    expect(seen).toHaveLength(2);
  });

  it('never serves another key', async () => {
    await tokenOf();
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(await tokenOf(accountOf(other))).toEqual(['authorization', 'Bearer ya29.token-2']);
    expect(await tokenOf(accountOf(privateKey, 'other@acme-project-1.iam.gserviceaccount.com'))).toEqual(['authorization', 'Bearer ya29.token-3']);
  });

  it('is refused as the key is refused, for all that wait, and asked for anew by the next call', async () => {
    answer = () => ({ status: 400, body: '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}' });
    const failures = await Promise.all([failureOf(), failureOf()]);
    expect(failures.map(({ code }) => code)).toEqual(['key_rejected', 'key_rejected']);
    expect(seen).toHaveLength(1);
    answer = () => ({ status: 200, body: '{"access_token":"ya29.later","expires_in":3599}' });
    expect(await tokenOf()).toEqual(['authorization', 'Bearer ya29.later']);
  });

  it.each([
    ['an error of the server', 503, '{}', 'upstream_unreachable'],
    ['a page instead of JSON', 200, '<html>', 'upstream_unreachable'],
    ['no token', 200, '{"expires_in":3599}', 'upstream_unreachable'],
    ['a token that would end the header', 200, '{"access_token":"a\\r\\nx: y","expires_in":3599}', 'upstream_unreachable'],
    ['null', 200, 'null', 'upstream_unreachable'],
    ['too many requests', 429, '{}', 'rate_limited'],
    ['a redirect', 302, '', 'upstream_unreachable'],
  ])('does not come out of %s', async (_, status, body, code) => {
    answer = () => ({ status, body });
    expect((await failureOf()).code).toBe(code);
  });

  it('does not come from where nobody listens', async () => {
    expect((await failureOf(accountOf(privateKey), deps('http://127.0.0.1:1'))).code).toBe('upstream_unreachable');
  });

  it('is never asked for at an address of this network, unless the operator said so', async () => {
    const moved = { ...deps(), baseUrls: {} };
    const resolved: string[] = [];
    const dialer = makeDialer({ exceptions: parseExceptions(''), connectTimeoutMs: 1_000, resolve: (host) => (resolved.push(host), Promise.resolve([{ address: '127.0.0.1', family: 4 }])) });
    const guarded = new Pools(dialer, { connections: 1, waiting: 1, headersTimeoutMs: 1_000, bodyIdleTimeoutMs: 1_000 });
    expect((await failureOf(accountOf(privateKey), { ...moved, pools: guarded })).code).toBe('endpoint_not_allowed');
    expect(resolved).toEqual(['oauth2.googleapis.com']);
    await guarded.destroy();
  });

  it('proves the key when it is tested: with the token where it is good, without a call where it is not', async () => {
    expect(await probeLive(provider, accountOf(privateKey), CONFIG, deps())).toMatchObject({ outcome: 'valid' });
    expect(seen.map(({ path }) => path)).toEqual(['/token', '/v1/v1beta1/projects/acme-project-1/locations/global/publishers/google/models/gemini-3.5-flash-lite:countTokens']);
    expect(seen[1]!.authorization).toBe('Bearer ya29.token-1');
    answer = () => ({ status: 400, body: '{"error":"invalid_grant"}' });
    seen = [];
    expect(await probeLive(provider, accountOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), CONFIG, deps())).toMatchObject({ outcome: 'invalid' });
    expect(seen.map(({ path }) => path)).toEqual(['/token']);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
