import { newId } from '@byok/kernel';
import { PASSWORD, type Caller } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

const world = worldOfTwoTenants();
let groupAdmin: Caller;
let billingPerson: Caller;

beforeAll(async () => {
  const { a } = world.tenants;
  const { id } = (await a.owner('POST', `/api/orgs/${a.org}/users`, { email: 'lead@alpha.test', name: 'Lead', password: PASSWORD })).body as { id: string };
  await a.owner('PUT', `/api/orgs/${a.org}/groups/${a.group}/members/${id}`, { role: 'admin' });
  await a.owner('POST', `/api/orgs/${a.org}/users`, { email: 'money@alpha.test', name: 'Money', role: 'billing', password: PASSWORD });
  [groupAdmin, billingPerson] = [await world.api.signIn('lead@alpha.test'), await world.api.signIn('money@alpha.test')];
});
afterEach(() => {
  world.api.neighbours.billing.beforeChange = async () => undefined;
});

const BUDGET = { name: 'Monthly', amountUsd: '10.00', period: 'month', timeZone: 'Europe/Berlin' };
const create = async (caller: Caller, more: object = {}) => (await caller('POST', '/api/budgets', { ...BUDGET, ...more })).body;
const known = async (id: string) => (await world.api.db.query<{ includes_own_keys: boolean }>('SELECT includes_own_keys FROM identity.hard_budget WHERE budget_id = $1', [id]))[0]?.includes_own_keys;

describe('a budget', () => {
  it('is made with defaults, shows what is left, is changed, and is audited', async () => {
    const { a } = world.tenants;
    const made = await create(a.owner);
    expect(made).toMatchObject({ scope: 'org', scopeId: a.org, hard: false, thresholds: [50, 80, 100], spentUsd: '1.00', heldUsd: '0.50', remainingUsd: '8.50', status: 'active', resetsAt: '2026-12-01T00:00:00.000Z' });
    expect((await a.owner('PATCH', `/api/budgets/${made.id}`, { amountUsd: '20', thresholds: [90, 90, 10] })).body).toMatchObject({ amountUsd: '20', thresholds: [10, 90], name: 'Monthly' });
    expect((await a.owner('DELETE', `/api/budgets/${made.id}`)).status).toBe(204);
    expect((await a.owner('GET', `/api/budgets/${made.id}`)).status).toBe(404);
    const actions = await world.api.db.query<{ action: string }>(`SELECT action FROM identity.audit WHERE target_id = $1 AND action LIKE 'budget.%'`, [made.id]);
    expect(actions.map((each) => each.action)).toEqual(['budget.create', 'budget.update', 'budget.delete']);
  });

  it.each([
    [{ amountUsd: '-1' }],
    [{ amountUsd: 12 }],
    [{ timeZone: 'Mars/Olympus' }],
    [{ period: 'year' }],
    [{ thresholds: [0] }],
    [{ scope: 'group' }],
    [{ scope: 'org', scopeId: 'x' }],
    [{ scope: 'tag', scopeId: 'no value' }],
    [{ rollover: true }],
  ])('is refused as %j', async (bad) => {
    expect((await world.tenants.a.owner('POST', '/api/budgets', { ...BUDGET, ...bad })).status).toBe(400);
  });

  it('is never for another tenant’s group, user, token or key, nor seen or changed by another tenant', async () => {
    const { a, b } = world.tenants;
    for (const [scope, scopeId] of [['group', b.group], ['user', b.memberId], ['token', b.token], ['key', b.key], ['group', newId('group')]]) {
      expect([scope, (await a.owner('POST', '/api/budgets', { ...BUDGET, scope, scopeId })).status]).toEqual([scope, 404]);
    }
    const theirs = await create(b.owner, { hard: true });
    for (const [method, body] of [['GET', undefined], ['PATCH', { amountUsd: '0' }], ['DELETE', undefined]] as const) {
      expect((await a.owner(method, `/api/budgets/${theirs.id}`, body)).status).toBe(404);
    }
    expect((await a.owner('GET', '/api/budgets')).text).not.toContain(theirs.id);
    expect(await known(theirs.id)).toBe(false);
    expect((await b.owner('GET', `/api/budgets/${theirs.id}`)).body.amountUsd).toBe('10.00');
  });

  it('is for owner, admin and billing to make, and for a group’s admin in that group, who cannot lift what the org laid upon it', async () => {
    const { a } = world.tenants;
    const forGroup = { scope: 'group', scopeId: a.group };
    expect((await a.member('POST', '/api/budgets', { ...BUDGET, ...forGroup })).status).toBe(403);
    expect((await groupAdmin('POST', '/api/budgets', BUDGET)).status).toBe(403);
    const own = await create(groupAdmin, forGroup);
    expect((await groupAdmin('PATCH', `/api/budgets/${own.id}`, { amountUsd: '5' })).status).toBe(200);
    const laidUpon = await create(billingPerson, forGroup);
    expect((await groupAdmin('GET', `/api/budgets/${laidUpon.id}`)).status).toBe(200);
    expect((await groupAdmin('PATCH', `/api/budgets/${laidUpon.id}`, { amountUsd: '5000' })).status).toBe(403);
    expect((await groupAdmin('DELETE', `/api/budgets/${laidUpon.id}`)).status).toBe(403);
    expect((await billingPerson('DELETE', `/api/budgets/${own.id}`)).status).toBe(204);
  });

  it('is listed for members when it is theirs or their group’s', async () => {
    const { a } = world.tenants;
    const [ofOrg, ofGroup, ofMember] = [await create(a.owner), await create(a.owner, { scope: 'group', scopeId: a.group }), await create(a.owner, { scope: 'user', scopeId: a.memberId })];
    const listed = ((await a.member('GET', '/api/budgets')).body.items as { id: string }[]).map((each) => each.id);
    expect([ofOrg, ofGroup, ofMember].map((each) => listed.includes(each.id))).toEqual([false, true, true]);
    expect((await a.member('GET', `/api/budgets/${ofOrg.id}`)).status).toBe(403);
  });
});

