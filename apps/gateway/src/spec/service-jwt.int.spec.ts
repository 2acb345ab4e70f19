import { createServer, type Server } from 'node:http';
import { createTrustedIssuer, takeFailedJwts, type TrustedIssuer } from '@byok/identity';
import { newId } from '@byok/kernel';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

/** An identity provider on loopback: describes itself and publishes its keys. */
class Idp {
  readonly asked: string[] = [];
  #keys: object[] = [];
  #signing!: { kid: string; privateKey: CryptoKey };
  #server!: Server;
  url = '';

  async start(): Promise<void> {
    await this.rotate();
    this.#server = createServer((request, response) => {
      this.asked.push(request.url!);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url === '/keys' ? { keys: this.#keys } : { issuer: this.url, jwks_uri: `${this.url}/keys` }));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async rotate(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    this.#signing = { kid: newId('request'), privateKey };
    this.#keys.push({ ...(await exportJWK(publicKey)), kid: this.#signing.kid, alg: 'ES256' });
  }

  mint(claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = this.#signing;
    return new SignJWT({ iss: this.url, sub: 'batch', exp: Math.floor(Date.now() / 1000) + 300, ...claims }).setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' }).sign(privateKey);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('a call with the JWT of a service', () => {
  const [idp, inside] = [new Idp(), new Idp()];
  let world: GatewayWorld;
  let trusted: TrustedIssuer;
  beforeAll(async () => {
    await Promise.all([idp.start(), inside.start()]);
    world = await gatewayWorld({ BYOK_EGRESS_ALLOW: `127.0.0.1:${idp.port}` });
    const issuer = (url: string, audience: string) => ({ name: 'cluster', issuer: url, audience, jwksUri: null, tokenType: 'at+jwt' as const, subjectPattern: '*', rules: [{ group: world.group.id, allowedModels: ['openai/gpt-4o'] }], createdBy: null });
    trusted = await world.db.transaction((tx) => createTrustedIssuer(tx, world.org.id, issuer(idp.url, 'byok')));
    await world.db.transaction((tx) => createTrustedIssuer(tx, world.org.id, issuer(inside.url, 'byok')));
    world.vault.hold({ provider: 'openai', secret: 'sk-test-good-1234567890abcdef', owner: { type: 'group', id: world.group.id } });
  });
  afterAll(async () => {
    await world?.close();
    await Promise.all([idp.close(), inside.close()]);
  });
  const call = (jwt: string, body: object = chat) => world.post('/v1/chat/completions', body, { authorization: `Bearer ${jwt}` });

  it('is a call of its group, metered under a token of its own, and asks nobody the second time', async () => {
    const jwt = await idp.mint({ aud: 'byok' });
    for (let index = 0; index < 3; index += 1) expect((await call(jwt)).status).toBe(200);
    expect(idp.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    const [event] = await world.usage(3);
    const [token] = await world.db.query<{ issuerId: string; subject: string }>('SELECT issuer_id AS "issuerId", subject FROM identity.token WHERE id = $1', [event!.tokenId]);
    expect(token).toEqual({ issuerId: trusted.id, subject: 'batch' });
    expect(event).toMatchObject({ orgId: world.org.id, userId: null });
    expect((await call(jwt, { ...chat, model: 'openai/gpt-5' })).status).toBe(403);
  });

  it('F10 is refused with the same answer as a session that has ended, for whatever reason', async () => {
    const [header, payload] = (await idp.mint({ aud: 'byok' })).split('.');
    const bad = [await idp.mint({ aud: 'somebody-else' }), await idp.mint({ aud: 'byok', iss: 'https://evil.example' }), await idp.mint({ aud: 'byok', exp: 1 }), `${header}.${payload}.AAAA`, await idp.mint({ aud: 'byok', nonce: 'n' }), 'e30.e30.e30'];
    const answers = await Promise.all(bad.map(async (jwt) => {
      const answer = await call(jwt);
      return [answer.status, (await answer.text()).replaceAll(/req_[0-9a-f]{32}/g, 'req')];
    }));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]![0]).toBe(401);
    expect(await takenFailures()).toEqual(expect.arrayContaining(['expired', 'id-token', 'wrong-audience', 'wrong-issuer', 'wrong-signature']));
  });

  it('B11 never makes the gateway ask an address inside that the operator did not allow', async () => {
    expect((await call(await inside.mint({ aud: 'byok' }))).status).toBe(503);
    expect(inside.asked).toEqual([]);
  });

  /** The gateway counts for a second before it writes. */
  async function takenFailures(): Promise<string[]> {
    const reasons: string[] = [];
    for (let waited = 0; reasons.length < 5 && waited < 100; waited += 1) {
      reasons.push(...(await world.db.transaction((tx) => takeFailedJwts(tx))).filter(({ place }) => place === 'gateway').map(({ reason }) => reason));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return reasons;
  }
});
