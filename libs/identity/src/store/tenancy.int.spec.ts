import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { TestDatabase } from '@byok/testing';
import { findDirectoryGroups, findDirectoryUsers, setExternalId } from './directory.store.js';
import { createGroup, deleteGroup, findGroupByName, getGroup, listGroups, updateGroup } from './groups.store.js';
import { createInvite, listInvites, revokeInvite } from './invites.store.js';
import type { Invite } from './invites.store.js';
import { listGroupsOfUser, listMembers, putMember, removeMember } from './members.store.js';
import { listSessions, revokeSession, revokeSessionsOfUser } from './sessions.store.js';
import { changeSettings, getSettings } from './settings.store.js';
import { createToken, endOverlap, getToken, listTokens, revokeToken, rotateToken } from './tokens.store.js';
import { seedOrg } from './two-orgs.builder.js';
import type { Seeded } from './two-orgs.builder.js';
import { deleteUser, findUserByEmail, getUser, listUsers, setPassword, updateUser } from './users.store.js';

let test: TestDatabase;
let db: Database;
let ours: Seeded;
let theirs: Seeded;
let theirInvite: Invite;
const clock = { now: () => Date.now() };

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('admin'), applicationName: 'identity-test', log: createLog('test', 'silent'), scope: EVERY_ORG });
  ours = await seedOrg(db, 'ours');
  theirs = await seedOrg(db, 'theirs');
  theirInvite = (await inTransaction((tx) => createInvite(tx, theirs.org.id, { email: 'guest@theirs.test', role: 'member', groups: [], createdBy: theirs.owner.id }, clock))).invite;
});
afterAll(async () => {
  await db.close();
  await test.close();
});

const inTransaction = <R>(work: Parameters<typeof db.transaction<R>>[0]) => db.transaction(work);
const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA';

/** All that is stored of an org, to see that nothing changed. */
async function everythingOf(seeded: Seeded): Promise<unknown> {
  const tables = ['app_user', 'app_group', 'membership', 'token', 'session', 'invite'];
  const rows = await Promise.all(tables.map((table) => db.query(`SELECT * FROM identity.${table} WHERE org_id = $1 ORDER BY 1, 2, 3`, [seeded.org.id])));
  return [rows, await db.query('SELECT * FROM identity.org WHERE id = $1', [seeded.org.id])];
}

describe("A01 another org's ids", () => {
  const refused: Record<string, () => Promise<unknown>> = {
    getUser: () => getUser(db, ours.org.id, theirs.user.id),
    updateUser: () => inTransaction((tx) => updateUser(tx, ours.org.id, theirs.user.id, { role: 'owner' })),
    setPassword: () => inTransaction((tx) => setPassword(tx, ours.org.id, theirs.user.id, HASH)),
    deleteUser: () => inTransaction((tx) => deleteUser(tx, ours.org.id, theirs.user.id)),
    getGroup: () => getGroup(db, ours.org.id, theirs.group.id),
    updateGroup: () => inTransaction((tx) => updateGroup(tx, ours.org.id, theirs.group.id, { name: 'mine' })),
    deleteGroup: () => inTransaction((tx) => deleteGroup(tx, ours.org.id, theirs.group.id)),
    'putMember with their group': () => inTransaction((tx) => putMember(tx, ours.org.id, theirs.group.id, ours.user.id)),
    'putMember with their user': () => inTransaction((tx) => putMember(tx, ours.org.id, ours.group.id, theirs.user.id)),
    'putMember with both': () => inTransaction((tx) => putMember(tx, ours.org.id, theirs.group.id, theirs.user.id, 'admin')),
    removeMember: () => inTransaction((tx) => removeMember(tx, ours.org.id, theirs.group.id, theirs.user.id)),
    getToken: () => getToken(db, ours.org.id, theirs.token.id),
    'createToken for their user': () => inTransaction((tx) => createToken(tx, ours.org.id, { name: 'x', userId: theirs.user.id, createdBy: null })),
    'createToken for their group': () => inTransaction((tx) => createToken(tx, ours.org.id, { name: 'x', groupId: theirs.group.id, createdBy: null })),
    rotateToken: () => inTransaction((tx) => rotateToken(tx, ours.org.id, theirs.token.id)),
    revokeToken: () => inTransaction((tx) => revokeToken(tx, ours.org.id, theirs.token.id)),
    'getSettings of their group': () => getSettings(db, ours.org.id, { group: theirs.group.id }),
    'getSettings of their user': () => getSettings(db, ours.org.id, { user: theirs.user.id }),
    'changeSettings of their group': () => inTransaction((tx) => changeSettings(tx, ours.org.id, { group: theirs.group.id }, { tags: { project: 'x' } })),
    'changeSettings of their user': () => inTransaction((tx) => changeSettings(tx, ours.org.id, { user: theirs.user.id }, { tags: { project: 'x' } })),
    'setExternalId of their user': () => inTransaction((tx) => setExternalId(tx, ours.org.id, { user: theirs.user.id }, 'mine')),
    'setExternalId of their group': () => inTransaction((tx) => setExternalId(tx, ours.org.id, { group: theirs.group.id }, 'mine')),
    revokeInvite: () => inTransaction((tx) => revokeInvite(tx, ours.org.id, theirInvite.id)),
    revokeSession: () => inTransaction((tx) => revokeSession(tx, ours.org.id, theirs.session.id)),
  };

  it.each(Object.keys(refused))('are not found by %s, and nothing of theirs changes', async (name) => {
    const before = await everythingOf(theirs);
    await expect(refused[name]!()).rejects.toMatchObject({ code: 'not_found' });
    expect(await everythingOf(theirs)).toEqual(before);
  });

  it('lead to empty lists and to no change', async () => {
    const before = await everythingOf(theirs);
    expect(await listSessions(db, ours.org.id, theirs.user.id, clock)).toEqual([]);
    expect((await listMembers(db, ours.org.id, theirs.group.id)).items).toEqual([]);
    expect(await listGroupsOfUser(db, ours.org.id, theirs.user.id)).toEqual([]);
    expect((await listTokens(db, ours.org.id, { userId: theirs.user.id })).items).toEqual([]);
    expect((await listTokens(db, ours.org.id, { groupId: theirs.group.id })).items).toEqual([]);
    expect(await findUserByEmail(db, ours.org.id, theirs.user.email)).toBeUndefined();
    expect(await findDirectoryUsers(db, ours.org.id, { id: theirs.user.id })).toEqual({ items: [], total: 0 });
    expect(await findDirectoryUsers(db, ours.org.id, { name: theirs.user.email })).toEqual({ items: [], total: 0 });
    expect(await findDirectoryGroups(db, ours.org.id, { id: theirs.group.id })).toEqual({ items: [], total: 0 });
    expect((await listInvites(db, ours.org.id)).items).toEqual([]);
    await inTransaction((tx) => endOverlap(tx, ours.org.id, theirs.token.id));
    await inTransaction((tx) => revokeSessionsOfUser(tx, ours.org.id, theirs.user.id));
    expect(await everythingOf(theirs)).toEqual(before);
  });
});

