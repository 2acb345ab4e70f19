import { fillPath, namesIn, requestsOfRoute, testDatabase, withUniqueNames, type RouteIds, type RouteRequest, type Subject, type TestDatabase } from '@byok/testing';
import { apiRoutes, type Route } from '../spec/api-routes.js';
import { isLetIn } from '../spec/expected-access.js';
import { matrixWorld, type MatrixCaller, type MatrixWorld } from '../spec/matrix-world.js';
import { REPORT_ANSWERS } from '../spec/report-answers.js';
import { startTestApi, type Answer, type Caller, type TestApi } from '../spec/test-api.js';

/** Ends what the other requests need: asked in the last test. */
const LAST = ['POST /api/auth/logout', 'DELETE /api/orgs/{org}'];
/** Not a thing of one tenant. */
const OF_NO_TENANT = new Set(['provider', 'month', 'line', 'reconciliation', 'schema']);
/** End the session that asks. */
const OWN_SESSION = new Set(['POST /api/auth/logout', 'POST /api/me/password']);
const LET_IN = [200, 201, 202, 204];
const DENIED = [403, 404];

// Thousands of requests: seconds on a machine that is idle.
const LONG_MS = 300_000;

let database: TestDatabase;
let api: TestApi;
let world: MatrixWorld;
let routes: Route[];

beforeAll(async () => {
  database = await testDatabase();
  api = await startTestApi(database.url('admin'));
  for (const [report, answer] of Object.entries(REPORT_ANSWERS)) api.neighbours.billing.answers.set(report, answer);
  world = await matrixWorld(api);
  routes = (await apiRoutes(api)).filter((route) => route.demanded !== undefined);
});
afterAll(async () => {
  await api?.close();
  await database?.close();
});

const changes = ({ method }: Route): boolean => method !== 'GET';
const everyCase = (): { route: Route; request: RouteRequest }[] => routes.flatMap((route) => requestsOfRoute(route.name).map((request) => ({ route, request })));
const cases = (last = false) => everyCase().filter(({ route, request }) => LAST.includes(route.name) === last && !request.elsewhere);

function subjectOf({ template }: Route, { of }: RouteRequest): Subject {
  if (of) return of;
  const names = namesIn(template);
  if (names.includes('token') || names.includes('key') || names.includes('group')) return 'group';
  if (names.includes('user')) return 'user';
  return template.startsWith('/api/platform/') ? 'platform' : 'org';
}

function send(call: Caller, route: Route, request: RouteRequest, ids: RouteIds): Promise<Answer> {
  const query = request.queryWith?.(ids) ?? request.query;
  const body = request.bodyWith ? request.bodyWith(ids) : withUniqueNames(request.body);
  return call(route.method, fillPath(route.template, ids) + (query ? `?${query}` : ''), body);
}

/** The operator reaches a tenant by its id in the path; elsewhere they are somebody of the platform's own org. */
const reaches = ({ standing }: MatrixCaller, route: Route, { bodyWith, queryWith, of }: RouteRequest): boolean =>
  !standing.isOperator || (namesIn(route.template).includes('org') && of !== 'self') || (namesIn(route.template).length === 0 && !bodyWith && !queryWith);

async function problemOf(caller: MatrixCaller, route: Route, request: RouteRequest): Promise<string[]> {
  const subject = subjectOf(route, request);
  const isOwnOrg = !caller.standing.isOperator || namesIn(route.template).length === 0;
  const expected = isLetIn(caller.standing, request.demand ?? route.demanded!, subject, isOwnOrg) && (request.also === undefined || isLetIn(caller.standing, request.also, 'group'));
  const ids = { ...world.ids, ...(expected && changes(route) ? await world.freshIds(route) : {}) };
  const own = request.of === 'self' ? { ...ids, user: caller.userId } : ids;
  if (request.before) await caller.call(request.before.method, fillPath(route.template, own), request.before.body);
  const { status, text } = await send(caller.call, route, request, own);
  const isAsExpected = expected ? (request.letIn ?? LET_IN).includes(status) : DENIED.includes(status);
  const hint = expected && status === 400 ? ' Does ROUTE_REQUESTS (libs/testing/src/admin-routes) have a valid request of this route?' : '';
  return isAsExpected ? [] : [`${route.name}${request.name ? ` ${request.name}` : ''} as ${caller.name}: ${expected ? 'to be let in' : 'to be refused'}, answered ${status} ${text.slice(0, 150)}${hint}`];
}

