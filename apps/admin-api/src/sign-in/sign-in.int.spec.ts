import { type OidcIdp, type Person, startOidcIdp, walkThrough } from '../spec/oidc-idp.js';
import { type Answer, PASSWORD } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

const HOST = 'localhost:3010';
const CALLBACK = `http://${HOST}/api/auth/oidc/callback`;

describe('signing in by an identity provider', () => {
  let idp: OidcIdp;
  let secondGroup: string;
  let number = 0;

  beforeAll(async () => {
    idp = await startOidcIdp(CALLBACK);
  });
  const world = worldOfTwoTenants(() => ({ egressAllow: `127.0.0.1:${idp.port}` }));
  beforeAll(async () => {
    secondGroup = (await world.tenants.a.owner('POST', `/api/orgs/${world.tenants.a.org}/groups`, { name: 'second' })).body.id;
  });
  afterAll(() => idp?.close());
  beforeEach(async () => {
    idp.asked.length = 0;
    await configure();
  });

  const path = (org = world.tenants.a.org) => `/api/orgs/${org}/identity-provider`;
  const settings = (over: object = {}) => ({ issuer: idp.url, clientId: idp.clientId, clientSecret: idp.clientSecret, allowedDomains: ['Corp.test'], createUsers: true, ...over });
  const configure = async (over: object = {}) => {
    const answer = await world.tenants.a.owner('PUT', path(), settings(over));
    expect(answer.status).toBe(200);
    return answer;
  };
  /** Somebody new at the provider. */
  const aPerson = (claims: Partial<Person> = {}): Person => {
    number += 1;
    const person = { sub: `sub-${number}`, email: `p${number}@corp.test`, email_verified: true, name: `Person ${number}`, ...claims };
    idp.people.set(person.sub, person);
    return person;
  };
  const start = (org = world.tenants.a.org, query = '') => world.api.as()('GET', `/api/auth/oidc/${org}/start${query}`, undefined, { host: HOST });
  const cookieOf = (answer: Answer, name = 'byok_sign_in'): string => [answer.headers['set-cookie']].flat().map((each) => String(each).split(';')[0]!).find((each) => each.startsWith(`${name}=`) && each.length > name.length + 1) ?? '';
  const comeBack = (to: URL, cookie: string) => world.api.as()('GET', to.pathname + to.search, undefined, { host: HOST, cookie });
  const signIn = async (person: Person, query = ''): Promise<Answer> => {
    const begun = await start(world.tenants.a.org, query);
    expect([begun.status, begun.text]).toEqual([303, '']);
    return comeBack(await walkThrough(String(begun.headers['location']), person.sub), cookieOf(begun));
  };
  const sessionOf = async (answer: Answer) => {
    const { body, status } = await world.api.as()('POST', '/api/auth/refresh', undefined, { host: HOST, cookie: cookieOf(answer, 'byok_refresh') });
    expect(status).toBe(200);
    return body as { accessToken: string; user: { id: string; email: string; role: string; name: string } };
  };
  const refusalOf = async (person: Person) => {
    const answer = await signIn(person);
    expect(cookieOf(answer, 'byok_refresh')).toBe('');
    const [row] = await world.api.db.query<{ details: string }>(`SELECT details FROM identity.audit WHERE org_id = $1 AND action = 'auth.failed' ORDER BY sequence DESC LIMIT 1`, [world.tenants.a.org]);
    return [answer.status, (JSON.parse(row?.details ?? '{}') as { reason?: string }).reason];
  };
  const groupsOf = async (user: string) => (await world.api.db.query<{ id: string }>('SELECT group_id AS id FROM identity.membership WHERE user_id = $1 ORDER BY 1', [user])).map(({ id }) => id);
  const userCount = async () => Number((await world.api.db.query<{ count: string }>('SELECT count(*) FROM identity.app_user'))[0]!.count);

  it('makes a member of somebody new, gives them our session as log-in does, and takes them to where they were', async () => {
    const person = aPerson();
    const answer = await signIn(person, '?returnTo=%2Fusage%3Fgroup%3D1');
    expect([answer.status, answer.headers['location']]).toEqual([303, '/usage?group=1']);
    const { accessToken, user } = await sessionOf(answer);
    expect(user).toMatchObject({ email: person['email'], name: person['name'], role: 'member' });
    expect((await world.api.as(accessToken)('GET', '/api/me')).body).toMatchObject({ orgId: world.tenants.a.org, email: person['email'], tokenId: null });
    expect((await sessionOf(await signIn(person))).user.id).toBe(user.id);
    const actions = (await world.api.db.query<{ action: string }>(`SELECT action FROM identity.audit WHERE org_id = $1 AND actor_id = $2 ORDER BY sequence`, [world.tenants.a.org, user.id])).map(({ action }) => action);
    expect(actions).toEqual(['user.create', 'session.create', 'session.create']);
  });

  it('keeps the client secret in the vault, and shows it to nobody', async () => {
    const { body, text } = await configure();
    expect(body).toMatchObject({ hasClientSecret: true, startPath: `/api/auth/oidc/${world.tenants.a.org}/start`, callbackPath: '/api/auth/oidc/callback', allowedDomains: ['corp.test'] });
    expect(text + JSON.stringify((await world.tenants.a.owner('GET', path())).body) + JSON.stringify(await world.api.db.query('SELECT * FROM identity.identity_provider')) + JSON.stringify(await world.api.db.query('SELECT details FROM identity.audit'))).not.toContain(idp.clientSecret);
    expect(world.api.neighbours.vault.signInSecrets.get(world.tenants.a.org)).toEqual({ secret: idp.clientSecret, issuer: idp.url });
    // Left out, it stays; but not for another issuer, which would be shown it.
    await configure({ clientSecret: undefined });
    expect((await world.tenants.a.owner('PUT', path(), settings({ clientSecret: undefined, issuer: 'https://evil.example' }))).status).toBe(400);
    await configure({ clientSecret: null });
    expect(await refusalOf(aPerson())).toEqual([401, expect.any(String)]);
  });

  it('F21 completes only in the browser that began, once, with its own state', async () => {
    const person = aPerson();
    const begun = await start();
    expect(String(begun.headers['set-cookie'])).toMatch(/HttpOnly.*SameSite=Lax/);
    const back = await walkThrough(String(begun.headers['location']), person.sub);
    const victim = await start();
    for (const cookie of ['', cookieOf(victim), 'byok_sign_in=guessed']) expect([cookie, (await comeBack(back, cookie)).status]).toEqual([cookie, 401]);
    const other = new URL(back);
    other.searchParams.set('state', 'another');
    expect((await comeBack(other, cookieOf(begun))).status).toBe(401);
    expect((await comeBack(back, cookieOf(begun))).status).toBe(303);
    expect((await comeBack(back, cookieOf(begun))).status).toBe(401);
  });

  it('does not take a code that was made for another browser’s code verifier and nonce', async () => {
    const [mine, theirs] = [await start(), await start()];
    const [myBack, theirBack] = [await walkThrough(String(mine.headers['location']), aPerson().sub), await walkThrough(String(theirs.headers['location']), aPerson().sub)];
    myBack.searchParams.set('code', theirBack.searchParams.get('code')!);
    expect((await comeBack(myBack, cookieOf(mine))).body.code).toBe('login_failed');
    const asked = new URL(String(mine.headers['location'])).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)!.length).toBeGreaterThanOrEqual(43);
  });

  it('never sends the browser to another site afterwards', async () => {
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a\\b']) expect((await signIn(aPerson(), `?returnTo=${encodeURIComponent(to)}`)).headers['location']).toBe('/');
  });

  it('answers 404 for an org without a provider as for one that does not exist, and 400 or 401 to a callback of nobody', async () => {
    for (const org of [world.tenants.b.org, `org_${'0'.repeat(32)}`, 'nonsense']) expect((await start(org)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await comeBack(new URL(CALLBACK), '')).status).toBe(401);
    expect((await world.api.as()('GET', `/api/auth/oidc/${world.tenants.a.org}/start`, undefined, { host: 'evil.example' })).status).toBe(503);
  });

  it('F19 lets nobody in by an address that is not verified, of another domain, or missing', async () => {
    const before = await userCount();
    expect(await refusalOf(aPerson({ email_verified: false }))).toEqual([403, 'unverified-address']);
    expect(await refusalOf(aPerson({ email_verified: undefined }))).toEqual([403, 'unverified-address']);
    for (const email of ['x@evil.test', 'x@corp.test.evil.test', 'x@sub.corp.test', 'x@evil.test@xcorp.test']) expect([email, ...(await refusalOf(aPerson({ email })))]).toEqual([email, 403, expect.stringMatching(/foreign-domain|no-address/)]);
    expect(await refusalOf(aPerson({ email: undefined }))).toEqual([403, 'no-address']);
    expect(await userCount()).toBe(before);
    expect((await signIn(aPerson({ email_verified: undefined, xms_edov: true }))).status).toBe(303);
  });

  it('F19 case, width and spaces of an address make no second account, and no way into another', async () => {
    const first = await sessionOf(await signIn(aPerson({ email: 'Twin@Corp.TEST' })));
    expect(first.user.email).toBe('twin@corp.test');
    const before = await userCount();
    for (const email of ['TWIN@corp.test', ' twin@corp.test ', 'ｔｗｉｎ@corp.test']) expect([email, ...(await refusalOf(aPerson({ email })))]).toEqual([email, 403, 'somebody-else']);
    expect(await userCount()).toBe(before);
  });

  it('F19 never becomes an account of another org, whatever domain the org claims for itself', async () => {
    await configure({ allowedDomains: ['beta.test'] });
    expect(await refusalOf(aPerson({ email: 'owner@beta.test' }))).toEqual([403, 'address-taken']);
    expect(await refusalOf(aPerson({ email: 'OWNER@beta.test' }))).toEqual([403, 'address-taken']);
    expect((await world.api.signIn('owner@beta.test'))).toBeDefined();
  });

  it('F19 a verified address of this org is linked once; who has the address later is somebody else', async () => {
    await configure({ allowedDomains: ['alpha.test'], createUsers: false });
    const member = aPerson({ email: 'Member@alpha.test' });
    expect((await sessionOf(await signIn(member))).user.id).toBe(world.tenants.a.memberId);
    expect(await refusalOf(aPerson({ email: 'member@alpha.test' }))).toEqual([403, 'somebody-else']);
    expect(await refusalOf(aPerson({ email: 'stranger@alpha.test' }))).toEqual([403, 'unknown']);
    // The link holds when the address changes at the provider.
    member['email'] = 'renamed@alpha.test';
    expect((await sessionOf(await signIn(member))).user.id).toBe(world.tenants.a.memberId);
  });

  it('a user who was disabled or removed here stays so', async () => {
    const person = aPerson();
    const { user } = await sessionOf(await signIn(person));
    const users = `/api/orgs/${world.tenants.a.org}/users/${user.id}`;
    await world.tenants.a.owner('PATCH', users, { status: 'disabled' });
    expect(await refusalOf(person)).toEqual([403, 'disabled']);
    await world.tenants.a.owner('PATCH', users, { status: 'active' });
    expect((await signIn(person)).status).toBe(303);
    await world.tenants.a.owner('DELETE', users);
    expect(await refusalOf(person)).toEqual([403, 'unknown']);
    // An admin who adds them again lets them in again.
    await world.tenants.a.owner('POST', `/api/orgs/${world.tenants.a.org}/users`, { email: person['email'], name: 'Again' });
    expect((await signIn(person)).status).toBe(303);
  });

  it('A08 nobody begins or completes a sign-in to a frozen organisation', async () => {
    const begun = await start();
    const back = await walkThrough(String(begun.headers['location']), aPerson().sub);
    await world.tenants.operator('PATCH', `/api/orgs/${world.tenants.a.org}`, { status: 'frozen' });
    const answers = [await start(), await comeBack(back, cookieOf(begun))];
    await world.tenants.operator('PATCH', `/api/orgs/${world.tenants.a.org}`, { status: 'active' });
    expect(answers.map(({ body }) => body.code)).toEqual(['org_frozen', 'org_frozen']);
  });

  it('groups that the mapping names follow the claim both ways; others are left alone', async () => {
    await configure({ groups: [{ value: 'eng', group: world.tenants.a.group }, { value: 'ops', group: world.tenants.a.group }, { value: 'fin', group: secondGroup }] });
    const person = aPerson({ groups: ['eng', 'unknown'] });
    const { user } = await sessionOf(await signIn(person));
    expect(await groupsOf(user.id)).toEqual([world.tenants.a.group]);
    const third = (await world.tenants.a.owner('POST', `/api/orgs/${world.tenants.a.org}/groups`, { name: `third ${user.id}` })).body.id as string;
    await world.tenants.a.owner('PUT', `/api/orgs/${world.tenants.a.org}/groups/${third}/members/${user.id}`, {});
    person['groups'] = ['fin'];
    await signIn(person);
    expect(new Set(await groupsOf(user.id))).toEqual(new Set([secondGroup, third]));
    person['groups'] = undefined;
    person['_claim_names'] = { groups: 'src1' };
    await signIn(person);
    expect(new Set(await groupsOf(user.id))).toEqual(new Set([secondGroup, third]));
    person['_claim_names'] = undefined;
    await signIn(person);
    expect(await groupsOf(user.id)).toEqual([third]);
  });

  it('roles follow the claim where they are mapped, end old sessions, and make or unmake no owner', async () => {
    await configure({ roles: [{ value: 'byok-admin', role: 'admin' }, { value: 'byok-audit', role: 'auditor' }] });
    const person = aPerson({ roles: ['byok-audit', 'byok-admin'] });
    const first = await sessionOf(await signIn(person));
    expect(first.user.role).toBe('admin');
    person['roles'] = [];
    expect((await sessionOf(await signIn(person))).user.role).toBe('member');
    expect((await world.api.as(first.accessToken)('GET', '/api/me')).status).toBe(401);
    expect((await world.tenants.a.owner('PUT', path(), settings({ roles: [{ value: 'x', role: 'owner' }] }))).status).toBe(400);
    await configure({ allowedDomains: ['alpha.test'], roles: [{ value: 'byok-admin', role: 'admin' }] });
    expect((await sessionOf(await signIn(aPerson({ email: 'owner@alpha.test', roles: [] })))).user.role).toBe('owner');
  });

  it('is an owner’s to set: an admin could otherwise sign in as one', async () => {
    const admin = await world.tenants.a.owner('POST', `/api/orgs/${world.tenants.a.org}/users`, { email: 'admin@alpha.test', name: 'Admin', role: 'admin', password: PASSWORD });
    expect(admin.status).toBe(201);
    const caller = await world.api.signIn('admin@alpha.test');
    expect((await caller('GET', path())).status).toBe(200);
    for (const [method, body] of [['PUT', settings()], ['DELETE', undefined]] as const) expect([(await caller(method, path(), body)).status, (await world.tenants.operator(method, path(), body)).status]).toEqual([403, 403]);
  });

  it('lets no operator in, whoever owns their organisation', async () => {
    const { orgId } = (await world.tenants.operator('GET', '/api/me')).body as { orgId: string };
    expect((await world.tenants.operator('PUT', path(orgId), settings({ allowedDomains: ['platform.test'] }))).status).toBe(200);
    const begun = await start(orgId);
    const answer = await comeBack(await walkThrough(String(begun.headers['location']), aPerson({ email: 'operator@platform.test' }).sub), cookieOf(begun));
    expect([answer.status, cookieOf(answer, 'byok_refresh')]).toEqual([403, '']);
  });

  it('enforced, takes passwords of owners alone; deleted, of everybody again', async () => {
    await world.tenants.a.owner('POST', `/api/orgs/${world.tenants.a.org}/users`, { email: 'typist@alpha.test', name: 'Typist', password: PASSWORD });
    const login = (email: string, password = PASSWORD) => world.api.as()('POST', '/api/auth/login', { email, password });
    await configure({ enforced: true });
    expect((await login('typist@alpha.test')).body).toMatchObject({ status: 403, detail: expect.stringContaining(`/api/auth/oidc/${world.tenants.a.org}/start`) });
    expect((await login('typist@alpha.test', 'wrong')).body.code).toBe('login_failed');
    expect((await login('owner@alpha.test')).status).toBe(200);
    expect((await world.tenants.a.owner('DELETE', path())).status).toBe(204);
    expect((await login('typist@alpha.test')).status).toBe(200);
    expect(world.api.neighbours.vault.signInSecrets.has(world.tenants.a.org)).toBe(false);
    expect((await start()).status).toBe(404);
  });

  it('B11 asks no address inside that the operator did not allow, at saving and at signing in', async () => {
    for (const issuer of ['http://127.0.0.1:1', 'https://169.254.169.254', 'https://10.0.0.1', 'https://localhost']) expect([issuer, (await world.tenants.a.owner('PUT', path(), settings({ issuer }))).body.code]).toEqual([issuer, 'endpoint_not_allowed']);
    await world.api.db.query(`UPDATE identity.identity_provider SET issuer = 'http://127.0.0.1:1' WHERE org_id = $1`, [world.tenants.a.org]);
    expect((await start()).body).toMatchObject({ status: 503, code: 'service_unavailable' });
  });
});
