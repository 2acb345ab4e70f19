import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('policies, preferences and explain', () => {
  const world = worldOfTwoTenants();

  it('keep what was put, and consent stays as it is when it is left out', async () => {
    const { a } = world.tenants;
    const path = `/api/orgs/${a.org}/policy`;
    const policy = { order: 'cheapest', allowedModels: ['gpt-*'], aliases: { fast: 'openai/gpt-4o-mini' }, tasks: { code: ['openai/gpt-5.4-mini'] }, preferences: { costOptimization: true } };
    expect((await a.owner('PUT', path, { ...policy, platformCredits: 'never', aggregator: 'last' })).body).toEqual({ ...policy, platformCredits: 'never', aggregator: 'last' });
    expect((await a.owner('PUT', path, { order: 'sticky' })).body).toEqual({ order: 'sticky', platformCredits: 'never', aggregator: 'last' });
    expect((await a.member('GET', path)).body).toEqual({ order: 'sticky', platformCredits: 'never', aggregator: 'last' });
    const written = await world.api.db.query<{ details: string }>(`SELECT details FROM identity.audit WHERE org_id = $1 AND action = 'policy.update' ORDER BY sequence`, [a.org]);
    expect(written.map(({ details }) => JSON.parse(details) as object)).toMatchObject([{ order: 'cheapest', platformCredits: 'never', parts: expect.arrayContaining(['aliases', 'tasks']) as string[] }, { order: 'sticky' }]);
  });

  it('are an admin’s to change, a group’s also its own admin’s', async () => {
    const { a } = world.tenants;
    const ofGroup = `/api/orgs/${a.org}/groups/${a.group}/policy`;
    expect((await a.member('PUT', `/api/orgs/${a.org}/policy`, {})).status).toBe(403);
    expect((await a.member('PUT', ofGroup, {})).status).toBe(403);
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${a.memberId}`, { role: 'admin' });
    expect((await a.member('PUT', ofGroup, { allowedProviders: ['openai'], platformCredits: 'never' })).body).toEqual({ allowedProviders: ['openai'], platformCredits: 'never' });
    expect((await a.owner('GET', ofGroup)).body).toEqual({ allowedProviders: ['openai'], platformCredits: 'never' });
    expect((await a.owner('PUT', ofGroup, { aliases: { x: 'y' } })).status).toBe(400);
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${a.memberId}`, { role: 'member' });
  });

  it.each([
    ['a provider that does not exist', { allowedProviders: ['nobody'] }, 404],
    ['an alias of an alias', { aliases: { a: 'b', b: 'gpt-4o' } }, 400],
    ['an alias that is called auto', { aliases: { 'auto:code': 'gpt-4o' } }, 400],
    ['auto as a fallback', { fallbacks: { 'gpt-4o': ['auto'] } }, 400],
    ['a default provider that does not exist', { preferences: { defaultProvider: 'nobody' } }, 404],
    ['an unknown field', { everything: true }, 400],
  ])('refuse %s', async (_name, policy, status) => {
    expect((await world.tenants.a.owner('PUT', `/api/orgs/${world.tenants.a.org}/policy`, policy)).status).toBe(status);
  });

  it('let everybody keep preferences of their own, and nobody else’s', async () => {
    const { a, b } = world.tenants;
    const preferences = { defaultProvider: 'openai', fallbackProvider: 'azure', preferredModels: ['gpt-4o'], autoSwitchProvider: false, maxTokensPerRequest: 2_000, costOptimization: true, notifyOnLowQuota: true };
    expect((await a.member('GET', '/api/me/preferences')).body).toEqual({});
    expect((await a.member('PUT', '/api/me/preferences', preferences)).body).toEqual(preferences);
    expect((await a.member('GET', '/api/me/preferences')).body).toEqual(preferences);
    expect((await a.owner('GET', '/api/me/preferences')).body).toEqual({});
    expect((await b.member('GET', '/api/me/preferences')).body).toEqual({});
    expect((await a.member('PUT', '/api/me/preferences', { maxTokensPerRequest: 0 })).status).toBe(400);
  });

  it('explain a call of one’s own by one’s own credential, and as an admin by one of the user’s', async () => {
    const { a } = world.tenants;
    const { explained } = world.api.neighbours.probe;
    const answer = await a.member('POST', '/api/routing/explain', { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] });
    expect(answer.body).toMatchObject({ requestedModel: 'gpt-4o', error: null, candidates: [{ keyId: null, payer: 'platform-credits', attempt: 1, reason: null, estimatedCostUsd: null }] });
    expect(explained.at(-1)).toMatchObject({ tokenId: '', sessionId: expect.stringMatching(/^ses_/) as string, endpoint: 'chat' });
    expect(JSON.parse(Buffer.from(explained.at(-1)!.body).toString())).toEqual({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] });

    const own = explained.at(-1)!.sessionId;
    expect((await a.owner('POST', '/api/routing/explain', { model: 'gpt-4o', user: a.memberId })).status).toBe(200);
    expect(explained.at(-1)!.sessionId).toBe(own);
    const { id } = (await a.owner('POST', '/api/tokens', { name: 'of the member', user: a.memberId })).body as { id: string };
    expect((await a.owner('POST', '/api/routing/explain', { model: 'gpt-4o', user: a.memberId, task: 'code', endpoint: 'responses' })).status).toBe(200);
    expect(explained.at(-1)).toMatchObject({ tokenId: id, sessionId: '', task: 'code', endpoint: 'responses' });
  });

  it('A01 explain nobody else’s call: not a colleague’s to a member, and nothing of another tenant', async () => {
    const { a, b } = world.tenants;
    const before = world.api.neighbours.probe.explained.length;
    const ownerId = ((await a.owner('GET', '/api/me')).body as { userId: string }).userId;
    const tries = [
      [a.member, { user: ownerId }, 403],
      [a.member, { token: a.token }, 403],
      [a.owner, { user: b.memberId }, 404],
      [a.owner, { token: b.token }, 404],
      [a.owner, { user: a.memberId, token: a.token }, 400],
    ] as const;
    for (const [caller, whose, status] of tries) expect([whose, (await caller('POST', '/api/routing/explain', { model: 'gpt-4o', ...whose })).status]).toEqual([whose, status]);
    expect(world.api.neighbours.probe.explained.length).toBe(before);
  });
});
