import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { worldOfTwoTenants } from '../spec/two-tenants.js';
import { auditRefusals } from '../audit/audit-refusals.js';

describe('trusted issuers', () => {
  let server: Server;
  let issuer: string;
  let privateKey: CryptoKey;

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    privateKey = pair.privateKey;
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }] });
    server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(keys));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  const world = worldOfTwoTenants(() => ({ egressAllow: new URL(issuer).host }));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(async () => {
    for (const { id } of (await world.tenants.a.owner('GET', path())).body.items as { id: string }[]) await world.tenants.a.owner('DELETE', path(id));
  });

  const path = (id = '') => `/api/orgs/${world.tenants.a.org}/trusted-issuers${id && `/${id}`}`;
  const anIssuer = (over: object = {}) => ({ name: 'cluster', issuer, jwksUri: `${issuer}/keys`, subjectPattern: 'ops-*', rules: [{ managementScopes: ['user:list'] }], ...over });
  const mint = (claims: object = {}) =>
    new SignJWT({ iss: issuer, sub: 'ops-1', aud: `byok:${world.tenants.a.org}`, exp: Math.floor(Date.now() / 1000) + 300, ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'at+jwt' }).sign(privateKey);
  const auditOf = async (org: string, target: string) => (await world.api.db.query<{ details: string }>(`SELECT details FROM identity.audit WHERE org_id = $1 AND target_id = $2 AND action = 'auth.failed'`, [org, target])).map(({ details }) => JSON.parse(details) as { reason: string; count: number; place: string });

  it('let a service manage what its rule names, as its org’s service, and nothing else', async () => {
    const made = await world.tenants.a.owner('POST', path(), anIssuer());
    expect([made.status, made.body]).toMatchObject([201, { audience: `byok:${world.tenants.a.org}`, tokenType: 'at+jwt', jwksUri: `${issuer}/keys` }]);
    const service = world.api.as(await mint());
    expect((await service('GET', '/api/me')).body).toMatchObject({ orgId: world.tenants.a.org, userId: null, managementScopes: ['user:list'] });
    expect((await service('GET', `/api/orgs/${world.tenants.a.org}/users`)).status).toBe(200);
    expect((await service('POST', `/api/orgs/${world.tenants.a.org}/users`, { email: 'x@alpha.test', name: 'X' })).status).toBe(403);
    expect((await service('GET', `/api/orgs/${world.tenants.b.org}/users`)).status).toBe(404);
  });

  it('are listed, read, replaced and deleted; the services of a deleted one are out at once', async () => {
    const { id } = (await world.tenants.a.owner('POST', path(), anIssuer())).body;
    const service = world.api.as(await mint());
    expect((await service('GET', '/api/me')).status).toBe(200);
    expect((await world.tenants.a.owner('GET', path())).body.items).toHaveLength(1);
    expect((await world.tenants.a.owner('PUT', path(id), anIssuer({ subjectPattern: 'web-*' }))).body.subjectPattern).toBe('web-*');
    expect((await service('GET', '/api/me')).status).toBe(401);
    expect((await world.tenants.a.owner('GET', path(id))).body).toMatchObject({ id, rules: [{ managementScopes: ['user:list'] }] });
    expect((await world.tenants.a.owner('DELETE', path(id))).status).toBe(204);
    expect((await world.tenants.a.owner('GET', path(id))).status).toBe(404);
    for (const caller of [world.tenants.a.member, world.tenants.b.owner]) expect((await caller('POST', path(), anIssuer())).status).toBe(caller === world.tenants.b.owner ? 404 : 403);
  });

  it('F01 F03 F10 answer every bad JWT alike, and the org reads of them in its audit, counted', async () => {
    const { id } = (await world.tenants.a.owner('POST', path(), anIssuer())).body;
    const [header, payload] = (await mint()).split('.');
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    const bad = [none, `${header}.${payload}.AAAA`, await mint({ aud: 'somebody-else' }), await mint({ exp: 1 }), await mint({ nonce: 'n' }), await mint({ sub: 'web-1' }), 'e30.e30.e30'];
    const answers = await Promise.all(bad.map(async (jwt) => world.api.as(jwt)('GET', '/api/me')));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, ...body, requestId: '' }))).size).toBe(1);
    expect(answers[0]!.status).toBe(401);
    await world.api.deps.serviceJwts.tally.flush();
    await auditRefusals(world.api.db);
    const reasons = (await auditOf(world.tenants.a.org, id)).map(({ reason, count, place }) => `${place} ${reason} ${count}`).sort();
    expect(reasons).toEqual(['expired', 'id-token', 'wrong-algorithm', 'wrong-audience', 'wrong-signature', 'wrong-subject'].map((reason) => `admin-api ${reason} 1`));
    expect(await auditOf(world.tenants.b.org, id)).toEqual([]);
    await auditRefusals(world.api.db);
    expect(await auditOf(world.tenants.a.org, id)).toHaveLength(6);
  });

  it('B01 are refused at addresses inside, and with spellings that mean another place', async () => {
    for (const url of ['http://169.254.169.254', 'https://127.0.0.1', 'https://key-vault.svc', 'http://idp.example']) {
      expect([url, (await world.tenants.a.owner('POST', path(), anIssuer({ issuer: url, jwksUri: null }))).body.code]).toEqual([url, 'endpoint_not_allowed']);
      expect((await world.tenants.a.owner('POST', path(), anIssuer({ jwksUri: url }))).body.code).toBe('endpoint_not_allowed');
    }
    for (const url of ['file:///etc/passwd', 'byok', `${issuer}?x=1`, `${issuer}#x`, 'https://user@idp.example']) expect([url, (await world.tenants.a.owner('POST', path(), anIssuer({ issuer: url }))).status]).toEqual([url, 400]);
  });

  it('F13 give nothing that who trusts them does not have, and no audience that is another org’s', async () => {
    const { a, b } = world.tenants;
    expect((await a.owner('POST', path(), anIssuer({ rules: [{ managementScopes: ['org:create'] }] }))).status).toBe(403);
    expect((await a.owner('POST', path(), anIssuer({ rules: [{ group: b.group }] }))).status).toBe(404);
    expect((await a.owner('POST', path(), anIssuer({ audience: `api://byok/${b.org}` }))).status).toBe(400);
    const narrow = (await a.owner('POST', '/api/tokens', { name: 'narrow', user: null, managementScopes: ['trusted-issuer:update'], allowedModels: ['gpt-4*'] })).body.token as string;
    expect((await world.api.as(narrow)('POST', path(), anIssuer({ rules: [{}] }))).status).toBe(403);
    expect((await a.owner('POST', path(), anIssuer())).status).toBe(201);
    expect((await b.owner('POST', `/api/orgs/${b.org}/trusted-issuers`, anIssuer({ audience: 'mine' }))).status).toBe(201);
    expect((await a.owner('POST', path(), anIssuer({ audience: 'mine' }))).status).toBe(409);
  });
});
