import { PASSWORD } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('the HTTP surface', () => {
  const world = worldOfTwoTenants();

  it('C13 D07 sets security headers on every answer and says nothing about what it is made of', async () => {
    for (const answer of [await world.api.as()('GET', '/api/health'), await world.api.as()('GET', '/api/me'), await world.api.as()('GET', '/nowhere')]) {
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'cache-control': 'no-store', 'x-request-id': expect.stringMatching(/^req_/) });
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(answer.headers).not.toHaveProperty('x-powered-by');
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('answers errors as problem+json with the code of the error table', async () => {
    const { owner } = world.tenants.a;
    const problem = await world.api.as()('GET', '/api/nowhere');
    expect(problem.headers['content-type']).toContain('application/problem+json');
    expect(problem.body).toMatchObject({ type: 'urn:byok:error:route_not_found', status: 404, code: 'route_not_found', requestId: problem.headers['x-request-id'] });
    expect((await owner('POST', '/api/tokens', '{"name": ')).body).toMatchObject({ status: 400, code: 'malformed_json' });
    expect((await owner('POST', '/api/tokens', '{"name":"a","name":"b"}')).body).toMatchObject({ status: 400, code: 'duplicate_field' });
    expect((await owner('POST', '/api/tokens', `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)).body).toMatchObject({ status: 400, code: 'too_deep' });
    expect((await owner('POST', '/api/tokens', JSON.stringify({ name: 'x'.repeat(1_100_000) }))).body).toMatchObject({ status: 413, code: 'body_too_large' });
    expect((await owner('POST', '/api/tokens', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' })).body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    expect((await owner('POST', '/api/tokens', {})).body).toMatchObject({ status: 400, code: 'invalid_request', problems: [{ field: 'name', message: expect.any(String) }] });
    expect((await owner('POST', '/api/tokens')).status).toBe(400);
    expect((await owner('GET', '/api/tokens?unknown=1')).status).toBe(400);
  });

  it('C04 takes no prototype from a body', async () => {
    const { a } = world.tenants;
    const answer = await a.owner('POST', '/api/keys', `{"provider":"openai","apiKey":"sk-proto-0001","owner":{"type":"org"},"config":{"__proto__":{"polluted":"yes"}}}`);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(JSON.stringify(answer.body)).not.toContain('polluted');
  });

  it('C13 hands names with markup back as JSON that no browser takes for a page, and lets no script into the one page there is', async () => {
    const { a } = world.tenants;
    const script = `<script>alert(1)</script><img src=x onerror=alert(1)>`;
    const made = await a.owner('POST', `/api/orgs/${a.org}/groups`, { name: script });
    expect([made.body.name, made.headers['x-content-type-options']]).toEqual([script, 'nosniff']);
    const answers = [made, await a.owner('GET', `/api/orgs/${a.org}/groups`), await a.owner('POST', '/api/tokens', { name: script, [script]: 1 }), await a.owner('GET', `/api/keys/${encodeURIComponent(script)}`)];
    for (const answer of answers) expect(String(answer.headers['content-type'])).toMatch(/^application\/(problem\+)?json/);
    const policy = String((await world.api.as()('GET', '/api/docs')).headers['content-security-policy']);
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
    expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'; base-uri 'none'/);
    expect((await world.api.as()('GET', '/api/docs')).text).not.toMatch(/<script(?![^>]*src=)/);
  });

  it('F21 turns away a change that another site’s page sends, a subdomain’s as well, with the cookie or without', async () => {
    const login = (headers = {}) => world.api.as()('POST', '/api/auth/login', { email: 'member@beta.test', password: PASSWORD }, headers);
    const cookie = String((await login()).headers['set-cookie']).split(';')[0]!;
    for (const site of ['cross-site', 'same-site', 'anything']) {
      expect((await world.api.as()('POST', '/api/auth/refresh', undefined, { 'sec-fetch-site': site, cookie })).status).toBe(403);
      expect((await login({ 'sec-fetch-site': site })).status).toBe(403);
    }
    expect((await world.api.as()('POST', '/api/auth/refresh', undefined, { 'sec-fetch-site': 'same-origin', cookie })).status).toBe(200);
  });

  it('F21 a cookie alone does nothing but refresh and log out: every other route wants the header that no form can send', async () => {
    const cookie = String((await world.api.as()('POST', '/api/auth/login', { email: 'member@beta.test', password: PASSWORD })).headers['set-cookie']).split(';')[0]!;
    for (const [method, path] of [['GET', '/api/me'], ['POST', '/api/auth/logout'], ['POST', '/api/tokens'], ['GET', `/api/orgs/${world.tenants.b.org}`]] as const) expect([path, (await world.api.as()(method, path, method === 'POST' ? { name: 'x' } : undefined, { cookie })).status]).toEqual([path, 401]);
    const form = await world.api.as()('POST', '/api/auth/login', 'email=a', { 'content-type': 'text/plain' });
    expect(form.status).toBe(415);
  });

  it('F21 lets no other origin’s script read an answer, and no page frame one', async () => {
    const foreign = { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    for (const answer of [await world.api.as()('OPTIONS', '/api/tokens', undefined, foreign), await world.api.as()('GET', '/api/health', undefined, foreign), await world.api.as()('POST', '/api/auth/login', {}, foreign), await world.api.as()('GET', '/api/docs', undefined, foreign)]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(answer.headers).toMatchObject({ 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin' });
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    }
  });

  it('describes every route in OpenAPI from the schemas that check them, and serves the page to browse it without another host', async () => {
    const document = (await world.api.as()('GET', '/api/openapi.json')).body;
    expect(document.openapi).toMatch(/^3\./);
    expect(document.components.schemas.StoreKey.required).toEqual(['provider', 'apiKey']);
    expect(document.components.schemas.StoreKey.additionalProperties).toBe(false);
    expect(document.paths['/api/keys'].post.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/StoreKey' });
    expect(document.paths['/api/usage'].get.parameters.map((parameter: { name: string }) => parameter.name)).toEqual(expect.arrayContaining(['from', 'to', 'groupBy']));
    expect(document.paths['/api/keys/{key}'].get.responses.default.content).toHaveProperty('application/problem+json');
    const page = await world.api.as()('GET', '/api/docs');
    expect(page.text).not.toMatch(/https?:\/\//);
    for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) expect((await world.api.as()('GET', path!)).status).toBe(200);
  });

  it('reports usage by what is asked, and to a member only their own', async () => {
    const { a, b, operator } = world.tenants;
    const asked = world.api.neighbours.billing.asked;
    const report = await a.owner('GET', '/api/usage?groupBy=user,group,model&from=2026-01-01&to=2026-02-01&provider=openai');
    expect(report.body).toMatchObject({ from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z', groupBy: ['user', 'group', 'model'], next: null });
    expect(report.body.items[0]).toEqual({ user: 'a user', group: null, model: 'a model', requests: 7, attempts: 8, okAttempts: 6, inputTokens: 10, cachedTokens: 4, outputTokens: 5, reasoningTokens: 1, totalTokens: 15, costUsd: null, knownCostUsd: '0.01', chargedUsd: '0.00', estimatedRequests: 0, unpricedRequests: 1 });
    expect(asked.at(-1)).toMatchObject({ orgId: a.org, filters: { provider: 'openai' } });
    await a.member('GET', '/api/usage?groupBy=day');
    expect(asked.at(-1)).toMatchObject({ orgId: a.org, filters: { user: a.memberId } });
    expect((await a.member('GET', `/api/usage?group=${a.group}`)).status).toBe(403);
    expect((await a.owner('GET', `/api/usage?org=${b.org}`)).status).toBe(404);
    expect((await a.owner('GET', '/api/usage?org=all')).status).toBe(404);
    expect((await operator('GET', '/api/usage?org=all&groupBy=org')).status).toBe(200);
    expect(asked.at(-1)).toMatchObject({ orgId: '' });
    for (const bad of ['groupBy=password', "groupBy=user';DROP TABLE x--", 'from=yesterday', 'from=2026-02-01&to=2026-01-01', 'owner=nobody']) expect((await a.owner('GET', `/api/usage?${encodeURI(bad)}`)).status).toBe(400);
  });

  it('lists both audit chains, newest first and page by page, and verifies both', async () => {
    const { a, operator } = world.tenants;
    const whole = (await a.owner('GET', `/api/orgs/${a.org}/audit?limit=200`)).body.items as { chain: string; sequence: number; action: string }[];
    expect(whole.map((row) => row.action)).toEqual(expect.arrayContaining(['org.create', 'user.create', 'group.create', 'member.set', 'token.create', 'session.create', 'key.store']));
    const paged: unknown[] = [];
    let next: string | null = '';
    do {
      const page: { items: unknown[]; next: string | null } = (await a.owner('GET', `/api/orgs/${a.org}/audit?limit=3${next ? `&after=${next}` : ''}`)).body;
      paged.push(...page.items);
      next = page.next;
    } while (next && paged.length < whole.length + 10);
    // The stand-in's chain has one row and pages over it like a whole one.
    expect(paged.filter((row) => (row as { chain: string }).chain === 'identity')).toEqual(whole.filter((row) => row.chain === 'identity'));
    expect((await a.owner('GET', `/api/orgs/${a.org}/audit/verify`)).body).toMatchObject({ ok: true, identity: { ok: true }, vault: { ok: true, rows: 1 } });
    expect((await operator('GET', `/api/orgs/${a.org}/audit/verify`)).body).toMatchObject({ ok: true, vault: null });
    expect((await a.member('GET', `/api/orgs/${a.org}/audit`)).status).toBe(403);
    expect((await a.owner('GET', `/api/orgs/${a.org}/audit?after=x`)).status).toBe(400);
  });

  it('lets an org decide its policy and the operator what it was sold', async () => {
    const { a, operator } = world.tenants;
    const path = `/api/orgs/${a.org}`;
    expect((await a.owner('PATCH', path, { platformCredits: 'never', aggregator: 'last' })).body).toMatchObject({ platformCredits: 'never', aggregator: 'last' });
    for (const change of [{ tier: 'trial' }, { status: 'frozen' }, { platformKeysGranted: true }]) expect((await a.owner('PATCH', path, change)).status).toBe(403);
    expect((await a.member('PATCH', path, { name: 'x' })).status).toBe(403);
    expect((await operator('PATCH', path, { tier: 'starter', platformKeysGranted: true })).body).toMatchObject({ tier: 'starter', platformKeysGranted: true, platformCredits: 'never' });
    expect((await a.owner('POST', '/api/orgs', { name: 'x' })).status).toBe(403);
    expect((await a.owner('GET', '/api/orgs')).body.items).toHaveLength(1);
    expect((await operator('GET', '/api/orgs')).body.items).toHaveLength(3);
  });

  it('tells which neighbour is down', async () => {
    expect((await world.api.as()('GET', '/api/health')).body).toEqual({ status: 'ok', database: 'ok', vault: 'ok', billing: 'ok', gateway: 'ok' });
    world.api.neighbours.stop('billing');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect((await world.api.as()('GET', '/api/health')).body).toEqual({ status: 'degraded', database: 'ok', vault: 'ok', billing: 'down', gateway: 'ok' });
    expect((await world.tenants.a.owner('GET', '/api/usage')).body).toMatchObject({ status: 503, code: 'service_unavailable' });
    expect((await world.api.as()('GET', '/readyz')).status).toBe(200);
  });
});