describe('a hard budget', () => {
  it('G18 is known to the gateways before it is in force and until it is not', async () => {
    const { a } = world.tenants;
    const seen: unknown[] = [];
    const watch = (id: () => string) => {
      world.api.neighbours.billing.beforeChange = async () => void seen.push(await known(id()));
    };
    let id = '';
    watch(() => id);
    world.api.neighbours.billing.beforeChange = async () => void seen.push((await world.api.db.query('SELECT 1 FROM identity.hard_budget WHERE org_id = $1', [a.org])).length);
    id = (await create(a.owner, { hard: true })).id as string;
    expect(seen).toEqual([1]);
    watch(() => id);
    const change = async (body: object) => {
      seen.length = 0;
      await a.owner('PATCH', `/api/budgets/${id}`, body);
      return [seen[0], await known(id)];
    };
    // What the gateways knew when the budget changed, and afterwards; undefined: nothing.
    expect(await change({ includesOwnKeys: true })).toEqual([true, true]);
    expect(await change({ includesOwnKeys: false })).toEqual([true, false]);
    expect(await change({ shadow: true })).toEqual([false, undefined]);
    expect(await change({ amountUsd: '1' })).toEqual([undefined, undefined]);
    expect(await change({ shadow: false })).toEqual([false, false]);
    expect(await change({ status: 'paused' })).toEqual([false, undefined]);
    expect(await change({ status: 'active' })).toEqual([false, false]);
    expect(await change({ hard: false })).toEqual([false, undefined]);
    await change({ hard: true });
    seen.length = 0;
    await a.owner('DELETE', `/api/budgets/${id}`);
    expect([seen[0], await known(id)]).toEqual([false, undefined]);
  });

  it('leaves the gateways nothing to ask for when it could not be made', async () => {
    const { a } = world.tenants;
    const count = async () => (await world.api.db.query<{ count: string }>('SELECT count(*) FROM identity.hard_budget WHERE org_id = $1', [a.org]))[0]!.count;
    const before = await count();
    world.api.neighbours.billing.beforeChange = () => Promise.reject(new Error('usage-billing fell over'));
    expect((await a.owner('POST', '/api/budgets', { ...BUDGET, hard: true })).status).toBe(500);
    expect(await count()).toBe(before);
  });

  it('ends as one of two changes at the same moment says, with the gateways knowing the same', async () => {
    const { a } = world.tenants;
    const { id } = await create(a.owner, { hard: true });
    for (let round = 0; round < 5; round++) {
      await Promise.all([true, false, true, false].map((hard) => a.owner('PATCH', `/api/budgets/${id}`, { hard })));
      const { hard } = (await a.owner('GET', `/api/budgets/${id}`)).body as { hard: boolean };
      expect((await known(id)) !== undefined).toBe(hard);
    }
  });
});

