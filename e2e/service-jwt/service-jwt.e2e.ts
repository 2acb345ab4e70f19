import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { AdminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

let idp: Server;
let issuer: string;
let key: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  key = pair.privateKey;
  const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'EdDSA' }] };
  idp = createServer((request, response) => response.end(JSON.stringify(request.url === '/keys' ? keys : { issuer, jwks_uri: `${issuer}/keys`, authorization_endpoint: `${issuer}/authorise`, token_endpoint: `${issuer}/token` })));
  await new Promise<void>((resolve) => idp.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(idp.address() as { port: number }).port}`;
});
const { standalone } = standaloneOfSuite(() => ({ environment: { BYOK_EGRESS_ALLOW: new URL(issuer).host } }));
afterAll(async () => {
  idp.closeAllConnections();
  await new Promise((resolve) => idp.close(resolve));
});

const mint = (claims: JWTPayload) =>
  new SignJWT({ iss: issuer, sub: 'batch', exp: Math.floor(Date.now() / 1000) + 300, ...claims }).setProtectedHeader({ alg: 'EdDSA', kid: 'one', typ: 'at+jwt' }).sign(key);

describe('a service with a JWT of an issuer that its organisation trusts', () => {
  it('calls with its group’s key, which the vault opens for it; is in report and audit; and is out with the issuer', async () => {
    const { world, groupId } = await newWorldWithKey(standalone, 'Cluster');
    const path = `/api/orgs/${world.orgId}/trusted-issuers`;
    const rules = [{ when: { claim: 'team', value: 'research' }, group: groupId, managementScopes: ['group:read'] }];
    const { id } = await world.owner.post(path, { name: 'cluster', issuer, rules });
    const jwt = await mint({ aud: `byok:${world.orgId}`, team: 'research' });
    expect((await chat(standalone.gatewayUrl, jwt)).status).toBe(200);
    expect(await new AdminClient(standalone.adminUrl, jwt).get('/api/me')).toMatchObject({ orgId: world.orgId, userId: null, groups: [{ id: groupId }], managementScopes: ['group:read'] });
    expect((await chat(standalone.gatewayUrl, await mint({ aud: `byok:${world.orgId}`, team: 'other' }))).status).toBe(401);
    const [token] = (await world.owner.get(`/api/tokens?group=${groupId}`))['items'].filter((each: { name: string }) => each.name === 'batch');
    expect((await world.usage('token', 1)).map((line) => line.token)).toContain(token.id);
    await world.owner.delete(`${path}/${id}`);
    const refusal = await eventually(() => chat(standalone.gatewayUrl, jwt), (answer) => answer.status !== 200, 5_000);
    expect([refusal.status, refusal.body['error'].code]).toEqual([401, 'unauthenticated']);
  });

  it('begins a sign-in at a provider whose client secret the vault keeps', async () => {
    const { world } = await newWorldWithKey(standalone, 'SignIn');
    const provider = { issuer, clientId: 'byok', clientSecret: 'a-client-secret-of-a-story', allowedDomains: ['example.com'] };
    expect(await world.owner.put(`/api/orgs/${world.orgId}/identity-provider`, provider)).toMatchObject({ hasClientSecret: true });
    const stored = JSON.stringify([await standalone.sql('SELECT * FROM identity.identity_provider'), await standalone.sql(`SELECT encode(blob, 'escape') FROM vault.sign_in_secret`)]);
    expect(stored).not.toContain(provider.clientSecret);
    const begun = await new AdminClient(standalone.adminUrl, undefined).call('GET', `/api/auth/oidc/${world.orgId}/start`);
    expect(begun.status).toBe(303);
    expect(new URL(begun.headers.get('location')!).searchParams.get('redirect_uri')).toBe(`${standalone.adminUrl}/api/auth/oidc/callback`);
  });
});
