import { bodyOfRoute, fillPath } from '@byok/testing';
import { apiRoutes, type Route } from '../spec/api-routes.js';
import { worldOfTwoTenants, type Tenant } from '../spec/two-tenants.js';

describe('every route of the OpenAPI', () => {
  const world = worldOfTwoTenants();
  let routes: Route[];

  beforeAll(async () => {
    routes = await apiRoutes(world.api);
  });

  const isPublic = ({ demanded }: Route): boolean => demanded === undefined;
  const idsOf = (tenant: Tenant): Record<string, string> => ({ org: tenant.org, user: tenant.memberId, group: tenant.group, token: tenant.token, key: tenant.key, provider: 'openai' });
  const bodyOf = ({ method, name }: Route): unknown => (method === 'GET' || method === 'DELETE' ? undefined : bodyOfRoute(name, idsOf(world.tenants.a)));

  it('is known: public ones are these and no others', () => {
    expect(routes.length).toBeGreaterThan(45);
    expect(routes.filter(isPublic).map(({ name }) => name).sort()).toEqual(['GET /api/auth/oidc/callback', 'GET /api/auth/oidc/{org}/start', 'GET /api/byok/providers', 'GET /api/health', 'POST /api/auth/invites/accept', 'POST /api/auth/login', 'POST /api/auth/refresh', 'POST /api/secret-scanning/report']);
  });

  it('C15 answers 401 without a credential, also to HEAD, a trailing slash, doubled or encoded slashes, another case, dots and semicolons', async () => {
    for (const route of routes.filter((each) => !isPublic(each))) {
      const path = fillPath(route.template, idsOf(world.tenants.a));
      expect([route.template, (await world.api.as()(route.method, path, bodyOf(route))).status]).toEqual([route.template, 401]);
      const variants = [`${path}/`, path.replace('/api/', '//api//'), path.replace('/api/', '/API/'), path.replace('/api/', '/api%2F'), `${path};x=1`, `/api/health/..${path.slice(4)}`, `/api/health/%2e%2e${path.slice(4)}`, path.replaceAll('/', '/./')];
      for (const variant of variants) expect([401, 404]).toContain((await world.api.as()(route.method, variant, bodyOf(route))).status);
      if (route.method === 'GET') expect((await world.api.as()('HEAD', path)).status).toBe(401);
    }
  });

  it('A01 A02 A03 answers 404 to another tenant’s ids, with the words of an unknown id, and audits it with the one who asked', async () => {
    const { a, b } = world.tenants;
    const withIds = routes.filter((route) => !isPublic(route) && /\{(org|user|group|token|key)\}/.test(route.template));
    for (const caller of [a.owner, a.member]) {
      for (const route of withIds) {
        const answer = await caller(route.method, fillPath(route.template, idsOf(b)), bodyOf(route));
        const code = route.template.startsWith('/scim/') ? answer.body.schemas?.[0] : answer.body.code;
        expect([route.method, route.template, answer.status, code]).toEqual([route.method, route.template, 404, route.template.startsWith('/scim/') ? 'urn:ietf:params:scim:api:messages:2.0:Error' : 'not_found']);
      }
    }
    const denied = await world.api.db.query<{ org: string; count: string }>(`SELECT org_id AS org, count(*) FROM identity.audit WHERE action = 'authz.denied' GROUP BY org_id`);
    // Nobody is denied what is anybody's, there is just nothing.
    expect(denied).toEqual([{ org: a.org, count: String(withIds.filter((each) => !isPublic(each)).length * 2) }]);
  });

  it('A03 answers 404 when the org is one’s own and what is inside it is another tenant’s', async () => {
    const { a, b } = world.tenants;
    const nested = routes.filter((route) => /\{org\}.*\{(user|group)\}/.test(route.template));
    for (const name of ['user', 'group']) {
      for (const route of nested.filter((each) => each.template.includes(`{${name}}`))) {
        const ids = { ...idsOf(a), [name]: idsOf(b)[name]! };
        const answer = await a.owner(route.method, fillPath(route.template, ids), bodyOf(route));
        expect([route.method, route.template, name, answer.status]).toEqual([route.method, route.template, name, 404]);
      }
    }
    expect((await b.owner('GET', `/api/orgs/${b.org}/groups/${b.group}/members`)).body.items).toHaveLength(1);
    expect((await b.owner('GET', `/api/keys/${b.key}`)).body).toMatchObject({ status: 'active', version: 1, label: 'OpenAI' });
  });

  it('answers an unknown id with the very body of a foreign one', async () => {
    const { a, b } = world.tenants;
    const strip = ({ requestId: _, ...body }: Record<string, unknown>) => body;
    for (const path of [`/api/keys/${b.key}`, `/api/tokens/${b.token}`, `/api/orgs/${a.org}/groups/${b.group}`]) {
      const unknown = path.slice(0, -32) + '0'.repeat(32);
      expect(strip((await a.owner('GET', path)).body)).toEqual(strip((await a.owner('GET', unknown)).body));
    }
  });

  it('A04 A05 answers 400 to fields that nobody may set', async () => {
    const { a } = world.tenants;
    const users = `/api/orgs/${a.org}/users`;
    for (const field of ['isOperator', 'orgId', 'org_id', 'status', 'passwordHash', 'key_version', '__proto__x']) {
      expect((await a.owner('POST', users, { email: 'x@alpha.test', name: 'X', [field]: true })).status).toBe(400);
      expect((await a.owner('PATCH', `${users}/${a.memberId}`, { [field === 'status' ? 'org' : field]: true })).status).toBe(400);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await a.owner('GET', `${users}?limit=200`)).body.items).toHaveLength(2);
  });
});
