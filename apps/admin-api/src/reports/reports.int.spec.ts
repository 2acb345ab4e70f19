import { PERIOD, REPORT_ANSWERS } from '../spec/report-answers.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

const world = worldOfTwoTenants();

beforeAll(() => {
  for (const [report, answer] of Object.entries(REPORT_ANSWERS)) world.api.neighbours.billing.answers.set(report, answer);
});

const asked = () => world.api.neighbours.billing.reports.at(-1)!;
const REPORTS = ['statement?month=2026-03', 'savings?baseline=openai/gpt-4o&from=2026-03-01&to=2026-04-01', 'forecast', 'providers?from=2026-03-01&to=2026-04-01'];

describe('GET /api/reports', () => {
  it.each(REPORTS)('%s shows the org to its owner, a member their own, a group to nobody who does not lead it', async (path) => {
    const { a, b, operator } = world.tenants;
    const joined = path.includes('?') ? '&' : '?';
    expect((await a.owner('GET', `/api/reports/${path}`)).status).toBe(200);
    expect(asked()).toMatchObject({ report: path.split('?')[0], orgId: a.org, filters: {} });
    expect((await a.member('GET', `/api/reports/${path}`)).status).toBe(200);
    expect(asked()).toMatchObject({ orgId: a.org, filters: { user: a.memberId } });
    const refused = [await a.member('GET', `/api/reports/${path}${joined}group=${a.group}`), await a.member('GET', `/api/reports/${path}${joined}user=usr_x`), await a.owner('GET', `/api/reports/${path}${joined}org=${b.org}`), await world.api.as()('GET', `/api/reports/${path}`)];
    expect(refused.map((answer) => answer.status)).toEqual([403, 403, 404, 401]);
    await operator('GET', `/api/reports/${path}${joined}org=${b.org}`);
    expect(asked()).toMatchObject({ orgId: b.org, filters: {} });
  });

  it('shows a group to its admin', async () => {
    const { a } = world.tenants;
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${a.memberId}`, { role: 'admin' });
    expect((await a.member('GET', `/api/reports/forecast?group=${a.group}`)).status).toBe(200);
    expect(asked()).toMatchObject({ orgId: a.org, filters: { group: a.group } });
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${a.memberId}`, { role: 'member' });
  });

  it('asks each report its own question, for a whole month or a period', async () => {
    const { owner } = world.tenants.a;
    expect((await owner('GET', '/api/reports/statement?month=2026-12&costCentre=tag:project')).body).toEqual(REPORT_ANSWERS['statement']);
    expect(asked()).toMatchObject({ from: '2026-12-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z', question: '{"costCentre":"tag:project"}' });
    await owner('GET', '/api/reports/forecast?of=charged&days=7');
    expect(asked()).toMatchObject({ from: '', to: '', question: '{"of":"charged","days":7}' });
  });

  it('compares savings with the model that the policy names, unless another one is named', async () => {
    const { a, b } = world.tenants;
    for (const baseline of ['gpt-4o', 'no-such/gpt-4o']) expect((await a.owner('PUT', `/api/orgs/${a.org}/policy`, { baseline })).status).toBeGreaterThanOrEqual(400);
    expect((await a.owner('PUT', `/api/orgs/${a.org}/policy`, { baseline: 'openai/gpt-x' })).status).toBe(200);
    expect((await a.owner('GET', '/api/reports/savings')).status).toBe(200);
    expect(asked()).toMatchObject({ orgId: a.org, question: '{"baseline":"openai/gpt-x"}' });
    await a.member('GET', '/api/reports/savings?baseline=azure/gpt-y');
    expect(asked()).toMatchObject({ question: '{"baseline":"azure/gpt-y"}' });
    expect((await b.owner('GET', '/api/reports/savings')).status).toBe(400);
    await a.owner('PUT', `/api/orgs/${a.org}/policy`, {});
  });

  it.each(['statement?month=2026-13', 'statement?costCentre=user', 'savings', 'savings?baseline=gpt-4o', 'forecast?days=93', 'providers?by=key', 'statement?from=2026-01-01'])('refuses %s', async (path) => {
    expect((await world.tenants.a.owner('GET', `/api/reports/${path}`)).status).toBe(400);
  });
});

