import { type Caller, OPERATOR, PASSWORD } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('keys', () => {
  const world = worldOfTwoTenants();

  let number = 0;
  const store = (caller: Caller, body: object) => caller('POST', '/api/keys', { provider: 'openai', apiKey: `sk-spec-key-number-${number++}`, ...body });

  it('tests a key before it is saved; a refused one is not saved and the answer says what to do', async () => {
    const { a } = world.tenants;
    const before = world.api.neighbours.vault.keys.size;
    const refused = await store(a.member, { apiKey: 'sk-bad-0001' });
    expect(refused.body).toMatchObject({ status: 422, code: 'key_test_failed', outcome: 'invalid', detail: expect.stringContaining('copied whole') });
    expect(world.api.neighbours.vault.keys.size).toBe(before);
    const saved = await store(a.member, {});
    expect(saved.status).toBe(201);
    expect(saved.body).toMatchObject({ owner: { type: 'user', id: a.memberId }, status: 'active', lastTestOutcome: 'valid', version: 1 });
  });

  it('skipTest skips the test at the provider and nothing else', async () => {
    const { a } = world.tenants;
    const probed = world.api.neighbours.probe.probed.length;
    expect((await store(a.member, { apiKey: 'sk-bad-0002', skipTest: true })).body).toMatchObject({ status: 'active', lastTestOutcome: null });
    expect(world.api.neighbours.probe.probed).toHaveLength(probed);
    expect((await store(a.member, { apiKey: 'sk-ant-0001', skipTest: true })).body).toMatchObject({ status: 400, code: 'key_wrong_provider' });
    expect((await store(a.member, { apiKey: 'sk-1\r\nx: y', skipTest: true })).body).toMatchObject({ status: 400, code: 'key_malformed' });
    expect((await store(a.member, { provider: 'no-such', skipTest: true })).body).toMatchObject({ status: 404, code: 'unknown_provider' });
  });

  it('A06 a member may not add a key to the group or the org; a group admin may to theirs', async () => {
    const { a } = world.tenants;
    for (const owner of [{ type: 'group', id: a.group }, { type: 'org' }]) expect((await store(a.member, { owner })).body).toMatchObject({ status: 403, code: 'forbidden' });
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${a.memberId}`, { role: 'admin' });
    expect((await store(a.member, { owner: { type: 'group', id: a.group } })).status).toBe(201);
    const other = (await a.owner('POST', `/api/orgs/${a.org}/groups`, { name: 'other' })).body.id;
    expect((await store(a.member, { owner: { type: 'group', id: other } })).status).toBe(403);
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${a.memberId}`, { role: 'member' });
  });

  it('A02 answers 404 to an owner or an allowed user of another tenant, and probes nothing', async () => {
    const { a, b } = world.tenants;
    const probed = world.api.neighbours.probe.probed.length;
    const wrong = [{ owner: { type: 'group', id: b.group } }, { owner: { type: 'user', id: b.memberId } }, { owner: { type: 'org', id: b.org } }, { owner: { type: 'org', id: a.org }, allowedUsers: [b.memberId] }];
    for (const body of wrong) expect((await store(a.owner, body)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await store(a.owner, { owner: { type: 'user', id: a.memberId } })).status).toBe(403);
    expect((await store(a.owner, { owner: { type: 'platform' } })).status).toBe(403);
    expect(world.api.neighbours.probe.probed).toHaveLength(probed);
    expect((await store(world.tenants.operator, { owner: { type: 'platform' } })).body).toMatchObject({ orgId: 'platform', owner: { type: 'platform', id: 'platform' } });
  });

  it('lives its life: list, read, change, disable, enable, test, rotate, delete', async () => {
    const { a } = world.tenants;
    const { id } = (await store(a.owner, { owner: { type: 'group', id: a.group }, label: 'Team', allowedUsers: 'all', priority: 3 })).body;
    expect((await a.member('GET', '/api/keys?owner=group&provider=openai')).body.items.map((key: { id: string }) => key.id)).toContain(id);
    expect((await a.member('GET', `/api/keys/${id}`)).body).toMatchObject({ label: 'Team', priority: 3, allowedUsers: [] });
    expect((await a.member('PATCH', `/api/keys/${id}`, { label: 'x' })).status).toBe(403);
    expect((await a.owner('PATCH', `/api/keys/${id}`, { label: 'Crew', allowedUsers: [a.memberId] })).body).toMatchObject({ label: 'Crew', allowedUsers: [a.memberId] });
    expect((await a.owner('POST', `/api/keys/${id}/disable`)).body.status).toBe('disabled');
    expect((await a.owner('POST', `/api/keys/${id}/enable`)).body.status).toBe('active');
    expect((await a.owner('POST', `/api/keys/${id}/test`)).body).toEqual({ keyId: id, outcome: 'valid', message: 'works', latencyMs: 3, modelSeen: 'gpt-x', balanceUsd: null, status: 'active' });
    expect((await a.owner('POST', `/api/keys/${id}/rotate`, { apiKey: 'sk-next-one-0000000001' })).body).toMatchObject({ id, version: 2 });
    expect((await a.owner('DELETE', `/api/keys/${id}`)).status).toBe(204);
    expect((await a.owner('GET', `/api/keys/${id}`)).body.status).toBe('revoked');
  });

  it('tries a new secret with a share of the calls, takes it over or takes it back', async () => {
    const { a } = world.tenants;
    const expiresAt = '2027-01-01T00:00:00.000Z';
    const { id } = (await store(a.owner, { owner: { type: 'org' }, expiresAt, rotateAfterDays: 90 })).body;
    const rotate = (body: object) => a.owner('POST', `/api/keys/${id}/rotate`, { apiKey: 'sk-next-one-0000000002', ...body });
    expect((await rotate({ rollbackAfter: 5 })).status).toBe(400);
    expect((await rotate({ canaryPercent: 0 })).status).toBe(400);
    expect((await rotate({ canaryPercent: 20, rollbackAfter: 5 })).body).toMatchObject({ version: 1, expiresAt, rotateAfterDays: 90, candidate: { version: 2, canaryPercent: 20, rollbackAfter: 5, overlapUntil: null }, former: null });
    expect((await a.member('POST', `/api/keys/${id}/promote`)).status).toBe(403);
    expect((await a.owner('POST', `/api/keys/${id}/rollback`)).body).toMatchObject({ version: 1, candidate: null });
    expect((await a.owner('POST', `/api/keys/${id}/promote`)).body).toMatchObject({ status: 409, code: 'conflict' });
    await rotate({ canaryPercent: 100 });
    expect((await a.owner('POST', `/api/keys/${id}/promote`)).body).toMatchObject({ version: 2, candidate: null, former: { version: 1 } });
    expect((await a.owner('PATCH', `/api/keys/${id}`, { expiresAt: null })).body).toMatchObject({ expiresAt: null, rotateAfterDays: 90 });
  });

  it('D05 A13 writes a plaintext nowhere and shows it to nobody, the operator included', async () => {
    const { a, operator } = world.tenants;
    const canary = 'sk-CANARY-7f3a9c1e5d';
    const saved = await store(a.owner, { owner: { type: 'org' }, apiKey: canary });
    const texts = [saved.text];
    for (const path of ['/api/keys', `/api/keys/${saved.body.id}`, `/api/orgs/${a.org}/audit`]) texts.push((await a.owner('GET', path)).text);
    texts.push((await operator('GET', '/api/keys')).text, (await operator('GET', `/api/keys/${saved.body.id}`)).text);
    // In the wrong field, as a field's name, as broken JSON: an error must not give it back either.
    texts.push((await store(a.owner, { provider: canary })).text, (await store(a.owner, { label: `${canary}\n` })).text, (await a.owner('POST', '/api/keys', `{"apiKey": ${canary}}`)).text);
    for (const table of ['org', 'app_user', 'app_group', 'token', 'session', 'audit']) {
      for (const { row } of await world.api.db.query<{ row: string }>(`SELECT t::text AS row FROM identity.${table} t`)) texts.push(row);
    }
    for (const text of texts) expect(text).not.toContain('CANARY');
    expect(world.api.neighbours.vault.secrets).toContain(canary);
  });

  it('D13 stops somebody who tries stolen keys out, and only them', async () => {
    const { b } = world.tenants;
    for (let attempt = 0; attempt < 10; attempt += 1) expect((await store(b.member, { apiKey: `sk-bad-stolen-${attempt}` })).status).toBe(422);
    expect((await store(b.member, {})).body).toMatchObject({ status: 429, code: 'too_many_attempts' });
    expect((await store(b.owner, { owner: { type: 'org' } })).status).toBe(201);
  });

  it('the routes of the first system answer in its exact shapes', async () => {
    const { a } = world.tenants;
    await a.owner('POST', `/api/orgs/${a.org}/users`, { email: 'seed@alpha.test', name: 'Seed', password: PASSWORD });
    const seed = await world.api.signIn('seed@alpha.test');
    const seedId: string = (await seed('GET', '/api/me')).body.userId;
    const later = { keyHint: '', links: { console: null, docs: null, prices: null }, capabilities: ['chat'], models: [], rateLimitHeaders: [], environment: {} };
    expect((await world.api.as()('GET', '/api/byok/providers')).body).toEqual({
      success: true,
      providers: [
        { id: 'openai', name: 'OpenAI', requiresConfig: false, configFields: [], fields: [{ name: 'organization', required: false, secret: false }], ...later },
        { id: 'azure', name: 'Azure OpenAI', requiresConfig: true, configFields: ['endpoint_url', 'api_key'], fields: [{ name: 'endpoint_url', required: true, secret: false }, { name: 'api_key', required: true, secret: true }], ...later },
      ],
    });
    const added = await seed('POST', '/api/byok/keys/openai', { apiKey: 'sk-seed-00000000000000001', name: 'Production Key', description: 'Main key' });
    expect([added.status, added.body]).toEqual([200, { success: true, keyId: expect.stringMatching(/^key_[0-9a-f]{32}$/), provider: 'openai' }]);
    expect((await seed('POST', '/api/byok/keys/oai', { apiKey: 'sk-seed-00000000000000002' })).body).toEqual(added.body);
    expect((await a.owner('POST', `/api/byok/groups/${a.group}/users/${seedId}`)).body).toEqual({ success: true, message: `Added user ${seedId} to group ${a.group}` });
    const again = await world.api.signIn('seed@alpha.test');
    expect((await again('GET', '/api/byok/keys')).body).toEqual({ success: true, userId: seedId, groupId: a.group, providers: [{ provider: 'openai', name: 'OpenAI', hasUserKey: true, hasGroupKey: true }] });
    expect((await again('GET', '/api/byok/stats')).body).toEqual({ success: true, stats: { userKeys: 1, groupKeys: expect.any(Number), providers: ['openai'], totalUsage: 7 } });
    expect((await again('DELETE', '/api/byok/keys/openai')).body).toEqual({ success: true, message: 'Removed openai key' });
    expect((await again('DELETE', '/api/byok/keys/openai')).body).toMatchObject({ success: false, error: 'There is no openai key.', code: 'not_found' });
    const azure = { apiKey: { endpoint_url: 'https://x.openai.azure.com/', api_key: 'azure-secret-000000001' }, allowedUsers: 'all' };
    const group = await a.owner('POST', `/api/byok/groups/${a.group}/keys/azure`, azure);
    expect(world.api.neighbours.vault.keys.get(group.body.keyId)).toMatchObject({ owner: { type: 'group', id: a.group }, config: { endpoint_url: 'https://x.openai.azure.com/' } });
    expect((await a.owner('POST', `/api/byok/orgs/${a.org}/keys/openai`, { apiKey: 'sk-org-0001' })).body).toMatchObject({ success: true, provider: 'openai' });
    expect((await again('POST', '/api/byok/platform/keys/openai', { apiKey: 'sk-p-0001' })).status).toBe(403);
    const operator = await world.api.signIn(OPERATOR);
    expect((await operator('POST', '/api/byok/platform/keys/openai', { apiKey: 'sk-p-0001' })).body).toMatchObject({ success: true });
  });
});
