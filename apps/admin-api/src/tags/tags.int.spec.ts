import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('tags', () => {
  const world = worldOfTwoTenants();

  it('are set by admins for the org and everybody in it, and read as they were set', async () => {
    const { org, group, memberId, token, owner } = world.tenants.a;
    const tags = { division: 'labs' };
    expect((await owner('PUT', `/api/orgs/${org}/tags`, { tags, callerTags: ['project'] })).status).toBe(204);
    expect((await owner('GET', `/api/orgs/${org}/tags`)).body).toEqual({ tags, callerTags: ['project'] });
    for (const path of [`orgs/${org}/groups/${group}`, `orgs/${org}/users/${memberId}`, `tokens/${token}`]) expect((await owner('PUT', `/api/${path}/tags`, { tags: { team: 'a' } })).status).toBe(204);
    expect((await owner('GET', `/api/tokens/${token}/tags`)).body).toEqual({ tags: { team: 'a' } });
    for (const bad of [{ tags: { Team: 'x' } }, { tags: { team: 'a\nb' } }, {}]) expect((await owner('PUT', `/api/tokens/${token}/tags`, bad)).status).toBe(400);
  });

  it('G26 are not the member’s to change: spending stays where the org puts it', async () => {
    const { org, memberId, token, member } = world.tenants.a;
    for (const path of [`orgs/${org}/users/${memberId}`, `tokens/${token}`]) expect((await member('PUT', `/api/${path}/tags`, { tags: { team: 'b' } })).status).toBe(403);
  });

  it('A02 of another tenant do not exist', async () => {
    const { org, group, memberId, token } = world.tenants.b;
    for (const path of [`orgs/${org}/groups/${group}`, `orgs/${org}/users/${memberId}`, `tokens/${token}`]) expect((await world.tenants.a.owner('PUT', `/api/${path}/tags`, { tags: {} })).status).toBe(404);
    expect((await world.tenants.a.owner('GET', `/api/orgs/${org}/tags`)).status).toBe(404);
  });
});
