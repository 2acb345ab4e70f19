import { type Caller, PASSWORD } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('one’s own sign-in', () => {
  const world = worldOfTwoTenants();
  const sessionsOf = async (caller: Caller): Promise<{ id: string; isCurrent: boolean }[]> => (await caller('GET', '/api/me/sessions')).body.items;
  const login = (email: string, password: string) => world.api.as()('POST', '/api/auth/login', { email, password });

  it('lists one’s own sessions and ends one of them, at once', async () => {
    const [first, second] = [await world.api.signIn('member@alpha.test'), await world.api.signIn('member@alpha.test')];
    const seen = await sessionsOf(second);
    expect(seen.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
    const [other] = (await sessionsOf(first)).filter(({ isCurrent }) => isCurrent);
    expect((await second('DELETE', `/api/me/sessions/${other!.id}`)).status).toBe(204);
    expect((await first('GET', '/api/me')).status).toBe(401);
    expect((await sessionsOf(second)).map(({ id }) => id)).not.toContain(other!.id);
    expect((await second('DELETE', `/api/me/sessions/${other!.id}`)).status).toBe(404);
  });

  it('A01 ends nobody else’s session: not of one’s own org, not of another', async () => {
    const member = await world.api.signIn('member@alpha.test');
    for (const somebody of [world.tenants.a.owner, world.tenants.b.owner]) {
      const [session] = await sessionsOf(somebody);
      expect((await member('DELETE', `/api/me/sessions/${session!.id}`)).status).toBe(404);
      expect((await somebody('GET', '/api/me')).status).toBe(200);
    }
  });

  it('F24 changing the password takes the old one, and ends every session, this one too', async () => {
    const [one, two] = [await world.api.signIn('member@beta.test'), await world.api.signIn('member@beta.test')];
    const change = (currentPassword: string, newPassword: string) => one('POST', '/api/me/password', { currentPassword, newPassword });
    expect((await change('not my password', 'a new long password')).body.code).toBe('login_failed');
    expect((await change(PASSWORD, 'short')).status).toBe(400);
    expect((await change(PASSWORD, 'a new long password')).status).toBe(204);
    for (const caller of [one, two]) expect((await caller('GET', '/api/me')).status).toBe(401);
    expect((await login('member@beta.test', PASSWORD)).status).toBe(401);
    expect((await login('member@beta.test', 'a new long password')).status).toBe(200);
  });

  it('F20 guesses at the present password count like those at sign-in', async () => {
    const owner = await world.api.signIn('owner@beta.test');
    const guess = () => owner('POST', '/api/me/password', { currentPassword: 'wrong', newPassword: 'a new long password' });
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await guess()).body.code).toBe('login_failed');
    expect((await guess()).status).toBe(429);
    expect((await login('owner@beta.test', PASSWORD)).status).toBe(429);
  });

  it('is not for tokens', async () => {
    const token = (await world.tenants.a.owner('POST', '/api/tokens', { name: 'own', managementScopes: ['user:update'] })).body.token;
    expect((await world.api.as(token)('GET', '/api/me/sessions')).status).toBe(403);
    expect((await world.api.as(token)('POST', '/api/me/password', { currentPassword: PASSWORD, newPassword: 'a new long password' })).status).toBe(403);
  });

  it('F14 of two owners who remove each other at the same moment one stays', async () => {
    const { a, operator } = world.tenants;
    for (const how of ['DELETE', 'PATCH'] as const) {
      const name = how.toLowerCase();
      const org: string = (await operator('POST', '/api/orgs', { name: `pair-${name}`, tier: 'enterprise' })).body.id;
      const pair = await Promise.all(
        ['x', 'y'].map(async (letter) => {
          const email = `${letter}-${name}@pair.test`;
          const { id } = (await operator('POST', `/api/orgs/${org}/users`, { email, name: letter, role: 'owner', password: PASSWORD })).body;
          return { id: id as string, caller: await world.api.signIn(email) };
        }),
      );
      const body = how === 'PATCH' ? { role: 'member' } : undefined;
      const answers = await Promise.all(pair.map(({ caller }, index) => caller(how, `/api/orgs/${org}/users/${pair[1 - index]!.id}`, body)));
      const statuses = answers.map(({ status }) => status).sort();
      // The second finds itself the last, or already out.
      expect(statuses[0]).toBeLessThan(300);
      expect([401, 403, 409]).toContain(statuses[1]);
      const owners = (await operator('GET', `/api/orgs/${org}/users`)).body.items.filter(({ role, status }: { role: string; status: string }) => role === 'owner' && status === 'active');
      expect(owners).toHaveLength(1);
    }
    expect((await a.owner('GET', '/api/me')).status).toBe(200);
  });
});