const problemsOf = async (asked: { route: Route; request: RouteRequest }[], callers: readonly MatrixCaller[]): Promise<string[]> => {
  const found: string[] = [];
  for (const { route, request } of asked) for (const caller of callers) if (reaches(caller, route, request)) found.push(...(await problemOf(caller, route, request)));
  return found;
};

describe('every route of the OpenAPI, every request of it, every standing', () => {
  it('has a request for each body: a new route adds its own to ROUTE_REQUESTS in libs/testing/src/admin-routes/route-requests.ts', () => {
    const optional = ['POST /api/auth/logout'];
    expect(routes.filter((route) => route.takesBody && !optional.includes(route.name) && requestsOfRoute(route.name).some(({ body, bodyWith }) => body === undefined && !bodyWith)).map((route) => route.name)).toEqual([]);
  });

  it('A02 A06 lets in whom the permission matrix names, and refuses everybody else', async () => {
    expect(await problemsOf(cases(), world.callers)).toEqual([]);
  }, LONG_MS);

  it('answers 401 to nobody and to a credential that has expired', async () => {
    for (const call of [api.as(), world.expired]) {
      for (const { route, request } of everyCase()) expect([route.name, (await send(call, route, request, world.ids)).status]).toEqual([route.name, 401]);
    }
  }, LONG_MS);

  it('A01 A02 A04 has nothing of this tenant for the owner of another: 404 for every id in a path, a body or a query, and no id in what is theirs', async () => {
    const { call, standing } = world.otherTenant;
    const ours = Object.entries(world.ids).filter(([name]) => !OF_NO_TENANT.has(name)).map(([, id]) => id);
    const wrong: string[] = [];
    for (const { route, request } of everyCase().filter((each) => !OWN_SESSION.has(each.route.name))) {
      const namesOurs = namesIn(route.template).some((name) => !OF_NO_TENANT.has(name)) || ((request.bodyWith ?? request.queryWith) !== undefined && !request.filtersOwn);
      const mayAtAll = isLetIn(standing, route.demanded!, 'anything');
      const expected = namesOurs && request.of !== 'platform' ? (mayAtAll || namesIn(route.template).includes('org') ? [404] : DENIED) : isLetIn(standing, route.demanded!, subjectOf(route, request)) ? [...LET_IN, 404] : DENIED;
      const { status, text } = await send(call, route, request, world.ids);
      if (!expected.includes(status)) wrong.push(`${route.name} ${request.name ?? ''}: ${expected.join(' or ')}, answered ${status} ${text.slice(0, 150)}`);
      if (status < 300 && ours.some((id) => text.includes(id))) wrong.push(`${route.name} ${request.name ?? ''}: shows an id of this tenant`);
    }
    expect(wrong).toEqual([]);
    expect(api.neighbours.billing.asked.filter(({ orgId }) => orgId === world.ids['org']).length).toBeGreaterThan(0);
  }, LONG_MS);

  it('lets in and refuses as the matrix says, too, where the request ends the session or the org', async () => {
    const [logOut, deleteOrg] = LAST.map((name) => cases(true).filter(({ route }) => route.name === name)) as [ReturnType<typeof cases>, ReturnType<typeof cases>];
    expect([logOut.length, deleteOrg.length]).toEqual([1, 1]);
    expect(await problemsOf(logOut, await Promise.all(world.callers.map(async (caller) => ({ ...caller, call: await api.signIn(caller.email) }))))).toEqual([]);
    const [owner, ...others] = world.callers;
    expect(await problemsOf(deleteOrg, others.filter(({ standing }) => !standing.isOperator))).toEqual([]);
    expect(await problemsOf(deleteOrg, [owner!])).toEqual([]);
  }, LONG_MS);
});
