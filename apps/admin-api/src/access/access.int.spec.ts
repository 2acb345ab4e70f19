import { testDatabase, type TestDatabase } from '@byok/testing';
import { bodyOf as requestBodyOf } from '../spec/route-requests.js';
import { startTestApi, type TestApi } from '../spec/test-api.js';
import { twoTenants, type Tenant, type TwoTenants } from '../spec/two-tenants.js';

type Operation = { security?: object[]; 'x-permission'?: string };
type Route = { method: string; template: string; operation: Operation };

describe('every route of the OpenAPI', () => {
  let database: TestDatabase;
  let api: TestApi;
  let tenants: TwoTenants;
  let routes: Route[];

  beforeAll(async () => {
    database = await testDatabase();
    api = await startTestApi(database.url('admin'));
    tenants = await twoTenants(api);
    const document = (await api.as()('GET', '/api/openapi.json')).body as { paths: Record<string, Record<string, Operation>> };
    routes = Object.entries(document.paths).flatMap(([template, path]) => Object.entries(path).map(([method, operation]) => ({ method: method.toUpperCase(), template, operation })));
  });
  afterAll(async () => {
    await api.close();
    await database.close();
  });

  const isPublic = ({ operation }: Route): boolean => operation['x-permission'] === undefined;
  const idsOf = (tenant: Tenant): Record<string, string> => ({ org: tenant.org, user: tenant.memberId, group: tenant.group, token: tenant.token, key: tenant.key, provider: 'openai' });
  const fill = (template: string, ids: Record<string, string>): string => template.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'missing');
  const BODIES: Record<string, unknown> = {
    'POST /api/orgs/{org}/invites': { email: 'mole@alpha.test', role: 'owner' },
  'PUT /api/orgs/{org}/identity-provider': { issuer: 'https://idp.example.com', clientId: 'x', allowedDomains: ['example.com'] },
  'POST /api/orgs/{org}/trusted-issuers': { name: 'mine', issuer: 'https://idp.example.com', rules: [{}] },
  'PUT /api/orgs/{org}/trusted-issuers/{issuer}': { name: 'mine', issuer: 'https://idp.example.com', rules: [{}] },
  'PUT /api/orgs/{org}/users/{user}/share': { weight: 2 },
  'PUT /api/tokens/{token}/share': { weight: 2 },
  'PUT /api/orgs/{org}/tags': { tags: {}, callerTags: [] },
  'PUT /api/orgs/{org}/groups/{group}/tags': { tags: {} },
  'PUT /api/orgs/{org}/users/{user}/tags': { tags: {} },
  'PUT /api/tokens/{token}/tags': { tags: {} },
    'PUT /api/orgs/{org}/encryption': { kekUri: null },
    'PATCH /api/orgs/{org}': { name: 'taken over' },
    'POST /api/orgs/{org}/users': { email: 'mole@alpha.test', name: 'Mole', role: 'owner' },
    'PATCH /api/orgs/{org}/users/{user}': { role: 'owner' },
    'POST /api/orgs/{org}/groups': { name: 'mine' },
    'PATCH /api/orgs/{org}/groups/{group}': { name: 'mine' },
    'PATCH /api/keys/{key}': { label: 'mine' },
    'POST /api/keys/{key}/seal': { reason: 'mine now' },
    'POST /api/keys/{key}/unseal': {},
    'POST /api/keys/{key}/transfer': { owner: { type: 'user' } },
    'POST /api/orgs/{org}/access-reviews': { name: 'mine' },
    'POST /api/orgs/{org}/access-reviews/{review}/decisions': { decisions: [{ line: 1, decision: 'revoke' }] },
    'POST /api/orgs/{org}/access-reviews/{review}/close': { name: 'mine' },
  };
  const bodyOf = ({ method, template }: Route): unknown => {
    if (method === 'GET' || method === 'DELETE') return undefined;
    return BODIES[`${method} ${template}`] ?? requestBodyOf(`${method} ${template}`, idsOf(tenants.a));
  };

  it('is known: public ones are these and no others', () => {
    expect(routes.length).toBeGreaterThan(45);
    expect(routes.filter(isPublic).map((route) => `${route.method} ${route.template}`).sort()).toEqual(['GET /api/auth/oidc/callback', 'GET /api/auth/oidc/{org}/start', 'GET /api/byok/providers', 'GET /api/health', 'POST /api/auth/invites/accept', 'POST /api/auth/login', 'POST /api/auth/refresh', 'POST /api/secret-scanning/report']);
  });

  it('C15 answers 401 without a credential, also to HEAD, a trailing slash, doubled or encoded slashes, another case, dots and semicolons', async () => {
    for (const route of routes.filter((each) => !isPublic(each))) {
      const path = fill(route.template, idsOf(tenants.a));
      expect([route.template, (await api.as()(route.method, path, bodyOf(route))).status]).toEqual([route.template, 401]);
      const variants = [`${path}/`, path.replace('/api/', '//api//'), path.replace('/api/', '/API/'), path.replace('/api/', '/api%2F'), `${path};x=1`, `/api/health/..${path.slice(4)}`, `/api/health/%2e%2e${path.slice(4)}`, path.replaceAll('/', '/./')];
      for (const variant of variants) expect([401, 404]).toContain((await api.as()(route.method, variant, bodyOf(route))).status);
      if (route.method === 'GET') expect((await api.as()('HEAD', path)).status).toBe(401);
    }
  });

  it('A01 A02 A03 answers 404 to another tenant’s ids, with the words of an unknown id, and audits it with the one who asked', async () => {
    const { a, b } = tenants;
    const withIds = routes.filter((route) => !isPublic(route) && /\{(org|user|group|token|key)\}/.test(route.template));
    for (const caller of [a.owner, a.member]) {
      for (const route of withIds) {
        const answer = await caller(route.method, fill(route.template, idsOf(b)), bodyOf(route));
        const code = route.template.startsWith('/scim/') ? answer.body.schemas?.[0] : answer.body.code;
        expect([route.method, route.template, answer.status, code]).toEqual([route.method, route.template, 404, route.template.startsWith('/scim/') ? 'urn:ietf:params:scim:api:messages:2.0:Error' : 'not_found']);
      }
    }
    const denied = await api.db.query<{ org: string; count: string }>(`SELECT org_id AS org, count(*) FROM identity.audit WHERE action = 'authz.denied' GROUP BY org_id`);
    // Nobody is denied what is anybody's, there is just nothing.
    expect(denied).toEqual([{ org: a.org, count: String(withIds.filter((each) => !isPublic(each)).length * 2) }]);
  });

  it('A03 answers 404 when the org is one’s own and what is inside it is another tenant’s', async () => {
    const { a, b } = tenants;
    const nested = routes.filter((route) => /\{org\}.*\{(user|group)\}/.test(route.template));
    for (const name of ['user', 'group']) {
      for (const route of nested.filter((each) => each.template.includes(`{${name}}`))) {
        const ids = { ...idsOf(a), [name]: idsOf(b)[name]! };
        const answer = await a.owner(route.method, fill(route.template, ids), bodyOf(route));
        expect([route.method, route.template, name, answer.status]).toEqual([route.method, route.template, name, 404]);
      }
    }
    expect((await b.owner('GET', `/api/orgs/${b.org}/groups/${b.group}/members`)).body.items).toHaveLength(1);
    expect((await b.owner('GET', `/api/keys/${b.key}`)).body).toMatchObject({ status: 'active', version: 1, label: 'OpenAI' });
  });

  it('answers an unknown id with the very body of a foreign one', async () => {
    const { a, b } = tenants;
    const strip = ({ requestId: _, ...body }: Record<string, unknown>) => body;
    for (const path of [`/api/keys/${b.key}`, `/api/tokens/${b.token}`, `/api/orgs/${a.org}/groups/${b.group}`]) {
      const unknown = path.slice(0, -32) + '0'.repeat(32);
      expect(strip((await a.owner('GET', path)).body)).toEqual(strip((await a.owner('GET', unknown)).body));
    }
  });

  it('A04 A05 answers 400 to fields that nobody may set', async () => {
    const { a } = tenants;
    const users = `/api/orgs/${a.org}/users`;
    for (const field of ['isOperator', 'orgId', 'org_id', 'status', 'passwordHash', 'key_version', '__proto__x']) {
      expect((await a.owner('POST', users, { email: 'x@alpha.test', name: 'X', [field]: true })).status).toBe(400);
      expect((await a.owner('PATCH', `${users}/${a.memberId}`, { [field === 'status' ? 'org' : field]: true })).status).toBe(400);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await a.owner('GET', `${users}?limit=200`)).body.items).toHaveLength(2);
  });
});