describe('chargeback', () => {
  const rules = { costCentre: 'tag:project', rules: [{ key: 'key_1', split: 'fixed', shares: [{ costCentre: 'x', percent: '33.34' }, { costCentre: 'y', percent: '66.66' }] }, { key: 'platform', split: 'usage', measure: 'tokens', spreadUntagged: true }] };

  it('is by group until somebody who may decide about money says otherwise, which is written in the audit', async () => {
    const { a, b } = world.tenants;
    const path = `/api/orgs/${a.org}/chargeback`;
    expect((await a.owner('GET', path)).body).toEqual({ costCentre: 'group', rules: [] });
    expect([(await a.member('PUT', path, rules)).status, (await a.member('GET', path)).status, (await b.owner('PUT', path, rules)).status, (await b.owner('GET', path)).status]).toEqual([403, 403, 404, 404]);
    expect((await a.owner('PUT', path, rules)).body).toEqual(rules);
    expect((await a.owner('GET', path)).body).toEqual(rules);
    expect((await b.owner('GET', `/api/orgs/${b.org}/chargeback`)).body).toEqual({ costCentre: 'group', rules: [] });
    const audit = await a.owner('GET', `/api/orgs/${a.org}/audit`);
    expect(audit.text).toContain('"chargeback.update"');
  });

  it('refuses shares that are not the whole, and two rules for a key', async () => {
    const { a } = world.tenants;
    const put = (body: object) => a.owner('PUT', `/api/orgs/${a.org}/chargeback`, body);
    expect((await put({ ...rules, rules: [{ key: 'k', split: 'fixed', shares: [{ costCentre: 'x', percent: '99.99' }] }] })).status).toBe(400);
    expect((await put({ ...rules, rules: [rules.rules[1], rules.rules[1]] })).status).toBe(400);
  });
});

describe('GET /api/keys/:key/stats', () => {
  it('tells requests, tokens and cost, by day and by model, of a key one may see', async () => {
    const { a, b } = world.tenants;
    const answer = await a.owner('GET', `/api/keys/${a.key}/stats?from=2026-03-01&to=2026-04-01`);
    const use = { requests: 7, totalTokens: 15, costUsd: null, knownCostUsd: '0.01' };
    expect(answer.body).toEqual({ key: a.key, ...PERIOD, ...use, inputTokens: 10, outputTokens: 5, days: [{ day: 'a day', ...use }], models: [{ model: 'a model', ...use }] });
    expect(world.api.neighbours.billing.asked.at(-1)).toMatchObject({ orgId: a.org, filters: { key: a.key } });
    expect((await b.owner('GET', `/api/keys/${a.key}/stats`)).status).toBe(404);
  });

  it('tells a member what they did with a shared key themselves', async () => {
    const { a } = world.tenants;
    expect((await a.member('GET', `/api/keys/${a.key}/stats`)).status).toBe(200);
    expect(world.api.neighbours.billing.asked.at(-1)!.filters).toEqual({ key: a.key, user: a.memberId });
  });
});

describe('POST /api/calculator', () => {
  const tokens = { input: 1_000, output: 100 };

  it('calculates for anybody signed in, from history only what one may see', async () => {
    const { a } = world.tenants;
    expect((await a.member('POST', '/api/calculator', { models: ['openai/gpt-4o'], tokens })).status).toBe(200);
    expect(asked()).toMatchObject({ report: 'calculation', orgId: a.org, question: JSON.stringify({ tokens: { input: 1_000, cachedInput: 0, output: 100, requests: 1 }, models: ['openai/gpt-4o'] }) });
    await a.member('POST', '/api/calculator', { models: ['openai/gpt-4o'], history: { from: '2026-03-01', to: '2026-04-01' } });
    expect(asked()).toMatchObject({ ...PERIOD, filters: { user: a.memberId } });
    expect((await a.member('POST', '/api/calculator', { models: ['openai/gpt-4o'], history: { group: a.group } })).status).toBe(403);
  });

  it.each([{}, { models: ['openai/gpt-4o'] }, { models: ['gpt-4o'], tokens }, { models: ['openai/gpt-4o'], tokens, history: {} }, { models: ['openai/gpt-4o'], tokens: { ...tokens, cachedInput: 2_000 } }, { blended: { tokens: 1, usdPerMillionTokens: '-1' } }])('refuses %j', async (body) => {
    expect((await world.tenants.a.owner('POST', '/api/calculator', body)).status).toBe(400);
  });
});
