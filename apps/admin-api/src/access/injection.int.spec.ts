import { bodyOfRoute, fillPath, namesIn, requestsOfRoute } from '@byok/testing';
import { apiRoutes, type Route } from '../spec/api-routes.js';
import { isLetIn } from '../spec/expected-access.js';
import { REPORT_ANSWERS } from '../spec/report-answers.js';
import type { Caller } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

const INJECTIONS = [
  `'`,
  `' OR '1'='1`,
  `' OR 1=1 --`,
  `1; DROP TABLE identity.app_user; --`,
  `') UNION SELECT id, password_hash FROM identity.app_user --`,
  `'; SELECT pg_sleep(5); --`,
  `" OR ""="`,
  `\\' OR 1=1 --`,
  `1) OR (1=1`,
  `$1`,
  `'||(SELECT hash FROM identity.token LIMIT 1)||'`,
  `id; UPDATE identity.app_user SET role='owner' --`,
];
/** What usage-billing knows, which takes any text for an id and looks for it by parameter. */
const KEPT_BY_BILLING = new Set(['reconciliation']);
/** RFC 7644 knows parameters that a server leaves alone. */
const isScim = ({ template }: Route): boolean => template.startsWith('/scim/');
const TABLES = ['org', 'app_user', 'app_group', 'membership', 'token', 'session'];
const world = worldOfTwoTenants();
// Thousands of requests: seconds on a machine that is idle.
const LONG_MS = 300_000;
let routes: Route[];

beforeAll(async () => {
  for (const [report, answer] of Object.entries(REPORT_ANSWERS)) world.api.neighbours.billing.answers.set(report, answer);
  routes = (await apiRoutes(world.api)).filter((route) => route.demanded !== undefined);
});

const ids = (): Record<string, string> => {
  const { org, memberId, group, token, key } = world.tenants.a;
  return { org, user: memberId, group, token, key, provider: 'openai', month: '2026-10', line: '1' };
};
/** Somebody who is let in at all, so that what is sent is read. */
const callerOf = (route: Route): Caller => (isLetIn({ role: 'owner' }, route.demanded!, 'anything') ? world.tenants.a.owner : world.tenants.operator);
const requiredOf = (route: Route): string => requestsOfRoute(route.name)[0]!.query ?? '';
const counts = async (): Promise<unknown> =>
  Promise.all(TABLES.map((table) => world.api.db.query(`SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM identity.${table} t`)));

/** Asks, and says what went wrong: an error of ours, a wait, or something of the other tenant. */
async function problemOf(route: Route, path: string): Promise<string[]> {
  const answer = await callerOf(route)('GET', path);
  const { org, group, token, memberId } = world.tenants.b;
  const shows = answer.status < 300 && callerOf(route) === world.tenants.a.owner && [org, group, token, memberId].some((id) => answer.text.includes(id));
  return answer.status >= 500 || shows ? [`GET ${path} answered ${answer.status} ${answer.text.slice(0, 100)}`] : [];
}

const readers = (): Route[] => routes.filter((route) => route.method === 'GET');

it('C09 takes SQL in any filter, cursor or sort of any list for the text it is, and changes nothing', async () => {
  const before = await counts();
  const wrong: string[] = [];
  for (const route of readers()) {
    for (const parameter of route.query) {
      const rest = requiredOf(route).split('&').filter((each) => each && !each.startsWith(`${parameter}=`));
      for (const text of INJECTIONS) wrong.push(...(await problemOf(route, `${fillPath(route.template, ids())}?${[...rest, `${parameter}=${encodeURIComponent(text)}`].join('&')}`)));
    }
  }
  expect(wrong).toEqual([]);
  expect(await counts()).toEqual(before);
}, LONG_MS);

