import { PASSWORD, type Caller } from '../spec/test-api.js';
import { worldOfTwoTenants, type Tenant } from '../spec/two-tenants.js';

const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

describe('governance of keys', () => {
  const world = worldOfTwoTenants();
  let number = 0;

  const vault = () => world.api.neighbours.vault;
  const storeFor = async (caller: Caller, owner: object, over = {}): Promise<string> => (await caller('POST', '/api/keys', { owner, provider: 'openai', apiKey: `sk-governed-key-no-${number++}`, ...over })).body.id as string;
  const newUser = async ({ owner, org }: Tenant, name: string, role = 'member'): Promise<{ id: string; caller: Caller }> => {
    const email = `${name}-${number++}@alpha.test`;
    const { id } = (await owner('POST', `/api/orgs/${org}/users`, { email, name, role, password: PASSWORD })).body;
    return { id, caller: await world.api.signIn(email) };
  };

  describe('the blast radius of a key', () => {
    it('names members, tokens, groups, models and calls of 30 days, and what runs now', async () => {
      const { a } = world.tenants;
      vault().uses.set(a.key, { keyId: a.key, seal: null, grants: [], runningCalls: 3, openStreams: 2, toldAt: '2026-01-01T00:00:00.000Z' });
      const { status, body } = await a.owner('GET', `/api/keys/${a.key}/blast-radius`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        key: { id: a.key, owner: { type: 'group', id: a.group }, status: 'active' },
        seal: null,
        groups: [{ id: a.group, name: 'team' }],
        members: [{ id: a.memberId, name: 'Member', until: null }],
        tokens: [{ id: a.token, userId: null, groupId: a.group }],
        usage: { requests: 7, models: [{ model: 'a model', requests: 7 }], users: [{ user: 'a user', requests: 7 }] },
        running: { calls: 3, streams: 2, at: '2026-01-01T00:00:00.000Z' },
        hasMore: false,
      });
      const asked = world.api.neighbours.billing.asked.at(-1)!;
      expect(asked).toMatchObject({ orgId: a.org, filters: { key: a.key } });
      expect(Date.parse(asked.to) - Date.parse(asked.from)).toBe(30 * DAY_MS);
    });

    it('counts an allow-list, grants, and tokens that cannot reach the key', async () => {
      const { a } = world.tenants;
      const [one, two] = [await newUser(a, 'One'), await newUser(a, 'Two')];
      const key = await storeFor(a.owner, { type: 'org' }, { allowedUsers: [one.id] });
      vault().uses.set(key, { keyId: key, seal: null, grants: [{ userId: two.id, until: '2030-01-01T00:00:00.000Z' }], runningCalls: 0, openStreams: 0, toldAt: '' });
      const mine = (await one.caller('POST', '/api/tokens', { name: 'mine' })).body.id as string;
      await one.caller('POST', '/api/tokens', { name: 'elsewhere', allowedProviders: ['anthropic'] });
      await a.owner('POST', '/api/tokens', { name: 'a service of the org', user: null });
      const { body } = await a.owner('GET', `/api/keys/${key}/blast-radius`);
      expect(body.members).toMatchObject([{ id: one.id, until: null }, { id: two.id, until: '2030-01-01T00:00:00.000Z' }]);
      expect(body.tokens).toMatchObject([{ id: mine, userId: one.id }]);
      expect([body.groups, body.running]).toEqual([[], null]);
    });

    it('is for who manages the key or watches over the org, not for everybody who uses it', async () => {
      const { a, b } = world.tenants;
      const auditor = await newUser(a, 'Auditor', 'auditor');
      expect((await auditor.caller('GET', `/api/keys/${a.key}/blast-radius`)).status).toBe(200);
      expect([(await a.member('GET', `/api/keys/${a.key}/blast-radius`)).status, (await b.owner('GET', `/api/keys/${a.key}/blast-radius`)).status]).toEqual([403, 404]);
    });
  });

  describe('a seal', () => {
    it('needs a reason, goes to the vault with it, and comes off again', async () => {
      const { a, b } = world.tenants;
      const path = `/api/keys/${a.key}/seal`;
      expect([(await a.owner('POST', path, {})).status, (await a.owner('POST', path, { reason: '' })).status, (await a.owner('POST', path, { reason: 'x', status: 'active' })).status]).toEqual([400, 400, 400]);
      expect([(await a.member('POST', path, { reason: 'x' })).status, (await b.owner('POST', path, { reason: 'x' })).status]).toEqual([403, 404]);
      expect((await a.owner('POST', path, { reason: 'leaked', cutStreams: true })).body).toMatchObject({ status: 'disabled', statusReason: 'Sealed: leaked' });
      expect((await a.owner('GET', `/api/keys/${a.key}/blast-radius`)).body.seal).toMatchObject({ reason: 'leaked', cutStreams: true });
      expect((await a.owner('POST', `/api/keys/${a.key}/unseal`, {})).body).toMatchObject({ status: 'active', statusReason: null });
      expect((await a.owner('POST', `/api/keys/${a.key}/unseal`, {})).status).toBe(409);
    });
  });

  describe('a transfer', () => {
    it('asks for the right to give away and to take', async () => {
      const { a, b } = world.tenants;
      const other = (await a.owner('POST', `/api/orgs/${a.org}/groups`, { name: 'other' })).body.id as string;
      const mine = await storeFor(a.member, { type: 'user' });
      const give = (caller: Caller, key: string, owner: object) => caller('POST', `/api/keys/${key}/transfer`, { owner });
      expect([(await give(a.member, a.key, { type: 'user' })).status, (await give(a.member, mine, { type: 'group', id: a.group })).status, (await give(a.member, mine, { type: 'org' })).status]).toEqual([403, 403, 403]);
      expect([(await give(a.owner, a.key, { type: 'group', id: b.group })).status, (await give(b.owner, a.key, { type: 'org' })).status, (await give(a.owner, a.key, { type: 'platform' })).status]).toEqual([404, 404, 403]);
      expect((await give(a.owner, a.key, { type: 'group', id: other })).body).toMatchObject({ owner: { type: 'group', id: other }, version: 2 });
      expect((await give(a.owner, a.key, { type: 'group', id: a.group })).body).toMatchObject({ owner: { id: a.group } });
    });

    it('A06 lets the admin of one group take nothing from and bring nothing to another', async () => {
      const { a } = world.tenants;
      const lead = await newUser(a, 'Lead');
      const [own, foreign] = [(await a.owner('POST', `/api/orgs/${a.org}/groups`, { name: 'own' })).body.id as string, (await a.owner('POST', `/api/orgs/${a.org}/groups`, { name: 'foreign' })).body.id as string];
      await a.owner('PUT', `/api/orgs/${a.org}/groups/${own}/members/${lead.id}`, { role: 'admin' });
      const [here, there] = [await storeFor(lead.caller, { type: 'group', id: own }), await storeFor(a.owner, { type: 'group', id: foreign })];
      const answers = [
        await lead.caller('POST', `/api/keys/${here}/transfer`, { owner: { type: 'group', id: foreign } }),
        await lead.caller('POST', `/api/keys/${there}/transfer`, { owner: { type: 'group', id: own } }),
        await lead.caller('POST', `/api/keys/${there}/seal`, { reason: 'x' }),
        await lead.caller('POST', '/api/keys', { owner: { type: 'group', id: foreign }, provider: 'openai', apiKey: 'sk-not-for-this-group-01' }),
        await lead.caller('PUT', `/api/orgs/${a.org}/groups/${foreign}/members/${lead.id}`, { role: 'admin' }),
        await a.member('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${lead.id}`, {}),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 404, 404, 403, 403, 403]);
      const denied = await world.api.db.query<{ count: string }>(`SELECT count(*) FROM identity.audit WHERE org_id = $1 AND action = 'authz.denied' AND actor_id = ANY($2)`, [a.org, [lead.id, a.memberId]]);
      expect(Number(denied[0]!.count)).toBeGreaterThanOrEqual(answers.length);
    });
  });

  describe('reports', () => {
    it('tell which keys nobody calls with, the longest unused first, and what to do', async () => {
      const { a, b } = world.tenants;
      const [never, old, fresh] = [await storeFor(a.owner, { type: 'org' }, { label: 'never' }), await storeFor(a.owner, { type: 'org' }, { label: '=old' }), await storeFor(a.owner, { type: 'org' })];
      Object.assign(vault().keys.get(never)!, { createdAt: daysAgo(100) });
      Object.assign(vault().keys.get(old)!, { createdAt: daysAgo(400), lastUsedAt: daysAgo(200) });
      Object.assign(vault().keys.get(fresh)!, { createdAt: daysAgo(400), lastUsedAt: daysAgo(80) });
      const path = `/api/orgs/${a.org}/reports/stale-keys`;
      const { body } = await a.owner('GET', path);
      expect(body.items).toMatchObject([
        { keyId: old, idleDays: 200, lastUsedAt: expect.any(String) as string, todo: expect.stringContaining('seal') as string },
        { keyId: never, idleDays: 100, lastUsedAt: null, todo: expect.stringContaining('Nobody ever') as string },
      ]);
      expect((await a.owner('GET', `${path}?days=70`)).body.items).toHaveLength(3);
      const csv = await a.owner('GET', `${path}.csv`);
      expect(csv.headers['content-type']).toContain('text/csv');
      expect(csv.text.split('\r\n')[1]).toContain(`${old},'=old,openai,org`);
      expect([(await a.member('GET', path)).status, (await b.owner('GET', path)).status, (await world.tenants.operator('GET', path)).status, (await a.owner('GET', `${path}?days=0`)).status]).toEqual([403, 404, 403, 400]);
      expect((await b.owner('GET', `/api/orgs/${b.org}/reports/stale-keys?days=1`)).body.items).toEqual([]);
    });

    it('tell what leavers left behind, and which groups nobody leads', async () => {
      const { a, b } = world.tenants;
      const leaver = await newUser(a, 'Leaver', 'admin');
      const group = (await leaver.caller('POST', `/api/orgs/${a.org}/groups`, { name: 'headless' })).body.id as string;
      await leaver.caller('PUT', `/api/orgs/${a.org}/groups/${group}/members/${leaver.id}`, { role: 'admin' });
      const [own, made] = [await storeFor(leaver.caller, { type: 'user' }), await storeFor(leaver.caller, { type: 'group', id: group })];
      const [personal, service] = [(await leaver.caller('POST', '/api/tokens', { name: 'personal' })).body.id as string, (await leaver.caller('POST', '/api/tokens', { name: 'service', group, user: null })).body.id as string];
      const path = `/api/orgs/${a.org}/reports/leavers`;
      const aboutLeaver = async () => ((await a.owner('GET', path)).body.items as { kind: string; id: string; userId: string | null }[]).filter(({ id }) => [own, made, personal, service, group].includes(id));
      expect(await aboutLeaver()).toEqual([]);
      await a.owner('PATCH', `/api/orgs/${a.org}/users/${leaver.id}`, { status: 'disabled' });
      expect((await aboutLeaver()).map(({ kind, id, userId }) => [kind, id, userId])).toEqual([
        ['key-owned', own, leaver.id],
        ['key-created', made, leaver.id],
        ['token', personal, leaver.id],
        ['service-token', service, leaver.id],
        ['group-without-admin', group, null],
      ]);
      expect((await a.owner('GET', `${path}.csv`)).text).toContain(`key-owned,${leaver.id},Leaver,disabled,${own}`);
      expect([(await a.member('GET', path)).status, (await b.owner('GET', path)).status]).toEqual([403, 404]);
      expect((await b.owner('GET', `/api/orgs/${b.org}/reports/leavers`)).body.items).toMatchObject([{ kind: 'group-without-admin', id: b.group }]);
      await a.owner('DELETE', `/api/orgs/${a.org}/users/${leaver.id}`);
      expect((await aboutLeaver()).map(({ kind }) => kind)).toEqual(['key-owned', 'key-created', 'service-token', 'group-without-admin']);
    });
  });
});