describe('lists', () => {
  it('show what is of the org and nothing else', async () => {
    const shown = [await listUsers(db, ours.org.id), await listGroups(db, ours.org.id), await listTokens(db, ours.org.id), await listMembers(db, ours.org.id, ours.group.id)];
    expect(shown.map((page) => page.items.length)).toEqual([2, 1, 1, 1]);
    for (const page of shown) for (const item of page.items) expect(item.orgId).toBe(ours.org.id);
    expect((await findGroupByName(db, theirs.org.id, 'research'))?.id).toBe(theirs.group.id);
  });

  it('A12 go page by page without a gap, and a foreign cursor opens nothing', async () => {
    const first = await listUsers(db, ours.org.id, { limit: 1 });
    const second = await listUsers(db, ours.org.id, { limit: 1, after: first.next ?? undefined });
    expect([...first.items, ...second.items].map((user) => user.id)).toEqual([ours.owner.id, ours.user.id]);
    expect(second.next).toBeNull();
    const strange = await listUsers(db, ours.org.id, { after: theirs.owner.id });
    expect(strange.items.filter((user) => user.orgId !== ours.org.id)).toEqual([]);
  });
});

describe('settings', () => {
  it('change part by part, and a part that is undefined is taken away', async () => {
    const change = (parts: Parameters<typeof changeSettings>[3]) => inTransaction((tx) => changeSettings(tx, ours.org.id, { group: ours.group.id }, parts));
    await change({ routing: { order: 'cheapest' }, tags: { project: 'apollo' } });
    expect(await change({ routing: { allowedModels: ['gpt-*'] } })).toEqual({ routing: { allowedModels: ['gpt-*'] }, tags: { project: 'apollo' } });
    expect(await change({ tags: undefined })).toEqual({ routing: { allowedModels: ['gpt-*'] } });
    expect(await getSettings(db, ours.org.id, { group: ours.group.id })).toEqual({ routing: { allowedModels: ['gpt-*'] } });
    expect(await getSettings(db, ours.org.id, 'org')).toEqual({});
  });
});

describe('the database itself', () => {
  it('refuses a membership that joins a user and a group of two orgs', async () => {
    const insert = 'INSERT INTO identity.membership (org_id, group_id, user_id, role) VALUES ($1, $2, $3, $4)';
    await expect(db.query(insert, [ours.org.id, ours.group.id, theirs.user.id, 'member'])).rejects.toThrow(/foreign key/);
    await expect(db.query(insert, [theirs.org.id, ours.group.id, theirs.user.id, 'member'])).rejects.toThrow(/foreign key/);
  });

  it("refuses a token that names another org's user, and a role that does not exist", async () => {
    await expect(db.query('UPDATE identity.token SET user_id = $1 WHERE id = $2', [theirs.user.id, ours.token.id])).rejects.toThrow(/foreign key/);
    await expect(db.query(`UPDATE identity.app_user SET role = 'root' WHERE id = $1`, [ours.user.id])).rejects.toThrow(/check constraint/);
  });

  it('never gives the same name to two groups of one org, but to two of two orgs', async () => {
    await expect(inTransaction((tx) => createGroup(tx, ours.org.id, { name: 'RESEARCH' }))).rejects.toMatchObject({ code: 'conflict' });
  });
});
