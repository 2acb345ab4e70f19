import { connect } from 'node:net';
import { revokeToken } from '@byok/identity';
import { notifyChange } from '@byok/platform';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

interface Told {
  status: number;
  code: string;
}

describe('bad input', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ REQUEST_HEADERS_TIMEOUT_MS: 1_000, REQUEST_TIMEOUT_MS: 2_000 });
    world.vault.hold({ provider: 'openai', secret: 'sk-test-good-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
  });
  afterAll(() => world.close());
  beforeEach(() => world.reset());

  const told = async (answer: Response): Promise<Told> => ({ status: answer.status, code: ((await answer.json()) as { error: { code: string } }).error.code });
  /** Sends raw bytes and returns everything that comes back until the connection closes. */
  const raw = (bytes: string | Buffer): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(world.url).port), '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });

  it('answers malformed JSON, no object and a missing model with 400, and calls nobody', async () => {
    expect(await told(await world.post('/v1/chat/completions', '{"model": "gpt-4o", '))).toEqual({ status: 400, code: 'malformed_json' });
    expect((await told(await world.post('/v1/chat/completions', '[1,2]'))).status).toBe(400);
    expect(await told(await world.post('/v1/chat/completions', { messages: [] }))).toEqual({ status: 400, code: 'invalid_request' });
    expect(world.upstream.witness()).toHaveLength(0);
  });

  it('C02 refuses nesting of 10,000 levels and lives on', async () => {
    const bomb = `{"model":"openai/gpt-4o","messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    expect(await told(await world.post('/v1/chat/completions', bomb))).toEqual({ status: 400, code: 'too_deep' });
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
  });

  it('C03 refuses the same field twice: two readers could see two models', async () => {
    expect(await told(await world.post('/v1/chat/completions', '{"model":"openai/gpt-4o","model":"openai/o3","messages":[]}'))).toEqual({ status: 400, code: 'duplicate_field' });
  });

  it('C01 answers 413 to a body of 21 MB before it is read, and closes the connection', async () => {
    const answer = await raw(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.tokenText}\r\ncontent-length: ${21 * 1024 * 1024}\r\n\r\n{"mod`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('body_too_large');
  });

  it('C01 answers 413 to a body without a length as soon as it is too large', async () => {
    const first = `6\r\n{"a":"\r\n`;
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    const answer = await raw(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.tokenText}\r\ntransfer-encoding: chunked\r\n\r\n${first}${chunk.repeat(22)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('asks for a token, and refuses a wrong one and two different ones', async () => {
    expect(await told(await world.post('/v1/chat/completions', chat, { authorization: '' }))).toEqual({ status: 401, code: 'unauthenticated' });
    expect(await told(await world.post('/v1/chat/completions', chat, { authorization: 'Bearer byok_live_nonsense' }))).toEqual({ status: 401, code: 'token_invalid' });
    expect(await told(await world.post('/v1/chat/completions', chat, { 'x-api-key': 'byok_live_other' }))).toEqual({ status: 400, code: 'two_credentials' });
    expect((await world.post('/v1/chat/completions', chat, { authorization: '', 'x-goog-api-key': world.tokenText })).status).toBe(200);
    const twice = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${world.tokenText}\r\nauthorization: Bearer other\r\ncontent-length: 2\r\n\r\n{}`;
    expect(await raw(twice)).toMatch(/^HTTP\/1\.1 40[01] /);
  });

  it('says that it takes no compressed bodies', async () => {
    expect(await told(await world.post('/v1/chat/completions', chat, { 'content-encoding': 'gzip' }))).toEqual({ status: 415, code: 'unsupported_media_type' });
  });

  it('C15 treats only the exact path as a route, and answers the rest in the dialect of its path', async () => {
    for (const path of ['/v1/chat/completions/', '/V1/chat/completions', '//v1/chat/completions', '/v1/chat/../chat/completions;x', '/v1/chat%2Fcompletions', '/nothing']) {
      const answer = await fetch(world.url + path.replace('..', '%2e%2e'), { method: 'POST', body: JSON.stringify(chat) });
      expect([401, 404]).toContain(answer.status);
    }
    expect(await told(await fetch(`${world.url}/v1/chat/completions`))).toEqual({ status: 405, code: 'method_not_allowed' });
    const anthropic = await fetch(`${world.url}/v1/messages/unknown`, { method: 'POST' });
    expect(await anthropic.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });

  it('answers headers of more than 16 KB with 431 and a broken request with 400', async () => {
    expect(await raw(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-big: ${'x'.repeat(17_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 .*headers_too_large/s);
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('B15 refuses a request with both lengths, so that nothing can be smuggled behind it', async () => {
    const answer = await raw(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(world.upstream.witness()).toHaveLength(0);
  });

  it('C08 closes a connection whose headers or body trickle', async () => {
    expect(await raw('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await raw(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.tokenText}\r\ncontent-length: 100\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('A08 refuses a token within seconds of its revocation, although it was just used', async () => {
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
    await world.db.transaction(async (tx) => {
      await revokeToken(tx, world.org.id, world.token.id);
      await notifyChange(tx, { org: world.org.id, kind: 'token', id: world.token.id });
    });
    let answer = await world.post('/v1/chat/completions', chat);
    for (let waited = 0; answer.status === 200 && waited < 5_000; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      answer = await world.post('/v1/chat/completions', chat);
    }
    expect(await told(answer)).toEqual({ status: 401, code: 'token_revoked' });
  });
});

describe('an org that is frozen', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld();
  });
  afterAll(() => world.close());

  it('A08 has its running streams cut, and its next call refused', async () => {
    world.vault.hold({ provider: 'openai', secret: 'sk-test-good-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
    world.upstream.behave({ textTokens: 5_000, betweenEventsMs: 10 });
    const answer = await world.post('/v1/chat/completions', { ...chat, stream: true });
    const wholly = answer.text().then(() => true, () => false);
    await world.db.transaction(async (tx) => {
      await tx.query(`UPDATE identity.org SET status = 'frozen' WHERE id = $1`, [world.org.id]);
      await notifyChange(tx, { org: world.org.id, kind: 'org', id: world.org.id });
    });
    expect(await wholly).toBe(false);
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'cut', estimated: true });
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(403);
  });

  it('B03 refuses a call that comes back through a gateway', async () => {
    expect((await world.post('/v1/chat/completions', chat, { 'x-byok-hop': '1' })).status).toBe(422);
  });
});