it('C09 takes SQL in any id of a path for an id that is not known', async () => {
  const before = await counts();
  const wrong: string[] = [];
  for (const route of readers()) {
    for (const name of namesIn(route.template).filter((each) => !KEPT_BY_BILLING.has(each))) {
      for (const text of INJECTIONS) {
        const path = fillPath(route.template, { ...ids(), [name]: encodeURIComponent(text) });
        const { status } = await callerOf(route)('GET', path + (requiredOf(route) ? `?${requiredOf(route)}` : ''));
        if (![400, 403, 404].includes(status)) wrong.push(`GET ${path} answered ${status}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(await counts()).toEqual(before);
}, LONG_MS);

it('C10 answers 400 to an object or a list where a filter is text', async () => {
  const wrong: string[] = [];
  for (const route of readers()) {
    for (const parameter of route.query) {
      const rest = requiredOf(route).split('&').filter((each) => each && !each.startsWith(`${parameter}=`));
      for (const sent of [...(isScim(route) ? [] : [`${parameter}[name]=x`, `${parameter}[$ne]=x`]), `${parameter}=a&${parameter}=b`]) {
        const path = `${fillPath(route.template, ids())}?${[...rest, sent].join('&')}`;
        const { status } = await callerOf(route)('GET', path);
        if (status !== 400) wrong.push(`GET ${path} answered ${status}`);
      }
    }
  }
  expect(wrong).toEqual([]);
}, LONG_MS);

it('C10 answers 400 to an object, a list or an operator of a query language where a body has text', async () => {
  const before = await counts();
  const wrong: string[] = [];
  for (const route of routes.filter((each) => each.takesBody)) {
    const body = (bodyOfRoute(route.name, ids()) ?? {}) as object;
    for (const field of route.textFields) {
      for (const value of [{ name: 'x' }, { $ne: null }, ['x'], { type: 'moreThan', value: '' }]) {
        const { status } = await callerOf(route)(route.method, fillPath(route.template, ids()), { ...body, [field]: value });
        if (status !== 400) wrong.push(`${route.name} ${field}: ${JSON.stringify(value)} answered ${status}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(await counts()).toEqual(before);
}, LONG_MS);

describe('A12 a list', () => {
  it('takes a cursor of another tenant for nothing that opens theirs', async () => {
    const { a, b } = world.tenants;
    const theirs = Object.values({ ...b, owner: '', member: '' }).filter((id): id is string => typeof id === 'string' && id.includes('_'));
    const wrong: string[] = [];
    for (const route of readers().filter((each) => each.query.includes('after') && isLetIn({ role: 'owner' }, each.demanded!, 'anything'))) {
      const page = await b.owner('GET', `${fillPath(route.template, { ...ids(), org: b.org, group: b.group, token: b.token, key: b.key })}?limit=1`);
      for (const cursor of new Set([page.body?.next, ...theirs].filter((each): each is string => typeof each === 'string'))) {
        const { status, text } = await a.owner('GET', `${fillPath(route.template, ids())}?after=${encodeURIComponent(cursor)}`);
        if (![200, 400].includes(status) || theirs.some((id) => text.includes(id))) wrong.push(`${route.name} after ${cursor} answered ${status} ${text.slice(0, 100)}`);
      }
    }
    expect(wrong).toEqual([]);
  }, LONG_MS);

  it('has no wildcard: a percent sign is itself, and text without end is 400', async () => {
    const wrong: string[] = [];
    for (const route of readers()) {
      for (const parameter of route.query) {
        const rest = requiredOf(route).split('&').filter((each) => each && !each.startsWith(`${parameter}=`));
        const ask = (text: string) => callerOf(route)('GET', `${fillPath(route.template, ids())}?${[...rest, `${parameter}=${encodeURIComponent(text)}`].join('&')}`);
        const long = await ask('%_'.repeat(1_000));
        // A cursor is checked where it is read, which for usage is billing.
        if (long.status !== 400 && parameter !== 'after') wrong.push(`${route.name} ${parameter} of 2,000 characters answered ${long.status}`);
        if ((await ask('%_%_%')).status >= 500) wrong.push(`${route.name} ${parameter} of wildcards`);
      }
    }
    expect(wrong).toEqual([]);
  }, LONG_MS);
});
