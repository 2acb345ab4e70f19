import { type TwoTenants, worldOfTwoTenants } from '../spec/two-tenants.js';

describe('limits', () => {
  const world = worldOfTwoTenants();

  const pathsOf = ({ org, group, memberId, token, key }: TwoTenants['a']): string[] => [`orgs/${org}`, `orgs/${org}/groups/${group}`, `orgs/${org}/users/${memberId}`, `tokens/${token}`, `keys/${key}`].map((path) => `/api/${path}/limits`);

  it('are read as they were set, replaced whole, and gone when nothing is set', async () => {
    for (const path of pathsOf(world.tenants.a)) {
      expect((await world.tenants.a.owner('GET', path)).body).toEqual({});
      expect((await world.tenants.a.owner('PUT', path, { requestsPerMinute: 10, concurrent: 2 })).body).toEqual({ requestsPerMinute: 10, concurrent: 2 });
      expect((await world.tenants.a.owner('PUT', path, { tokensPerMinute: 5 })).body).toEqual({ tokensPerMinute: 5 });
      expect((await world.tenants.a.owner('GET', path)).body).toEqual({ tokensPerMinute: 5 });
      await world.tenants.a.owner('PUT', path, {});
      expect((await world.tenants.a.owner('GET', path)).body).toEqual({});
      for (const bad of [{ requestsPerMinute: 0 }, { requestsPerMinute: 1.5 }, { perHour: 3 }]) expect((await world.tenants.a.owner('PUT', path, bad)).status).toBe(400);
    }
    const audit = (await world.tenants.a.owner('GET', `/api/orgs/${world.tenants.a.org}/audit?limit=200`)).text;
    expect(audit.match(/limits\.update/g)!.length).toBeGreaterThanOrEqual(15);
  });

  it('cannot be lifted by whom they limit', async () => {
    for (const path of pathsOf(world.tenants.a)) expect((await world.tenants.a.member('PUT', path, {})).status).toBe(403);
  });

  it('A02 of another tenant do not exist', async () => {
    for (const path of pathsOf(world.tenants.b)) {
      expect((await world.tenants.a.owner('GET', path)).status).toBe(404);
      expect((await world.tenants.a.owner('PUT', path, { concurrent: 1 })).status).toBe(404);
    }
  });

  it('of one key leave those of the others alone, however many are set at once', async () => {
    const { a } = world.tenants;
    const keys = await Promise.all([1, 2, 3, 4].map(async (each) => (await a.owner('POST', '/api/keys', { owner: { type: 'org' }, provider: 'openai', apiKey: `sk-alpha-key-of-the-org-000${each}` })).body.id as string));
    await Promise.all(keys.map((key, index) => a.owner('PUT', `/api/keys/${key}/limits`, { concurrent: index + 1 })));
    for (const [index, key] of keys.entries()) expect((await a.owner('GET', `/api/keys/${key}/limits`)).body).toEqual({ concurrent: index + 1 });
  });
});
