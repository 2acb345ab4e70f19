import { createServer, type Server } from 'node:http';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { startTestApi, type TestApi } from '../spec/test-api.js';
import { twoTenants, type TwoTenants } from '../spec/two-tenants.js';
import { auditRefusals } from '../audit/audit-refusals.js';

describe('trusted issuers', () => {
  let database: TestDatabase;
  let api: TestApi;
  let tenants: TwoTenants;
  let server: Server;
  let issuer: string;
  let privateKey: CryptoKey;

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    privateKey = pair.privateKey;
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }] });
    server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(keys));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    issuer = `http://127.0.0.1:${port}`;
    database = await testDatabase();
    api = await startTestApi(database.url('admin'), { egressAllow: `127.0.0.1:${port}` });
    tenants = await twoTenants(api);
  });
  afterAll(async () => {
    await api?.close();
    await database?.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(async () => {
    for (const { id } of (await tenants.a.owner('GET', path())).body.items as { id: string }[]) await tenants.a.owner('DELETE', path(id));
  });

  const path = (id = '') => `/api/orgs/${tenants.a.org}/trusted-issuers${id && `/${id}`}`;
  const anIssuer = (over: object = {}) => ({ name: 'cluster', issuer, jwksUri: `${issuer}/keys`, subjectPattern: 'ops-*', rules: [{ managementScopes: ['user:list'] }], ...over });
  const mint = (claims: object = {}) =>
    new SignJWT({ iss: issuer, sub: 'ops-1', aud: `byok:${tenants.a.org}`, exp: Math.floor(Date.now() / 1000) + 300, ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'at+jwt' }).sign(privateKey);
  const auditOf = async (org: string, target: string) => (await api.db.query<{ details: string }>(`SELECT details FROM identity.audit WHERE org_id = $1 AND target_id = $2 AND action = 'auth.failed'`, [org, target])).map(({ details }) => JSON.parse(details) as { reason: string; count: number; place: string });

  it('let a service manage what its rule names, as its org’s service, and nothing else', async () => {
    const made = await tenants.a.owner('POST', path(), anIssuer());
    expect([made.status, made.body]).toMatchObject([201, { audience: `byok:${tenants.a.org}`, tokenType: 'at+jwt', jwksUri: `${issuer}/keys` }]);
    const service = api.as(await mint());
    expect((await service('GET', '/api/me')).body).toMatchObject({ orgId: tenants.a.org, userId: null, managementScopes: ['user:list'] });
    expect((await service('GET', `/api/orgs/${tenants.a.org}/users`)).status).toBe(200);
    expect((await service('POST', `/api/orgs/${tenants.a.org}/users`, { email: 'x@alpha.test', name: 'X' })).status).toBe(403);
    expect((await service('GET', `/api/orgs/${tenants.b.org}/users`)).status).toBe(404);
  });

  it('are listed, read, replaced and deleted; the services of a deleted one are out at once', async () => {
    const { id } = (await tenants.a.owner('POST', path(), anIssuer())).body;
    const service = api.as(await mint());
    expect((await service('GET', '/api/me')).status).toBe(200);
    expect((await tenants.a.owner('GET', path())).body.items).toHaveLength(1);
    expect((await tenants.a.owner('PUT', path(id), anIssuer({ subjectPattern: 'web-*' }))).body.subjectPattern).toBe('web-*');
    expect((await service('GET', '/api/me')).status).toBe(401);
    expect((await tenants.a.owner('GET', path(id))).body).toMatchObject({ id, rules: [{ managementScopes: ['user:list'] }] });
    expect((await tenants.a.owner('DELETE', path(id))).status).toBe(204);
    expect((await tenants.a.owner('GET', path(id))).status).toBe(404);
    for (const caller of [tenants.a.member, tenants.b.owner]) expect((await caller('POST', path(), anIssuer())).status).toBe(caller === tenants.b.owner ? 404 : 403);
  });

  it('F01 F03 F10 answer every bad JWT alike, and the org reads of them in its audit, counted', async () => {
    const { id } = (await tenants.a.owner('POST', path(), anIssuer())).body;
    const [header, payload] = (await mint()).split('.');
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    const bad = [none, `${header}.${payload}.AAAA`, await mint({ aud: 'somebody-else' }), await mint({ exp: 1 }), await mint({ nonce: 'n' }), await mint({ sub: 'web-1' }), 'e30.e30.e30'];
    const answers = await Promise.all(bad.map(async (jwt) => api.as(jwt)('GET', '/api/me')));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, ...body, requestId: '' }))).size).toBe(1);
    expect(answers[0]!.status).toBe(401);
    await api.deps.serviceJwts.tally.flush();
    await auditRefusals(api.db);
    const reasons = (await auditOf(tenants.a.org, id)).map(({ reason, count, place }) => `${place} ${reason} ${count}`).sort();
    expect(reasons).toEqual(['expired', 'id-token', 'wrong-algorithm', 'wrong-audience', 'wrong-signature', 'wrong-subject'].map((reason) => `admin-api ${reason} 1`));
    expect(await auditOf(tenants.b.org, id)).toEqual([]);
    await auditRefusals(api.db);
    expect(await auditOf(tenants.a.org, id)).toHaveLength(6);
  });

  it('B01 are refused at addresses inside, and with spellings that mean another place', async () => {
    for (const url of ['http://169.254.169.254', 'https://127.0.0.1', 'https://key-vault.svc', 'http://idp.example']) {
      expect([url, (await tenants.a.owner('POST', path(), anIssuer({ issuer: url, jwksUri: null }))).body.code]).toEqual([url, 'endpoint_not_allowed']);
      expect((await tenants.a.owner('POST', path(), anIssuer({ jwksUri: url }))).body.code).toBe('endpoint_not_allowed');
    }
    for (const url of ['file:///etc/passwd', 'byok', `${issuer}?x=1`, `${issuer}#x`, 'https://user@idp.example']) expect([url, (await tenants.a.owner('POST', path(), anIssuer({ issuer: url }))).status]).toEqual([url, 400]);
  });

  it('F13 give nothing that who trusts them does not have, and no audience that is another org’s', async () => {
    const { a, b } = tenants;
    expect((await a.owner('POST', path(), anIssuer({ rules: [{ managementScopes: ['org:create'] }] }))).status).toBe(403);
    expect((await a.owner('POST', path(), anIssuer({ rules: [{ group: b.group }] }))).status).toBe(404);
    expect((await a.owner('POST', path(), anIssuer({ audience: `api://byok/${b.org}` }))).status).toBe(400);
    const narrow = (await a.owner('POST', '/api/tokens', { name: 'narrow', user: null, managementScopes: ['trusted-issuer:update'], allowedModels: ['gpt-4*'] })).body.token as string;
    expect((await api.as(narrow)('POST', path(), anIssuer({ rules: [{}] }))).status).toBe(403);
    expect((await a.owner('POST', path(), anIssuer())).status).toBe(201);
    expect((await b.owner('POST', `/api/orgs/${b.org}/trusted-issuers`, anIssuer({ audience: 'mine' }))).status).toBe(201);
    expect((await a.owner('POST', path(), anIssuer({ audience: 'mine' }))).status).toBe(409);
  });
});
