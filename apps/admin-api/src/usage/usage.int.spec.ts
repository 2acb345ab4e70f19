import { worldOfTwoTenants } from '../spec/two-tenants.js';

const world = worldOfTwoTenants();

const asked = () => world.api.neighbours.billing.asked.at(-1)!;

describe('GET /api/usage', () => {
  it('asks for an interval first, any dimension and any filter, and puts tags apart', async () => {
    const answer = await world.tenants.a.owner('GET', '/api/usage?interval=week&groupBy=model,tag:project&endpoint=chat&tag=team%3Dred%3Dx&from=2026-03-01&to=2026-04-01');
    expect(answer.status).toBe(200);
    expect(asked()).toMatchObject({ orgId: world.tenants.a.org, groupBy: ['week', 'model', 'tag:project'], filters: { endpoint: 'chat', 'tag:team': 'red=x' } });
    expect(answer.body).toMatchObject({ source: 'rollups', items: [{ week: 'a week', model: 'a model', tags: { project: 'a tag:project' }, requests: 7, attempts: 8, costUsd: null }] });
    expect(answer.body.items[0]).not.toHaveProperty('latency');
  });

  it('tells the period before and the latency when asked', async () => {
    const answer = await world.tenants.a.owner('GET', '/api/usage?compare=previous&latency=true&from=2026-03-01&to=2026-04-01');
    expect(answer.body.previous).toMatchObject({ from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z', items: [{ requests: 7 }] });
    expect(answer.body.items[0].latency).toEqual({ firstByteMs: null, totalMs: { p50: 5, p95: 9 } });
    expect(asked()).toMatchObject({ from: '2026-02-01T00:00:00.000Z', latency: true });
  });

  it.each(['groupBy=tag:', 'groupBy=tag:A', 'tag=nothing', 'interval=year', 'compare=next', 'latency=perhaps'])('refuses %s', async (query) => {
    expect((await world.tenants.a.owner('GET', `/api/usage?${query}`)).status).toBe(400);
  });

  it('shows a member their own, whatever the filters, and refuses the rest', async () => {
    await world.tenants.a.member('GET', '/api/usage?groupBy=model&tag=team%3Dred');
    expect(asked()).toMatchObject({ orgId: world.tenants.a.org, filters: { user: world.tenants.a.memberId, 'tag:team': 'red' } });
    expect((await world.tenants.a.member('GET', `/api/usage?group=${world.tenants.a.group}`)).status).toBe(403);
    expect((await world.tenants.a.owner('GET', `/api/usage?org=${world.tenants.b.org}`)).status).toBe(404);
  });
});

describe('GET /api/usage/export.csv', () => {
  it('is the same report as a file, an unknown cost left empty', async () => {
    const answer = await world.tenants.a.owner('GET', '/api/usage/export.csv?groupBy=model,group&from=2026-03-01&to=2026-04-01');
    expect([answer.status, answer.headers['content-type'], answer.headers['content-disposition']]).toEqual([200, 'text/csv; charset=utf-8', 'attachment; filename="usage.csv"']);
    expect(answer.text).toBe(
      'model,group,requests,attempts,okAttempts,inputTokens,cachedTokens,outputTokens,reasoningTokens,totalTokens,costUsd,knownCostUsd,chargedUsd,estimatedRequests,unpricedRequests\r\na model,,7,8,6,10,4,5,1,15,,0.01,0.00,0,1\r\n',
    );
  });

  it('is the members’ own for a member', async () => {
    await world.tenants.b.member('GET', '/api/usage/export.csv');
    expect(asked()).toMatchObject({ orgId: world.tenants.b.org, filters: { user: world.tenants.b.memberId } });
  });
});
