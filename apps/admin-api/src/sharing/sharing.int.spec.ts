import { type TwoTenants, worldOfTwoTenants } from '../spec/two-tenants.js';

describe('what members of an org share', () => {
  const world = worldOfTwoTenants();
  const cacheOf = ({ org }: TwoTenants['a']): string => `/api/orgs/${org}/cache`;
  const sharesOf = ({ org, memberId, token }: TwoTenants['a']): string[] => [`/api/orgs/${org}/users/${memberId}/share`, `/api/tokens/${token}/share`];

  it('is no cache of answers until an admin turns it on', async () => {
    const { a } = world.tenants;
    expect((await a.owner('GET', cacheOf(a))).body).toEqual({ enabled: false, ttlSeconds: 300, maxBytes: 16_777_216 });
    expect((await a.owner('PUT', cacheOf(a), { enabled: true, ttlSeconds: 60 })).body).toEqual({ enabled: true, ttlSeconds: 60, maxBytes: 16_777_216 });
    expect((await a.owner('GET', cacheOf(a))).body).toMatchObject({ enabled: true, ttlSeconds: 60 });
    for (const bad of [{}, { enabled: true, ttlSeconds: 0 }, { enabled: true, maxBytes: 1 }, { enabled: 'yes' }]) expect((await a.owner('PUT', cacheOf(a), bad)).status).toBe(400);
    await a.owner('PUT', cacheOf(a), { enabled: false });
    expect((await a.owner('GET', cacheOf(a))).body).toMatchObject({ enabled: false });
    expect((await a.owner('GET', `/api/orgs/${a.org}/audit?limit=200`)).text.match(/cache\.update/g)).toHaveLength(2);
  });

  it('is an equal part of a busy key until an admin says otherwise', async () => {
    for (const path of sharesOf(world.tenants.a)) {
      expect((await world.tenants.a.owner('GET', path)).body).toEqual({ weight: 1 });
      expect((await world.tenants.a.owner('PUT', path, { weight: 5 })).body).toEqual({ weight: 5 });
      expect((await world.tenants.a.owner('GET', path)).body).toEqual({ weight: 5 });
      for (const bad of [{}, { weight: 0 }, { weight: 101 }, { weight: 1.5 }]) expect((await world.tenants.a.owner('PUT', path, bad)).status).toBe(400);
    }
  });

  it('is not for members to change, and of another tenant it does not exist', async () => {
    for (const path of sharesOf(world.tenants.a)) expect((await world.tenants.a.member('PUT', path, { weight: 9 })).status).toBe(403);
    expect((await world.tenants.a.member('PUT', cacheOf(world.tenants.a), { enabled: true })).status).toBe(403);
    for (const path of sharesOf(world.tenants.b)) expect((await world.tenants.a.owner('PUT', path, { weight: 9 })).status).toBe(404);
    for (const path of [cacheOf(world.tenants.b), ...sharesOf(world.tenants.b)]) expect((await world.tenants.a.owner('GET', path)).status).toBe(404);
    expect((await world.tenants.a.owner('PUT', cacheOf(world.tenants.b), { enabled: true })).status).toBe(404);
  });
});
