import { createLog, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { TestDatabase } from '@byok/testing';
import { principalOfSession, principalOfToken } from '../principal-of.js';
import { isRefusal } from '../principal-row.js';
import type { Principal } from '../types.js';
import { findDirectoryGroups, findDirectoryUsers } from './directory.store.js';
import { createGroup } from './groups.store.js';
import { listGroupsOfUser, listMembers, putMember, putMemberUntil } from './members.store.js';
import { createToken } from './tokens.store.js';
import { seedOrg, type Seeded } from './two-orgs.builder.js';

const HOUR_MS = 3_600_000;
let test: TestDatabase;
let db: Database;
let a: Seeded;
let b: Seeded;

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('admin'), applicationName: 'spec', log: createLog('spec', 'fatal'), scope: '*' });
  [a, b] = [await seedOrg(db, 'a'), await seedOrg(db, 'b')];
});
afterAll(async () => {
  await db.close();
  await test.close();
});

const at = (now: number) => ({ now: () => now });
const principalAt = async (now: number): Promise<Principal> => (await principalOfSession(db, a.session.id, at(now))) as Principal;

describe('a membership for a while', () => {
  it('A07 is none from its end on: in the principal at once, and in every list', async () => {
    const group = await db.transaction((tx) => createGroup(tx, a.org.id, { name: 'Guests' }));
    const until = Date.now() + HOUR_MS;
    const member = await db.transaction((tx) => putMemberUntil(tx, a.org.id, group.id, a.user.id, new Date(until)));
    expect(member).toMatchObject({ role: 'member', expiresAt: new Date(until) });
    const before = await principalAt(until - 1);
    expect(before.groups.map(({ id }) => id)).toEqual([a.group.id, group.id]);
    expect(before.endsAt).toBe(until);
    const after = await principalAt(until);
    expect(after.groups.map(({ id }) => id)).toEqual([a.group.id]);
    expect(after.settings.groups.map(({ id }) => id)).toEqual([a.group.id]);
    expect(after.endsAt).toBeUndefined();
    await db.transaction((tx) => putMemberUntil(tx, a.org.id, group.id, a.user.id, new Date(Date.now() - 1_000)));
    expect((await listMembers(db, a.org.id, group.id)).items).toEqual([]);
    expect((await listGroupsOfUser(db, a.org.id, a.user.id)).map(({ id }) => id)).toEqual([a.group.id]);
    await expect(db.transaction((tx) => createToken(tx, a.org.id, { name: 't', userId: a.user.id, groupId: group.id, createdBy: null }))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('ends the tokens that are narrowed to the group with it', async () => {
    const group = await db.transaction((tx) => createGroup(tx, a.org.id, { name: 'Visitors' }));
    const until = Date.now() + HOUR_MS;
    await db.transaction((tx) => putMemberUntil(tx, a.org.id, group.id, a.user.id, new Date(until)));
    const { token } = await db.transaction((tx) => createToken(tx, a.org.id, { name: 't', userId: a.user.id, groupId: group.id, createdBy: null }));
    expect(isRefusal(await principalOfToken(db, token.id, at(until - 1)))).toBe(false);
    expect(await principalOfToken(db, token.id, at(until))).toMatchObject({ refused: 'forbidden' });
  });

  it('may be prolonged or made one for good, and never takes the place of one for good', async () => {
    const group = await db.transaction((tx) => createGroup(tx, a.org.id, { name: 'Staff' }));
    const put = (until: number) => db.transaction((tx) => putMemberUntil(tx, a.org.id, group.id, a.user.id, new Date(until)));
    await put(Date.now() + HOUR_MS);
    expect((await put(Date.now() + 2 * HOUR_MS)).expiresAt!.getTime()).toBeGreaterThan(Date.now() + HOUR_MS);
    expect(await db.transaction((tx) => putMember(tx, a.org.id, group.id, a.user.id, 'admin'))).toMatchObject({ role: 'admin', expiresAt: null });
    await expect(put(Date.now() + HOUR_MS)).rejects.toMatchObject({ code: 'conflict' });
    expect((await listMembers(db, a.org.id, group.id)).items).toMatchObject([{ role: 'admin', expiresAt: null }]);
  });

  it('is none of a directory’s business until that makes it one for good', async () => {
    const group = await db.transaction((tx) => createGroup(tx, a.org.id, { name: 'Directory' }));
    await db.transaction((tx) => putMemberUntil(tx, a.org.id, group.id, a.user.id, new Date(Date.now() + HOUR_MS)));
    const membersSeen = async () => (await findDirectoryGroups(db, a.org.id, { id: group.id })).items[0]!.members.map(({ id }) => id);
    const groupsSeen = async () => (await findDirectoryUsers(db, a.org.id, { id: a.user.id })).items[0]!.groups.map(({ id }) => id);
    expect([await membersSeen(), (await groupsSeen()).includes(group.id)]).toEqual([[], false]);
    await db.transaction((tx) => putMember(tx, a.org.id, group.id, a.user.id));
    expect([await membersSeen(), (await groupsSeen()).includes(group.id)]).toEqual([[a.user.id], true]);
  });

  it('cannot join two orgs', async () => {
    const put = (org: Seeded, group: Seeded, user: Seeded) => db.transaction((tx) => putMemberUntil(tx, org.org.id, group.group.id, user.user.id, new Date(Date.now() + HOUR_MS)));
    await expect(put(a, b, a)).rejects.toMatchObject({ code: 'not_found' });
    await expect(put(a, a, b)).rejects.toMatchObject({ code: 'not_found' });
  });
});
