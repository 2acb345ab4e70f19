import { PASSWORD, type Caller } from '../spec/test-api.js';
import { worldOfTwoTenants, type Tenant } from '../spec/two-tenants.js';

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe('access requests', () => {
  const world = worldOfTwoTenants();
  let number = 0;
  let lead: { id: string; caller: Caller };
  let group: string;

  const newUser = async ({ owner, org }: Tenant): Promise<{ id: string; caller: Caller }> => {
    const email = `asking-${number++}@alpha.test`;
    const { id } = (await owner('POST', `/api/orgs/${org}/users`, { email, name: `A${number}`, password: PASSWORD })).body;
    return { id, caller: await world.api.signIn(email) };
  };
  const storeFor = async (caller: Caller, owner: object, over = {}): Promise<string> => (await caller('POST', '/api/keys', { owner, provider: 'openai', apiKey: `sk-requested-key-no-${number++}`, ...over })).body.id as string;
  const ask = async (caller: Caller, body: object): Promise<string> => (await caller('POST', '/api/requests', { reason: 'for the demo', ...body })).body.id as string;
  const grant = (caller: Caller, id: string, expiresAt = inAnHour()) => caller('POST', `/api/requests/${id}/grant`, { expiresAt, note: 'fine' });
  const membersOf = async (id: string): Promise<string[]> => ((await world.tenants.a.owner('GET', `/api/orgs/${world.tenants.a.org}/groups/${id}/members`)).body.items as { userId: string }[]).map(({ userId }) => userId);

  beforeAll(async () => {
    const { a } = world.tenants;
    lead = await newUser(a);
    group = (await a.owner('POST', `/api/orgs/${a.org}/groups`, { name: 'wanted' })).body.id as string;
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${group}/members/${lead.id}`, { role: 'admin' });
  });

  it('A07 a membership that a group admin grants ends by itself, and with it what the group may do', async () => {
    const { a } = world.tenants;
    const guest = await newUser(a);
    const id = await ask(guest.caller, { group });
    const expiresAt = inAnHour();
    expect((await grant(lead.caller, id, expiresAt)).body).toMatchObject({ id, status: 'granted', userId: guest.id, groupId: group, decidedBy: lead.id, expiresAt, note: 'fine' });
    expect((await a.owner('GET', `/api/orgs/${a.org}/groups/${group}/members`)).body.items).toContainEqual({ groupId: group, userId: guest.id, role: 'member', expiresAt });
    expect((await guest.caller('GET', `/api/orgs/${a.org}/groups/${group}`)).status).toBe(200);
    await world.api.db.acrossOrgs().query(`UPDATE identity.membership SET expires_at = now() - interval '1 second' WHERE user_id = $1`, [guest.id]);
    await world.api.db.acrossOrgs().query(`UPDATE identity.access_request SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    expect((await guest.caller('GET', `/api/orgs/${a.org}/groups/${group}`)).status).toBe(403);
    expect(await membersOf(group)).not.toContain(guest.id);
    expect((await guest.caller('GET', `/api/requests/${id}`)).body.status).toBe('expired');
    // Who comes back asks anew.
    expect((await grant(lead.caller, await ask(guest.caller, { group }))).status).toBe(200);
    expect(await membersOf(group)).toContain(guest.id);
  });

  it('a key with an allow-list is granted in the vault, by who may change the list', async () => {
    const { a } = world.tenants;
    const key = await storeFor(a.owner, { type: 'org' }, { allowedUsers: [lead.id] });
    const guest = await newUser(a);
    const id = await ask(guest.caller, { key });
    expect((await grant(lead.caller, id)).status).toBe(404);
    const expiresAt = inAnHour();
    expect((await grant(a.owner, id, expiresAt)).body).toMatchObject({ status: 'granted', keyId: key });
    expect(world.api.neighbours.vault.uses.get(key)!.grants).toEqual([{ userId: guest.id, until: expiresAt }]);
    expect((await guest.caller('POST', `/api/requests/${id}/end`)).body.status).toBe('ended');
    expect(world.api.neighbours.vault.uses.get(key)!.grants).toEqual([]);
  });

  it('a grant that the vault refuses is not granted', async () => {
    const { a } = world.tenants;
    const key = await storeFor(a.owner, { type: 'org' }, { allowedUsers: [lead.id] });
    const guest = await newUser(a);
    const id = await ask(guest.caller, { key });
    const token = (await a.owner('POST', '/api/tokens', { name: 'decides only', managementScopes: ['request:decide', 'request:create'] })).body.token as string;
    expect((await grant(world.api.as(token), id)).status).toBe(404);
    expect((await a.owner('GET', `/api/requests/${id}`)).body.status).toBe('pending');
    const other = await ask(guest.caller, { group });
    expect((await grant(world.api.as(token), other)).status).toBe(403);
    expect(await membersOf(group)).not.toContain(guest.id);
  });

  it('nobody grants beyond their own rights, nor to themselves', async () => {
    const { a } = world.tenants;
    const guest = await newUser(a);
    const [elsewhere, own] = [await ask(guest.caller, { group: a.group }), await ask(lead.caller, { group: a.group })];
    expect([(await grant(lead.caller, elsewhere)).status, (await grant(lead.caller, own)).status, (await grant(guest.caller, elsewhere)).status, (await grant(a.member, elsewhere)).status]).toEqual([404, 403, 403, 403]);
    const asAdmin = await ask(a.owner, { group });
    expect((await grant(a.owner, asAdmin)).status).toBe(403);
    expect((await grant(lead.caller, asAdmin)).status).toBe(200);
  });

  it('a time is needed: in the future, within a year', async () => {
    const { a } = world.tenants;
    const id = await ask((await newUser(a)).caller, { group });
    const at = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
    expect([(await lead.caller('POST', `/api/requests/${id}/grant`, {})).status, (await grant(lead.caller, id, at(-1))).status, (await grant(lead.caller, id, at(400))).status]).toEqual([400, 400, 400]);
  });

  it('is asked for once at a time, withdrawn by who asked, refused with a note, decided once', async () => {
    const { a } = world.tenants;
    const guest = await newUser(a);
    const first = await ask(guest.caller, { group });
    expect((await guest.caller('POST', '/api/requests', { group })).status).toBe(409);
    expect([(await lead.caller('POST', `/api/requests/${first}/withdraw`)).status, (await a.member('POST', `/api/requests/${first}/withdraw`)).status]).toEqual([403, 404]);
    expect((await guest.caller('POST', `/api/requests/${first}/withdraw`)).body.status).toBe('withdrawn');
    const second = await ask(guest.caller, { group });
    expect((await lead.caller('POST', `/api/requests/${second}/refuse`, { note: 'ask your lead' })).body).toMatchObject({ status: 'refused', note: 'ask your lead' });
    expect([(await grant(lead.caller, second)).status, (await guest.caller('POST', `/api/requests/${second}/end`)).status]).toEqual([409, 409]);
    const actions = (await world.api.db.acrossOrgs().query<{ action: string }>(`SELECT action FROM identity.audit WHERE target_id = ANY($1) AND outcome = 'allowed' ORDER BY sequence`, [[first, second]])).map(({ action }) => action);
    expect(actions).toEqual(['request.create', 'request.withdraw', 'request.create', 'request.refuse']);
  });

  it('two who decide at once: one does', async () => {
    const { a } = world.tenants;
    const id = await ask((await newUser(a)).caller, { group });
    const answers = await Promise.all([grant(lead.caller, id), a.owner('POST', `/api/requests/${id}/refuse`, {}), grant(a.owner, id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('ends before its time by who decided it, but not a membership that was made one for good', async () => {
    const { a } = world.tenants;
    const [one, two] = [await newUser(a), await newUser(a)];
    const [first, second] = [await ask(one.caller, { group }), await ask(two.caller, { group })];
    for (const id of [first, second]) await grant(lead.caller, id);
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${group}/members/${two.id}`, {});
    for (const id of [first, second]) expect((await lead.caller('POST', `/api/requests/${id}/end`)).body.status).toBe('ended');
    const members = await membersOf(group);
    expect([members.includes(one.id), members.includes(two.id)]).toEqual([false, true]);
  });

  it('what one has, what is private and what one may not see cannot be asked for', async () => {
    const { a, b } = world.tenants;
    const guest = await newUser(a);
    const [own, open, foreignGroup] = [await storeFor(guest.caller, { type: 'user' }), await storeFor(a.owner, { type: 'org' }), await storeFor(a.owner, { type: 'group', id: group }, { allowedUsers: [lead.id] })];
    const statusOf = async (body: object): Promise<number> => (await guest.caller('POST', '/api/requests', body)).status;
    expect([await statusOf({ key: own }), await statusOf({ key: open }), await statusOf({ key: foreignGroup }), await statusOf({ key: b.key }), await statusOf({ group: b.group })]).toEqual([400, 409, 404, 404, 404]);
    expect([await statusOf({}), await statusOf({ group, key: open }), await statusOf({ group, role: 'admin' })]).toEqual([400, 400, 400]);
    expect((await a.member('POST', '/api/requests', { group: a.group })).status).toBe(409);
  });

  it('lists one’s own, and to who decides those that they may decide; another tenant’s are not there', async () => {
    const { a, b } = world.tenants;
    const guest = await newUser(a);
    const [here, there] = [await ask(guest.caller, { group }), await ask(guest.caller, { group: a.group })];
    const idsOf = async (caller: Caller, query: string): Promise<string[]> => ((await caller('GET', `/api/requests?limit=200&${query}`)).body.items as { id: string }[]).map(({ id }) => id);
    expect(await idsOf(guest.caller, 'of=me&status=pending')).toEqual([here, there]);
    expect(await idsOf(a.owner, 'of=deciding&status=pending')).toEqual(expect.arrayContaining([here, there]));
    const seen = await idsOf(lead.caller, 'of=deciding&status=pending');
    expect([seen.includes(here), seen.includes(there)]).toEqual([true, false]);
    expect([await idsOf(guest.caller, 'of=deciding'), await idsOf(b.owner, 'of=deciding')]).toEqual([[], []]);
    const answers = [await b.owner('GET', `/api/requests/${here}`), await grant(b.owner, here), await b.owner('POST', `/api/requests/${here}/refuse`, {}), await b.owner('POST', `/api/requests/${here}/end`), await b.owner('POST', `/api/requests/${here}/withdraw`), await a.member('GET', `/api/requests/${here}`)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  });
});
