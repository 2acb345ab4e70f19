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
});
