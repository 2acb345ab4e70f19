import { PASSWORD } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('invites', () => {
  const world = worldOfTwoTenants();
  let number = 0;
  const invite = async (body: object = {}, caller = world.tenants.a.owner) => {
    const email = `guest${(number += 1)}@alpha.test`;
    return { email, ...(await caller('POST', `/api/orgs/${world.tenants.a.org}/invites`, { email, ...body })) };
  };
  const accept = (token: string, email: string, more: object = {}) => world.api.as()('POST', '/api/auth/invites/accept', { token, email, name: 'Guest', password: PASSWORD, ...more });

  it('let the one who was invited in, with their role and groups, once', async () => {
    const { a } = world.tenants;
    const { email, body: made } = await invite({ role: 'auditor', groups: [a.group] });
    expect(made).toMatchObject({ email, role: 'auditor', status: 'open', groups: [a.group], token: expect.stringMatching(/^byok_invite_[0-9a-f]{32}_[0-9A-Za-z]{49}$/) });
    expect(Date.parse(made.expiresAt) - Date.now()).toBeGreaterThan(6.9 * 24 * 3_600_000);
    const joined = await accept(made.token, ` ${email.toUpperCase()}`.trim());
    expect([joined.status, joined.body]).toEqual([201, expect.objectContaining({ email, role: 'auditor', orgId: a.org, isOperator: false })]);
    const me = (await (await world.api.signIn(email))('GET', '/api/me')).body;
    expect(me).toMatchObject({ roles: ['auditor'], groups: [{ id: a.group, role: 'member' }] });
    const [row] = await world.api.db.query<{ details: string }>(`SELECT details FROM identity.audit WHERE action = 'invite.accept' AND target_id = $1`, [joined.body.id]);
    expect(row!.details).toContain(made.id);
  });

  it('I08 show the text of the link once: not in the list, the database or the audit', async () => {
    const { a } = world.tenants;
    const { body: made } = await invite();
    const secret = made.token.slice(-49);
    expect((await a.owner('GET', `/api/orgs/${a.org}/invites?limit=200`)).text).not.toContain(secret);
    const rows = await world.api.db.query<{ row: string }>(`SELECT i::text AS row FROM identity.invite i UNION ALL SELECT a::text FROM identity.audit a`);
    expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
  });

  it('F23 are over once used: the second time is 410, of two at once one is in', async () => {
    const { email, body: made } = await invite();
    const both = await Promise.all([accept(made.token, email), accept(made.token, email)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 410]);
    expect((await accept(made.token, email)).body).toMatchObject({ status: 410, code: 'invite_ended' });
  });

  it('F23 are over when they expired, were revoked or replaced by another for the same address', async () => {
    const { a } = world.tenants;
    const [expired, revoked, replaced] = [await invite(), await invite(), await invite()];
    await world.api.db.query('UPDATE identity.invite SET expires_at = now() WHERE id = $1', [expired.body.id]);
    expect((await a.owner('DELETE', `/api/orgs/${a.org}/invites/${revoked.body.id}`)).status).toBe(204);
    const again = await a.owner('POST', `/api/orgs/${a.org}/invites`, { email: replaced.email });
    for (const { email, body } of [expired, revoked, replaced]) expect([email, (await accept(body.token, email)).status]).toEqual([email, 410]);
    expect((await accept(again.body.token, replaced.email)).status).toBe(201);
    const { items } = (await a.owner('GET', `/api/orgs/${a.org}/invites?limit=200`)).body as { items: { id: string; status: string }[] };
    expect([expired, revoked, replaced, again].map(({ body }) => items.find(({ id }) => id === body.id)?.status)).toEqual(['expired', 'revoked', 'revoked', 'accepted']);
  });

  it('F23 are for their address alone: another is 403 and uses nothing up', async () => {
    const { email, body: made } = await invite();
    const other = await accept(made.token, 'somebody.else@alpha.test');
    expect([other.status, other.text.includes(email)]).toEqual([403, false]);
    expect((await accept(made.token, email)).status).toBe(201);
  });

  it('are nothing to who does not hold the text', async () => {
    const { email, body: made } = await invite();
    for (const token of ['guess', made.token.replace('byok_invite_', 'byok_live_'), made.token.slice(0, -1) + (made.token.endsWith('0') ? '1' : '0')]) expect((await accept(token, email)).status).toBe(404);
  });

  it('F13 end with the right of who made them, and make nobody what their maker could not', async () => {
    const { a, b } = world.tenants;
    await a.owner('POST', `/api/orgs/${a.org}/users`, { email: 'admin@alpha.test', name: 'Admin', role: 'admin', password: PASSWORD });
    const admin = await world.api.signIn('admin@alpha.test');
    expect((await invite({ role: 'owner' }, admin)).status).toBe(403);
    expect((await invite({}, a.member)).status).toBe(403);
    expect((await invite({ groups: [b.group] })).status).toBe(404);
    const left = await invite({ role: 'admin' }, admin);
    const { userId } = (await admin('GET', '/api/me')).body;
    await a.owner('PATCH', `/api/orgs/${a.org}/users/${userId}`, { role: 'member' });
    expect((await accept(left.body.token, left.email)).status).toBe(410);
  });

  it('F19 do not merge with somebody who has the address already', async () => {
    const { a } = world.tenants;
    const made = (await a.owner('POST', `/api/orgs/${a.org}/invites`, { email: 'member@beta.test' })).body;
    expect((await accept(made.token, 'Member@Beta.test')).status).toBe(409);
    expect((await world.api.signIn('member@beta.test')) && (await world.tenants.b.member('GET', '/api/me')).body.orgId).toBe(world.tenants.b.org);
  });

  it('A03 of another org are not there', async () => {
    const { a, b } = world.tenants;
    const { body: made } = await invite();
    expect((await b.owner('DELETE', `/api/orgs/${b.org}/invites/${made.id}`)).status).toBe(404);
    expect((await b.owner('GET', `/api/orgs/${a.org}/invites`)).status).toBe(404);
    expect((await b.owner('GET', `/api/orgs/${b.org}/invites`)).body.items).toEqual([]);
  });
});
