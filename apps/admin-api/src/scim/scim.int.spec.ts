import type { Caller } from '../spec/test-api.js';
import { PASSWORD } from '../spec/test-api.js';
import { worldOfTwoTenants, type Tenant } from '../spec/two-tenants.js';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('SCIM', () => {
  const world = worldOfTwoTenants();
  let scim: Caller;
  let token: string;
  let a: Tenant;
  const users = () => `/scim/v2/${a.org}/Users`;
  const groups = () => `/scim/v2/${a.org}/Groups`;
  const patch = (path: string, ...Operations: object[]) => scim('PATCH', path, { schemas: [PATCH], Operations });
  const aUser = async (userName: string, more: object = {}) => (await scim('POST', users(), { schemas: [USER], userName, ...more })).body;
  const scimToken = async (of: Tenant, more: object = { user: null }) => (await of.owner('POST', '/api/tokens', { name: 'directory', managementScopes: ['scim:manage'], ...more })).body.token as string;

  beforeAll(async () => {
    a = world.tenants.a;
    token = await scimToken(a);
    const plain = world.api.as(token);
    scim = (method, path, body, headers) => plain(method, path, body, { ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }), ...headers });
  });

  it('creates, reads, replaces and deletes a user, in its own content type', async () => {
    const created = await scim('POST', users(), { schemas: [USER], userName: 'Ada@Alpha.test', externalId: 'ext-1', name: { givenName: 'Ada', familyName: 'L.' }, active: true, password: 'ignored-by-design', emails: [{ value: 'other@alpha.test', primary: true }] });
    expect([created.status, created.headers['content-type']]).toEqual([201, 'application/scim+json; charset=utf-8']);
    expect(created.body).toMatchObject({ schemas: [USER], userName: 'ada@alpha.test', displayName: 'Ada L.', externalId: 'ext-1', active: true, roles: [{ value: 'member' }], emails: [{ value: 'ada@alpha.test', primary: true }], meta: { resourceType: 'User', location: `${users()}/${created.body.id}` } });
    expect(created.text).not.toContain('ignored-by-design');
    const path = `${users()}/${created.body.id}`;
    expect((await scim('GET', path)).body).toEqual(created.body);
    const replaced = await scim('PUT', path, { schemas: [USER], userName: 'ada@alpha.test', displayName: 'Ada Lovelace' });
    expect(replaced.body).toMatchObject({ displayName: 'Ada Lovelace', active: true });
    expect(replaced.body).not.toHaveProperty('externalId');
    expect((await scim('DELETE', path)).status).toBe(204);
    const gone = await scim('GET', path);
    expect([gone.status, gone.headers['content-type'], gone.body]).toEqual([404, 'application/scim+json; charset=utf-8', { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: expect.any(String) }]);
    expect((await aUser('ada@alpha.test')).id).not.toBe(created.body.id);
  });

  it('finds by filter and page, as Okta and Entra ask', async () => {
    const made = await aUser('grace@alpha.test', { externalId: 'ext-grace', displayName: 'Grace' });
    const found = async (filter: string) => (await scim('GET', `${users()}?filter=${encodeURIComponent(filter)}`)).body;
    for (const filter of ['userName eq "Grace@ALPHA.test"', 'externalId eq "ext-grace"', `id eq "${made.id}"`, 'displayName sw "Gra" and active eq true', 'emails[type eq "work"].value eq "grace@alpha.test"']) {
      expect([filter, (await found(filter)).Resources.map(({ id }: { id: string }) => id)]).toEqual([filter, [made.id]]);
    }
    expect(await found('userName eq "nobody@alpha.test"')).toMatchObject({ totalResults: 0, Resources: [] });
    const first = (await scim('GET', `${users()}?startIndex=1&count=2`)).body;
    const second = (await scim('GET', `${users()}?startIndex=3&count=2`)).body;
    expect([first.itemsPerPage, first.startIndex, second.startIndex]).toEqual([2, 1, 3]);
    expect(first.totalResults).toBeGreaterThanOrEqual(3);
    expect(first.Resources.map(({ id }: { id: string }) => id)).not.toContain(second.Resources[0].id);
    expect((await scim('GET', `${users()}?count=0`)).body).toMatchObject({ itemsPerPage: 0, Resources: [] });
    expect(Object.keys((await scim('GET', `${users()}?attributes=userName&count=1`)).body.Resources[0]).sort()).toEqual(['id', 'userName']);
    expect((await scim('GET', `${users()}?attributes=userName&filter=${encodeURIComponent('displayName sw "Gra"')}`)).body.Resources).toEqual([{ id: made.id, userName: 'grace@alpha.test' }]);
    for (const bad of ['userName is "x"', '((', 'userName eq "a\\']) expect((await found(bad)).scimType).toBe('invalidFilter');
  });

  it('A08 active=false disables a user: sessions and tokens stop at once, and come back with active=true for tokens alone', async () => {
    const { id } = (await a.owner('POST', `/api/orgs/${a.org}/users`, { email: 'leaver@alpha.test', name: 'Leaver', password: PASSWORD })).body;
    const session = await world.api.signIn('leaver@alpha.test');
    const own = world.api.as((await session('POST', '/api/tokens', { name: 'own' })).body.token as string);
    for (const operation of [{ op: 'Replace', path: 'active', value: 'False' }, { op: 'replace', value: { active: false } }]) {
      expect((await patch(`${users()}/${id}`, operation)).body.active).toBe(false);
      expect((await session('GET', '/api/me')).status).toBe(401);
      expect((await own('GET', '/api/me')).body.code).toBe('token_revoked');
      expect((await world.api.as()('POST', '/api/auth/login', { email: 'leaver@alpha.test', password: PASSWORD })).status).toBe(401);
      expect((await patch(`${users()}/${id}`, { op: 'replace', path: 'active', value: true })).body.active).toBe(true);
      expect((await own('GET', '/api/me')).status).toBe(200);
    }
    expect((await session('GET', '/api/me')).status).toBe(401);
    await patch(`${users()}/${id}`, { op: 'replace', path: 'active', value: false });
    // What a directory does not say it does not change.
    expect((await scim('PUT', `${users()}/${id}`, { schemas: [USER], userName: 'leaver@alpha.test', displayName: 'Leaver' })).body.active).toBe(false);
  });

  it('patches what it keeps, takes what it does not keep, and refuses what there is not', async () => {
    const { id } = await aUser('hedy@alpha.test');
    const path = `${users()}/${id}`;
    expect((await patch(path, { op: 'add', path: 'externalId', value: 'ext-hedy' }, { op: 'replace', value: { displayName: 'Hedy' } })).body).toMatchObject({ externalId: 'ext-hedy', displayName: 'Hedy' });
    expect((await patch(path, { op: 'replace', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'R&D' })).status).toBe(200);
    expect((await patch(path, { op: 'remove', path: 'externalId' })).body).not.toHaveProperty('externalId');
    expect((await patch(path, { op: 'replace', path: 'nonsense', value: 1 })).body).toMatchObject({ status: '400', scimType: 'invalidPath' });
    expect((await patch(path, { op: 'replace', path: 'id', value: 'usr_other' })).body).toMatchObject({ status: '400', scimType: 'mutability' });
    expect((await patch(path, { op: 'replace', path: 'active', value: 'maybe' })).body).toMatchObject({ status: '400', scimType: 'invalidValue' });
    expect((await patch(path, { op: 'replace', path: 'userName', value: 'no address' })).status).toBe(400);
    expect((await scim('PATCH', path, { Operations: [{ op: 'replace', value: {} }] })).body.scimType).toBe('invalidSyntax');
    expect((await scim('POST', users(), { schemas: [USER] })).body).toMatchObject({ status: '400', scimType: 'invalidValue' });
  });

  it('C05 is not slowed down by a filter that was made for it', async () => {
    const { id } = await aUser('victim@alpha.test');
    const hostile = 'a eq "' + '\\'.repeat(480);
    const startedAt = performance.now();
    expect((await scim('GET', `${users()}?filter=${encodeURIComponent(hostile)}`)).status).toBe(400);
    expect((await patch(`${users()}/${id}`, { op: 'remove', path: `emails[value eq "${'\\'.repeat(400)}"]` })).status).toBe(400);
    expect((await patch(`${users()}/${id}`, { op: 'remove', path: 'emails', value: [{ value: '\\'.repeat(400) }] })).status).toBe(400);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('F19 refuses an address that somebody has already, in whatever spelling and whichever org', async () => {
    await aUser('bob@alpha.test');
    for (const userName of ['BOB@alpha.test', ' bob@alpha.test ', 'ｂｏｂ@alpha.test', 'member@beta.test', 'Member@BETA.test']) {
      const answer = await scim('POST', users(), { schemas: [USER], userName });
      expect([userName, answer.status, answer.body.scimType]).toEqual([userName, 409, 'uniqueness']);
    }
    const other = await aUser('carol@alpha.test');
    expect((await patch(`${users()}/${other.id}`, { op: 'replace', path: 'userName', value: 'Bob@Alpha.test' })).body).toMatchObject({ status: '409', scimType: 'uniqueness' });
    const twice = { schemas: [USER], externalId: 'one-only' };
    await scim('POST', users(), { ...twice, userName: 'dora@alpha.test' });
    expect((await scim('POST', users(), { ...twice, userName: 'eve@alpha.test' })).body).toMatchObject({ status: '409', scimType: 'uniqueness' });
  });

  it('makes nobody owner, admin or operator, leaves owners their address, and the org its last owner', async () => {
    const made = await aUser('climber@alpha.test', { roles: [{ value: 'owner', primary: true }], isOperator: true, role: 'admin' });
    await patch(`${users()}/${made.id}`, { op: 'replace', path: 'roles', value: [{ value: 'owner' }] });
    expect((await a.owner('GET', `/api/orgs/${a.org}/users/${made.id}`)).body).toMatchObject({ role: 'member', isOperator: false });
    const owner = (await scim('GET', `${users()}?filter=${encodeURIComponent('userName eq "owner@alpha.test"')}`)).body.Resources[0];
    expect((await patch(`${users()}/${owner.id}`, { op: 'replace', path: 'userName', value: 'mine@alpha.test' })).status).toBe(403);
    for (const answer of [await patch(`${users()}/${owner.id}`, { op: 'replace', path: 'active', value: false }), await scim('DELETE', `${users()}/${owner.id}`)]) {
      expect(answer.body).toMatchObject({ status: '409', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] });
      expect(answer.body).not.toHaveProperty('scimType', 'uniqueness');
    }
    expect((await a.owner('GET', '/api/me')).status).toBe(200);
  });

  it('leaves operators alone, in their own org as well', async () => {
    const { operator } = world.tenants;
    const { orgId, userId } = (await operator('GET', '/api/me')).body;
    const own = world.api.as((await operator('POST', '/api/tokens', { name: 'directory', user: null, managementScopes: ['scim:manage'] })).body.token);
    const path = `/scim/v2/${orgId}/Users/${userId}`;
    expect((await own('PATCH', path, { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: false }] })).status).toBe(403);
    expect((await own('DELETE', path)).status).toBe(403);
    expect((await operator('GET', users())).status).toBe(403);
  });

  it('keeps groups and their members; an admin of a group stays one', async () => {
    const [one, two, three] = await Promise.all(['m1', 'm2', 'm3'].map((name) => aUser(`${name}@alpha.test`)));
    const created = await scim('POST', groups(), { displayName: 'Directory', externalId: 'g-1', members: [{ value: one.id }] });
    expect([created.status, created.body.members]).toEqual([201, [expect.objectContaining({ value: one.id })]]);
    const path = `${groups()}/${created.body.id}`;
    const members = async (...operations: object[]) => ((await patch(path, ...operations)).body.members ?? []).map(({ value }: { value: string }) => value).sort();
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${created.body.id}/members/${one.id}`, { role: 'admin' });
    expect(await members({ op: 'add', path: 'members', value: [{ value: two.id }, { value: three.id }] })).toEqual([one.id, two.id, three.id].sort());
    expect(await members({ op: 'add', path: 'members', value: [{ value: one.id }] })).toEqual([one.id, two.id, three.id].sort());
    expect(await members({ op: 'remove', path: `members[value eq "${two.id}"]` }, { op: 'remove', path: `members[value eq "${three.id}"]` })).toEqual([one.id]);
    expect(await members({ op: 'Add', path: 'members', value: [{ value: two.id }] }, { op: 'Remove', path: 'members', value: [{ value: one.id }] })).toEqual([two.id]);
    expect(await members({ op: 'replace', path: 'members', value: [{ value: three.id }] })).toEqual([three.id]);
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${created.body.id}/members/${three.id}`, { role: 'admin' });
    expect((await scim('PUT', path, { displayName: 'Renamed', members: [{ value: three.id }, { value: one.id }] })).body).toMatchObject({ displayName: 'Renamed' });
    const roles = (await a.owner('GET', `/api/orgs/${a.org}/groups/${created.body.id}/members`)).body.items.map(({ userId, role }: { userId: string; role: string }) => [userId, role]);
    expect(roles.sort()).toEqual([[one.id, 'member'], [three.id, 'admin']].sort());
    expect((await scim('GET', `${users()}/${one.id}`)).body.groups).toEqual([expect.objectContaining({ value: created.body.id, display: 'Renamed' })]);
    expect((await scim('GET', `${groups()}?filter=${encodeURIComponent('displayName eq "renamed"')}&excludedAttributes=members`)).body.Resources[0]).not.toHaveProperty('members');
    expect((await scim('POST', groups(), { displayName: 'RENAMED' })).body).toMatchObject({ status: '409', scimType: 'uniqueness' });
    expect((await scim('DELETE', path)).status).toBe(204);
    expect((await scim('GET', path)).status).toBe(404);
  });

  it('two additions to a group at the same moment both stay', async () => {
    const made = await Promise.all(['p1', 'p2', 'p3', 'p4'].map((name) => aUser(`${name}@alpha.test`)));
    const group = (await scim('POST', groups(), { displayName: 'Parallel' })).body;
    const answers = await Promise.all(made.map(({ id }) => patch(`${groups()}/${group.id}`, { op: 'add', path: 'members', value: [{ value: id }] })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await scim('GET', `${groups()}/${group.id}`)).body.members).toHaveLength(4);
  });

  it('A01 A03 never reaches another org: not by path, not by id, not by a member', async () => {
    const { b } = world.tenants;
    for (const path of [`/scim/v2/${b.org}/Users`, `${users()}/${b.memberId}`, `/scim/v2/${b.org}/Users/${a.memberId}`, `${groups()}/${b.group}`]) expect([path, (await scim('GET', path)).status]).toEqual([path, 404]);
    expect((await scim('DELETE', `${users()}/${b.memberId}`)).status).toBe(404);
    const foreign = await scim('POST', groups(), { displayName: 'Mixed', members: [{ value: b.memberId }] });
    const unknown = await scim('POST', groups(), { displayName: 'Mixed', members: [{ value: `usr_${'0'.repeat(32)}` }] });
    expect([foreign.status, { ...foreign.body, detail: '' }]).toEqual([400, { ...unknown.body, detail: '' }]);
    expect((await scim('GET', `${groups()}?filter=${encodeURIComponent('displayName eq "Mixed"')}`)).body.totalResults).toBe(0);
    expect((await scim('GET', `${users()}?filter=${encodeURIComponent('userName eq "member@beta.test"')}`)).body.totalResults).toBe(0);
  });

  it('is open to tokens with its scope alone, and to none that is narrowed to a group', async () => {
    expect((await world.api.as()('GET', users())).body).toMatchObject({ status: '401', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] });
    const without = (await a.owner('POST', '/api/tokens', { name: 'other', user: null, managementScopes: ['user:list'] })).body.token;
    expect((await world.api.as(without)('GET', users())).status).toBe(403);
    expect((await world.api.as(await scimToken(a, { group: a.group }))('GET', users())).status).toBe(403);
    expect((await a.member('GET', users())).status).toBe(403);
    expect((await a.member('POST', '/api/tokens', { name: 'mine', managementScopes: ['scim:manage'] })).status).toBe(403);
  });

  it('says what it can do', async () => {
    expect((await scim('GET', `/scim/v2/${a.org}/ServiceProviderConfig`)).body).toMatchObject({ patch: { supported: true }, bulk: { supported: false }, filter: { supported: true } });
    expect((await scim('GET', `/scim/v2/${a.org}/ResourceTypes`)).body.Resources.map(({ id }: { id: string }) => id)).toEqual(['User', 'Group']);
    const { Resources } = (await scim('GET', `/scim/v2/${a.org}/Schemas`)).body;
    expect(Resources).toHaveLength(3);
    expect((await scim('GET', `/scim/v2/${a.org}/Schemas/${USER}`)).body.id).toBe(USER);
    expect((await scim('GET', `/scim/v2/${a.org}/Nothing`)).body).toMatchObject({ status: '404' });
  });

  it('audits who was changed, by which token, in the same chain as everything else', async () => {
    const { id } = await aUser('audited@alpha.test');
    await patch(`${users()}/${id}`, { op: 'replace', path: 'active', value: false });
    const rows = await world.api.db.query<{ action: string; actor_id: string; details: string }>('SELECT action, actor_id, details FROM identity.audit WHERE target_id = $1 ORDER BY sequence', [id]);
    expect(rows.map(({ action }) => action)).toEqual(['user.create', 'user.update']);
    expect(rows.every(({ actor_id, details }) => actor_id.startsWith('tok_') && details.includes('scim'))).toBe(true);
    expect(rows[1]!.details).toContain('disabled');
  });
});
