import { bodyOfRoute, fillPath } from '@byok/testing';
import type { Json } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

type Setting = Awaited<ReturnType<typeof newSetting>>;

const { standalone } = standaloneOfSuite();
let ours: Setting;
let theirs: Setting;
let routes: { method: string; path: string }[];

beforeAll(async () => {
  [ours, theirs] = [await newSetting('Ours'), await newSetting('Theirs')];
  const openApi = await ours.world.owner.get<{ paths: Record<string, Json> }>('/api/openapi.json');
  routes = Object.entries(openApi.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })));
});

/** The ids of a world by the name they have in paths. */
const idsOf = ({ world, person, groupId, keyId, money }: Setting): Record<string, string> => ({ org: world.orgId, user: person.id, group: groupId, key: keyId, token: person.tokenId, ...money });

/** A world with a budget that one call has overspent, the alert of that, and a webhook. */
async function newSetting(name: string) {
  const setting = await newWorldWithKey(standalone, name);
  const { owner } = setting.world;
  const budget = await owner.post('/api/budgets', { name, amountUsd: '0.000001', period: 'month', includesOwnKeys: true, thresholds: [100] });
  const webhook = await owner.post('/api/webhooks', { name, url: 'https://hooks.example.com/' });
  await chat(standalone.gatewayUrl, setting.person.token);
  const [alert] = await eventually(async () => (await owner.get('/api/alerts'))['items'] as Json[], (items) => items.length > 0, 20_000);
  return { ...setting, money: { budget: budget['id'] as string, alert: alert!['id'] as string, webhook: webhook['id'] as string } };
}

const fill = (path: string, ids: Record<string, string>): string => fillPath(path, { provider: 'openai', ...ids });

/** A valid body for every route that takes one, so that a 404 is about the id and not about the body. */
const bodyOf = ({ method, path }: { method: string; path: string }): object | undefined =>
  method === 'GET' || method === 'DELETE' ? undefined : ((bodyOfRoute(`${method} ${path}`, idsOf(ours)) as object | undefined) ?? {});

const namesATenant = ({ path }: { path: string }) => /\{(?:org|user|group|key|token|budget|alert|webhook)\}/.test(path);

describe("another tenant's ids", () => {
  it('give 404 in every route of the OpenAPI that takes one', async () => {
    const tried = routes.filter(namesATenant);
    expect(tried.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const route of tried) {
      const answer = await ours.world.owner.call(route.method, fill(route.path, idsOf(theirs)), bodyOf(route));
      if (answer.status !== 404) wrong.push(`${route.method} ${route.path} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('give 404 below our own org, too', async () => {
    const mixed = { ...idsOf(theirs), org: ours.world.orgId };
    const wrong: string[] = [];
    for (const route of routes.filter(({ path }) => path.includes('{org}') && /\{(?:user|group)\}/.test(path))) {
      const answer = await ours.world.owner.call(route.method, fill(route.path, mixed), bodyOf(route));
      if (answer.status !== 404) wrong.push(`${route.method} ${route.path} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('give 404 as owner of a new key, holder of a new token, member of a group, and in a report', async () => {
    const { owner, orgId } = ours.world;
    const ids = idsOf(theirs);
    const tries = [
      ...(['user', 'group', 'org'] as const).map((type) => owner.call('POST', '/api/keys', { owner: { type, id: ids[type] }, provider: 'openai', apiKey: providerKeys.openai(), skipTest: true })),
      owner.call('POST', '/api/tokens', { name: 'x', user: ids['user'] }),
      owner.call('POST', '/api/tokens', { name: 'x', user: null, group: ids['group'] }),
      owner.call('PUT', `/api/orgs/${orgId}/groups/${ours.groupId}/members/${ids['user']}`, {}),
      owner.call('GET', `/api/usage?org=${ids['org']}`),
    ];
    expect((await Promise.all(tries)).map((answer) => answer.status)).toEqual(tries.map(() => 404));
  });

  it('change nothing: everything of theirs is as it was', async () => {
    const { owner, orgId } = theirs.world;
    expect((await chat(standalone.gatewayUrl, theirs.person.token)).status).toBe(200);
    expect(await owner.get(`/api/budgets/${theirs.money.budget}`)).toMatchObject({ amountUsd: '0.000001', status: 'active' });
    expect((await owner.get('/api/webhooks'))['items']).toHaveLength(1);
    expect((await owner.get('/api/alerts'))['items']).toMatchObject([{ id: theirs.money.alert, acknowledgedAt: null }]);
    expect((await owner.get(`/api/keys/${theirs.keyId}`))).toMatchObject({ status: 'active', version: 1 });
    expect((await owner.get(`/api/orgs/${orgId}/users`))['items']).toHaveLength(2);
    expect((await owner.get(`/api/orgs/${orgId}/groups`))['items']).toHaveLength(1);
  });

  it('cannot be seen in our lists, reports and audit', async () => {
    // Of a tenant whose ids we never tried: our audit does repeat what we asked for.
    const bystander = await newSetting('Bystander');
    await chat(standalone.gatewayUrl, bystander.person.token);
    await bystander.world.usage('org', 2);
    const { owner, orgId } = ours.world;
    const paths = [`/api/orgs/${orgId}`, `/api/orgs/${orgId}/users`, `/api/orgs/${orgId}/groups`, '/api/keys', '/api/tokens', '/api/usage?groupBy=user,key,token', `/api/orgs/${orgId}/audit`, '/api/byok/keys', '/api/byok/stats', '/api/budgets', '/api/alerts', '/api/alerts/settings', '/api/webhooks'];
    const seen = (await Promise.all(paths.map((path) => owner.call('GET', path)))).map((answer) => answer.text).join('\n');
    for (const id of Object.values(idsOf(bystander))) expect(seen.includes(id)).toBe(false);
  });

  it('never let the operator of the platform read or replace a key of a tenant', async () => {
    const operator = await standalone.operator();
    const answers = [await operator.call('GET', `/api/keys/${theirs.keyId}`), await operator.call('POST', `/api/keys/${theirs.keyId}/rotate`, { apiKey: providerKeys.openai(), skipTest: true })];
    expect(answers.map((answer) => answer.status)).toEqual([404, 404]);
  });
});