describe('alerts and webhooks', () => {
  it('are seen and changed by their own org only', async () => {
    const { a, b } = world.tenants;
    const alert = { id: newId('alert'), orgId: b.org, kind: 'key_failing', subject: 'key_1', text: 'x', factsJson: '{}', createdAt: new Date().toISOString(), acknowledgedAt: '', acknowledgedBy: '', deliveries: [] };
    world.api.neighbours.billing.alerts.push(alert);
    const webhook = (await b.owner('POST', '/api/webhooks', { name: 'ops', url: 'https://hooks.example.com/T0/very-secret' })).body;
    expect(webhook).toMatchObject({ secret: 'whsec_of-the-spec', host: 'hooks.example.com', kinds: [] });
    expect((await a.owner('POST', `/api/alerts/${alert.id}/acknowledge`)).status).toBe(404);
    expect((await a.owner('POST', `/api/webhooks/${webhook.id}/test`)).status).toBe(404);
    expect((await a.owner('DELETE', `/api/webhooks/${webhook.id}`)).status).toBe(404);
    expect((await a.owner('GET', '/api/alerts')).body.items).toEqual([]);
    expect((await a.owner('GET', '/api/webhooks')).body.items).toEqual([]);
    expect((await b.owner('GET', '/api/webhooks')).text).not.toMatch(/very-secret|whsec_/);
    expect((await b.owner('POST', `/api/webhooks/${webhook.id}/test`)).body).toEqual({ delivered: false, problem: 'The receiver answered 500.' });
    expect((await b.owner('POST', `/api/alerts/${alert.id}/acknowledge`)).body).toMatchObject({ id: alert.id, deliveries: [] });
    expect(JSON.stringify(await world.api.db.query(`SELECT details FROM identity.audit WHERE action = 'webhook.create'`))).not.toContain('very-secret');
  });

  it('are nothing for members to change, and for billing people to read and settle', async () => {
    const { a } = world.tenants;
    expect((await a.member('GET', '/api/alerts')).status).toBe(403);
    expect((await a.member('POST', '/api/webhooks', { name: 'x', url: 'https://example.com' })).status).toBe(403);
    expect((await billingPerson('POST', '/api/webhooks', { name: 'x', url: 'https://example.com' })).status).toBe(403);
    expect((await billingPerson('PUT', '/api/alerts/settings', { mailTo: ['money@alpha.test'], lowBalanceUsd: '5.00' })).body).toEqual({ mailTo: ['money@alpha.test'], lowBalanceUsd: '5.00' });
    expect((await billingPerson('GET', '/api/alerts/settings')).body).toEqual({ mailTo: ['money@alpha.test'], lowBalanceUsd: '5.00' });
  });

  it('go to people of the org only', async () => {
    const { a } = world.tenants;
    for (const stranger of ['owner@beta.test', 'anybody@example.com']) {
      expect((await a.owner('PUT', '/api/alerts/settings', { mailTo: [stranger], lowBalanceUsd: null })).status).toBe(400);
    }
  });

  it('stop for whoever leaves or is disabled, at once', async () => {
    const { a } = world.tenants;
    const leaver = async (email: string) => (await a.owner('POST', `/api/orgs/${a.org}/users`, { email, name: 'Leaver', password: PASSWORD })).body.id as string;
    const [gone, disabled] = [await leaver('gone@alpha.test'), await leaver('disabled@alpha.test')];
    await a.owner('PUT', '/api/alerts/settings', { mailTo: ['gone@alpha.test', 'owner@alpha.test', 'disabled@alpha.test'], lowBalanceUsd: '5.00' });
    await a.owner('DELETE', `/api/orgs/${a.org}/users/${gone}`);
    await a.owner('PATCH', `/api/orgs/${a.org}/users/${disabled}`, { status: 'disabled' });
    expect((await a.owner('GET', '/api/alerts/settings')).body).toEqual({ mailTo: ['owner@alpha.test'], lowBalanceUsd: '5.00' });
  });

  it('are tested thirty times an hour at most', async () => {
    const { a } = world.tenants;
    const { id } = (await a.owner('POST', '/api/webhooks', { name: 'ops', url: 'https://hooks.example.com/' })).body;
    const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await a.owner('POST', `/api/webhooks/${id}/test`)).status));
    expect([statuses.filter((status) => status === 200).length <= 30, statuses.includes(429)]).toEqual([true, true]);
  });
});
