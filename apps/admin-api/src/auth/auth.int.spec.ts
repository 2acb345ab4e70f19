import { type Answer, OPERATOR, PASSWORD } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('signing in', () => {
  const world = worldOfTwoTenants();

  const login = (email: string, password = PASSWORD, headers = {}) => world.api.as()('POST', '/api/auth/login', { email, password }, headers);
  const cookieOf = (answer: Answer): string => String(answer.headers['set-cookie']).split(';')[0]!;

  it('answers an access token, the user, and a refresh token that scripts and other sites cannot reach', async () => {
    const answer = await login(OPERATOR);
    expect(answer.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, user: { email: OPERATOR, isOperator: true, role: 'owner' } });
    expect(answer.text).not.toContain('byok_refresh');
    const cookie = String(answer.headers['set-cookie']);
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/api/auth']) expect(cookie).toContain(attribute);
    expect((await world.api.as(answer.body.accessToken)('GET', '/api/me')).body).toMatchObject({ email: OPERATOR, isOperator: true, tokenId: null });
    const elsewhere = await login(OPERATOR, PASSWORD, { host: 'admin.example.com' });
    expect(String(elsewhere.headers['set-cookie'])).toContain('Secure');
  });

  it('trades the refresh cookie once; without a good one it answers 401', async () => {
    const first = await login('member@alpha.test');
    const second = await world.api.as()('POST', '/api/auth/refresh', undefined, { cookie: cookieOf(first) });
    expect(second.status).toBe(200);
    expect(cookieOf(second)).not.toBe(cookieOf(first));
    expect((await world.api.as(second.body.accessToken)('GET', '/api/me')).status).toBe(200);
    expect((await world.api.as()('POST', '/api/auth/refresh', undefined, { cookie: cookieOf(first) })).status).toBe(401);
    expect((await world.api.as()('POST', '/api/auth/refresh')).body).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('logging out ends the session at once, access token included', async () => {
    const answer = await login('member@alpha.test');
    const caller = world.api.as(answer.body.accessToken);
    expect((await caller('POST', '/api/auth/logout')).status).toBe(204);
    expect((await caller('GET', '/api/me')).status).toBe(401);
    expect((await world.api.as()('POST', '/api/auth/refresh', undefined, { cookie: cookieOf(answer) })).status).toBe(401);
  });

  it('F20 stops after five wrong passwords, whatever X-Forwarded-For says, for known and unknown addresses alike', async () => {
    for (const email of ['owner@beta.test', 'nobody@nowhere.test']) {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        expect((await login(email, 'wrong', { 'x-forwarded-for': `10.0.0.${attempt}` })).body.code).toBe('login_failed');
      }
      const stopped = await login(email.toUpperCase());
      expect([stopped.status, stopped.body.code]).toEqual([429, 'too_many_attempts']);
      expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await login('member@beta.test')).status).toBe(200);
  });

  it('F12 answers 400 to two different credentials at once, and takes the same one twice', async () => {
    const { body } = await login('member@alpha.test');
    const headers = { 'x-api-key': 'byok_live_other' };
    expect((await world.api.as(body.accessToken)('GET', '/api/me', undefined, headers)).body).toMatchObject({ status: 400, code: 'two_credentials' });
    expect((await world.api.as(body.accessToken)('GET', '/api/me', undefined, { 'x-api-key': body.accessToken })).status).toBe(200);
  });

  it('F24 ends every session of a user whose role, status or password changes', async () => {
    const { a } = world.tenants;
    for (const change of [{ role: 'auditor' }, { password: 'another long password' }, { password: PASSWORD }, { status: 'disabled' }, { status: 'active' }]) {
      const caller = await world.api.signIn('member@alpha.test', 'password' in change && change.password === PASSWORD ? 'another long password' : PASSWORD).catch(() => undefined);
      expect((await a.owner('PATCH', `/api/orgs/${a.org}/users/${a.memberId}`, change)).status).toBe(200);
      expect((await caller?.('GET', '/api/me'))?.status).toBe(401);
    }
  });

  it('A08 a frozen org is answered 403 and its sessions stop; the operator can thaw it', async () => {
    const { operator, b } = world.tenants;
    const caller = await world.api.signIn('member@beta.test');
    expect((await operator('PATCH', `/api/orgs/${b.org}`, { status: 'frozen' })).body.status).toBe('frozen');
    expect((await caller('GET', '/api/me')).body.code).toBe('org_frozen');
    expect((await login('member@beta.test')).body.code).toBe('org_frozen');
    await operator('PATCH', `/api/orgs/${b.org}`, { status: 'active' });
    expect((await caller('GET', '/api/me')).status).toBe(200);
  });

  it('F14 keeps the last owner of an org', async () => {
    const { a } = world.tenants;
    const [owner] = (await a.owner('GET', `/api/orgs/${a.org}/users`)).body.items.filter((user: { role: string }) => user.role === 'owner');
    expect((await a.owner('PATCH', `/api/orgs/${a.org}/users/${owner.id}`, { role: 'member' })).status).toBe(409);
    expect((await a.owner('DELETE', `/api/orgs/${a.org}/users/${owner.id}`)).status).toBe(409);
  });

  it('F20 stops guessing one password at many addresses from one place, before any hashing', async () => {
    const answers: Answer[] = [];
    for (let number = 0; number < 60; number += 1) answers.push(await world.api.as()('POST', '/api/auth/login', { email: `guess${number}@alpha.test`, password: 'wrong' }));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(50);
    expect(answers.at(-1)!.status).toBe(429);
  });
});
