import { formatToken } from '@byok/identity';
import type { Caller } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('tokens', () => {
  const world = worldOfTwoTenants();

  const make = async (caller: Caller, body: object) => (await caller('POST', '/api/tokens', { name: 'spec', ...body })).body;

  it('I08 shows the text once: never again in a list, a read or the audit', async () => {
    const { a } = world.tenants;
    const made = await make(a.owner, { group: a.group });
    expect(made.token).toMatch(/^byok_live_[0-9a-f]{32}_[0-9A-Za-z]{49}$/);
    const secret = made.token.slice(-49);
    for (const path of ['/api/tokens', `/api/tokens/${made.id}`, `/api/orgs/${a.org}/audit?limit=200`]) expect((await a.owner('GET', path)).text).not.toContain(secret);
    const rows = await world.api.db.query<{ row: string }>(`SELECT t::text AS row FROM identity.token t UNION ALL SELECT a::text FROM identity.audit a`);
    expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
  });

  it('is the caller’s own unless told, and a member may not make one for somebody else, the group or the org', async () => {
    const { a } = world.tenants;
    expect(await make(a.member, {})).toMatchObject({ userId: a.memberId, groupId: null });
    expect(await make(a.member, { user: a.memberId, group: a.group })).toMatchObject({ userId: a.memberId, groupId: a.group });
    const ownerId = (await a.owner('GET', '/api/me')).body.userId;
    for (const body of [{ group: a.group }, { user: null }, { user: ownerId }]) expect(await make(a.member, body)).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await make(a.owner, { user: null })).toMatchObject({ userId: null, groupId: null });
  });

  it('A02 answers 404 to a user, a group or an org of another tenant in the body', async () => {
    const { a, b } = world.tenants;
    for (const body of [{ user: b.memberId }, { group: b.group }, { org: b.org }, { user: a.memberId, group: b.group }]) expect(await make(a.owner, body)).toMatchObject({ status: 404 });
  });

  it('manages nothing without management scopes, and with them only what they name', async () => {
    const { a } = world.tenants;
    const plain = await make(a.owner, {});
    expect((await world.api.as(plain.token)('GET', '/api/me')).status).toBe(200);
    expect((await world.api.as(plain.token)('GET', `/api/orgs/${a.org}/users`)).status).toBe(403);
    const reader = await make(a.owner, { managementScopes: ['user:list'] });
    expect((await world.api.as(reader.token)('GET', `/api/orgs/${a.org}/users`)).status).toBe(200);
    expect((await world.api.as(reader.token)('POST', `/api/orgs/${a.org}/groups`, { name: 'x' })).status).toBe(403);
  });

  it('F13 never makes a token wider than its maker', async () => {
    const { a } = world.tenants;
    expect(await make(a.member, { managementScopes: ['user:create'] })).toMatchObject({ code: 'forbidden' });
    expect(await make(a.owner, { managementScopes: ['no:such'] })).toMatchObject({ code: 'forbidden' });
    const maker = await make(a.owner, { managementScopes: ['token:create'], allowedModels: ['gpt-4*'] });
    expect(await make(world.api.as(maker.token), { managementScopes: ['user:list'] })).toMatchObject({ code: 'forbidden' });
    expect(await make(world.api.as(maker.token), {})).toMatchObject({ code: 'forbidden' });
    expect(await make(world.api.as(maker.token), { allowedModels: ['gpt-4o'] })).toMatchObject({ allowedModels: ['gpt-4o'] });
  });

  it('rotating stops the old text, deleting stops it all', async () => {
    const { a } = world.tenants;
    const made = await make(a.owner, {});
    const rotated = (await a.owner('POST', `/api/tokens/${made.id}/rotate`)).body;
    expect(rotated.id).toBe(made.id);
    expect((await world.api.as(made.token)('GET', '/api/me')).body.code).toBe('token_invalid');
    expect((await world.api.as(rotated.token)('GET', '/api/me')).status).toBe(200);
    expect((await a.owner('DELETE', `/api/tokens/${made.id}`)).status).toBe(204);
    expect((await world.api.as(rotated.token)('GET', '/api/me')).body.code).toBe('token_revoked');
  });

  it('refuses an expiry in the past', async () => {
    expect(await make(world.tenants.a.owner, { expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 400 });
  });

  it('lists all to an admin and one’s own to a member, by pages', async () => {
    const { a } = world.tenants;
    const first = (await a.owner('GET', '/api/tokens?limit=2')).body;
    expect(first.items).toHaveLength(2);
    const second = (await a.owner('GET', `/api/tokens?limit=2&after=${first.next}`)).body;
    expect(second.items[0].id > first.items[1].id).toBe(true);
    const own = (await a.member('GET', '/api/tokens')).body.items as { userId: string }[];
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((token) => token.userId === a.memberId)).toBe(true);
    expect((await a.owner('GET', '/api/tokens?limit=9999')).status).toBe(400);
  });

  it('is restricted as it was asked for, and shows it', async () => {
    const { a } = world.tenants;
    const asked = { description: 'nightly batch', allowedProviders: ['oai'], allowedGroups: [a.group], allowedNetworks: ['10.0.0.0/8'] };
    const made = await make(a.owner, { ...asked, user: a.memberId, limits: { requestsPerMinute: 5 }, tags: { team: 'labs' } });
    expect(made).toMatchObject({ ...asked, allowedProviders: ['openai'], previousSecretUntil: null });
    const { allowedProviders, allowedGroups, allowedNetworks } = (await a.owner('GET', `/api/tokens/${made.id}`)).body;
    expect({ allowedProviders, allowedGroups, allowedNetworks }).toEqual({ allowedProviders: ['openai'], allowedGroups: [a.group], allowedNetworks: ['10.0.0.0/8'] });
    expect((await a.owner('GET', `/api/tokens/${made.id}/tags`)).body).toEqual({ tags: { team: 'labs' } });
    const [row] = await world.api.db.query<{ settings: object }>('SELECT settings FROM identity.token WHERE id = $1', [made.id]);
    expect(row!.settings).toEqual({ limits: { requestsPerMinute: 5 }, tags: { team: 'labs' } });
  });

  it('refuses restrictions that mean nothing, and tags of who may not set them', async () => {
    const { a, b } = world.tenants;
    for (const body of [{ allowedNetworks: ['10.0.0.0/33'] }, { allowedNetworks: ['office'] }, { user: null, allowedGroups: [a.group] }, { group: a.group, allowedGroups: [a.group] }]) expect(await make(a.owner, body)).toMatchObject({ status: 400 });
    expect(await make(a.owner, { allowedProviders: ['nobody'] })).toMatchObject({ code: 'unknown_provider' });
    expect(await make(a.owner, { allowedGroups: [b.group] })).toMatchObject({ status: 404 });
    expect(await make(a.member, { tags: { team: 'b' } })).toMatchObject({ code: 'forbidden' });
    expect(await make(a.member, { limits: { concurrent: 1 } })).toMatchObject({ userId: a.memberId });
  });

  it('F12 works from its networks alone, whichever header carries it; X-Forwarded-For changes nothing', async () => {
    const { owner } = world.tenants.a;
    const [here, elsewhere] = [await make(owner, { allowedNetworks: ['127.0.0.0/8'] }), await make(owner, { allowedNetworks: ['203.0.113.0/24'] })];
    const ways = (token: string) => [{ authorization: `Bearer ${token}` }, { 'x-api-key': token }, { 'api-key': token }, { 'x-goog-api-key': token }];
    for (const headers of ways(here.token)) expect((await world.api.as()('GET', '/api/me', undefined, headers)).status).toBe(200);
    for (const headers of ways(elsewhere.token)) {
      const answer = await world.api.as()('GET', '/api/me', undefined, { ...headers, 'x-forwarded-for': '203.0.113.7' });
      expect([answer.status, answer.body.code]).toEqual([403, 'address_not_allowed']);
    }
    expect((await world.api.as()('GET', `/api/me?key=${here.token}`)).status).toBe(401);
    expect((await world.api.as()('GET', '/api/me', undefined, { cookie: `byok_refresh=${here.token}` })).status).toBe(401);
  });

  it('F13 a restricted token makes none that is wider, and may not take over one that is', async () => {
    const { owner } = world.tenants.a;
    const networks = ['127.0.0.0/8'];
    const maker = await make(owner, { managementScopes: ['token:create', 'token:rotate'], allowedProviders: ['openai'], allowedNetworks: networks, limits: { requestsPerMinute: 9 } });
    const caller = world.api.as(maker.token);
    const fits = { allowedProviders: ['openai'], allowedNetworks: ['127.0.0.1'], limits: { requestsPerMinute: 9 } };
    for (const part of Object.keys(fits)) expect(await make(caller, { ...fits, [part]: undefined })).toMatchObject({ code: 'forbidden' });
    const made = await make(caller, fits);
    expect(made).toMatchObject({ allowedNetworks: ['127.0.0.1'] });
    expect((await caller('POST', `/api/tokens/${made.id}/rotate`)).status).toBe(200);
    const wide = await make(owner, {});
    expect((await caller('POST', `/api/tokens/${wide.id}/rotate`)).body.code).toBe('forbidden');
  });

  it('F20 a token that somebody guesses at is looked up no more for a while, whatever X-Forwarded-For says', async () => {
    const made = await make(world.tenants.a.owner, {});
    const id = made.id.slice(4);
    const guess = (number: number) => world.api.as(formatToken(`tok_${id}`, Buffer.alloc(32, number)))('GET', '/api/me', undefined, { 'x-forwarded-for': `10.0.0.${number}` });
    for (let number = 0; number < 20; number += 1) expect((await guess(number)).body.code).toBe('token_invalid');
    const stopped = await guess(99);
    expect([stopped.status, stopped.body.code]).toEqual([429, 'too_many_attempts']);
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0);
    expect((await world.api.as((await make(world.tenants.a.owner, {})).token)('GET', '/api/me')).status).toBe(200);
  });

  it('rotates with overlap: both secrets work until then, and the next rotation ends the older', async () => {
    const { owner } = world.tenants.a;
    const made = await make(owner, {});
    const rotated = (await owner('POST', `/api/tokens/${made.id}/rotate`, { overlapSeconds: 3600 })).body;
    expect(Date.parse(rotated.previousSecretUntil) - Date.now()).toBeGreaterThan(3_500_000);
    for (const token of [made.token, rotated.token]) expect((await world.api.as(token)('GET', '/api/me')).body.tokenId).toBe(made.id);
    await owner('POST', `/api/tokens/${made.id}/rotate`, { overlapSeconds: 3600 });
    expect((await world.api.as(made.token)('GET', '/api/me')).body.code).toBe('token_invalid');
    for (const overlapSeconds of [-1, 604_801, 0.5]) expect((await owner('POST', `/api/tokens/${made.id}/rotate`, { overlapSeconds })).status).toBe(400);
  });

  it('lists service accounts alone on request', async () => {
    const { owner, group } = world.tenants.a;
    const made = await make(owner, { group, description: 'the crawler of the team' });
    const { items } = (await owner('GET', '/api/tokens?service=true&limit=200')).body as { items: { id: string; userId: string | null; description: string | null }[] };
    expect(items.every(({ userId }) => userId === null)).toBe(true);
    expect(items).toContainEqual(expect.objectContaining({ id: made.id, description: 'the crawler of the team', groupId: group }));
  });
});
