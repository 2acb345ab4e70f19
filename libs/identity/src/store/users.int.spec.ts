import type { UserId } from '@byok/kernel';
import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { TestDatabase } from '@byok/testing';
import { ensureFirstAdmin } from '../ensure-first-admin.js';
import { hashPassword } from '../password.js';
import { isRefusal } from '../principal-row.js';
import { principalOfSession, principalOfToken } from '../principal-of.js';
import { verifyLogin } from '../verify-login.js';
import { createOrg, deleteOrg, getOrg, listOrgs, updateOrg } from './orgs.store.js';
import { createSession } from './sessions.store.js';
import { createToken, listTokens } from './tokens.store.js';
import { seedOrg } from './two-orgs.builder.js';
import type { Seeded } from './two-orgs.builder.js';
import { createUser, deleteUser, getUser, setPassword, updateUser } from './users.store.js';

let test: TestDatabase;
let db: Database;
let seeded: Seeded;
let number = 0;
const clock = { now: () => Date.now() };

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('admin'), applicationName: 'identity-test', log: createLog('test', 'silent'), scope: EVERY_ORG });
});
beforeEach(async () => {
  seeded = await seedOrg(db, `org${(number += 1)}`);
});
afterAll(async () => {
  await db.close();
  await test.close();
});

const change = (userId: UserId, fields: Parameters<typeof updateUser>[3]) => db.transaction((tx) => updateUser(tx, seeded.org.id, userId, fields));
const aSession = (userId: UserId) => db.transaction((tx) => createSession(tx, seeded.org.id, userId, clock));
const isAlive = async (sessionId: Seeded['session']['id']) => !isRefusal(await principalOfSession(db, sessionId, clock));

describe('F14 the last owner', () => {
  it.each([{ role: 'admin' }, { status: 'disabled' }] as const)('cannot be changed to %j', async (fields) => {
    await expect(change(seeded.owner.id, fields)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cannot be removed', async () => {
    await expect(db.transaction((tx) => deleteUser(tx, seeded.org.id, seeded.owner.id))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is not somebody disabled: an owner who cannot act does not count', async () => {
    await change(seeded.user.id, { role: 'owner' });
    await change(seeded.user.id, { status: 'disabled' });
    await expect(change(seeded.owner.id, { role: 'member' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('stays when two owners demote each other at the same moment: one of them gets 409', async () => {
    for (let round = 0; round < 5; round += 1) {
      await change(seeded.user.id, { role: 'owner' });
      await change(seeded.owner.id, { role: 'owner' });
      const outcomes = await Promise.allSettled([change(seeded.owner.id, { role: 'member' }), change(seeded.user.id, { role: 'member' })]);
      expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'conflict' }) }]);
      if (outcomes[0]!.status === 'fulfilled') await change(seeded.owner.id, { role: 'owner' });
    }
  });
});

describe('F24 sessions', () => {
  it.each([{ role: 'auditor' }, { status: 'disabled' }] as const)('end when their user is changed to %j', async (fields) => {
    const { session } = await aSession(seeded.user.id);
    await change(seeded.user.id, fields);
    await change(seeded.user.id, { status: 'active' });
    expect(await isAlive(session.id)).toBe(false);
  });

  it('end with a new password, and go on after a new name', async () => {
    const { session } = await aSession(seeded.user.id);
    await change(seeded.user.id, { name: 'Somebody Else', role: 'member' });
    expect(await isAlive(session.id)).toBe(true);
    const passwordHash = await hashPassword('a whole new password');
    await db.transaction((tx) => setPassword(tx, seeded.org.id, seeded.user.id, passwordHash));
    expect(await isAlive(session.id)).toBe(false);
  });
});

describe('A08 a user who was deleted', () => {
  it('has no session, no token, no group, and leaves the address to the next', async () => {
    const { session } = await aSession(seeded.user.id);
    await db.transaction((tx) => deleteUser(tx, seeded.org.id, seeded.user.id));
    expect(await isAlive(session.id)).toBe(false);
    expect(await principalOfToken(db, seeded.token.id, clock)).toMatchObject({ refused: 'token_revoked' });
    expect((await listTokens(db, seeded.org.id)).items.every((token) => token.revokedAt !== null)).toBe(true);
    await expect(getUser(db, seeded.org.id, seeded.user.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(db.transaction((tx) => createToken(tx, seeded.org.id, { name: 'x', userId: seeded.user.id, createdBy: null }))).rejects.toMatchObject({ code: 'not_found' });
    expect((await db.query('SELECT 1 FROM identity.membership WHERE user_id = $1', [seeded.user.id])).length).toBe(0);
    await db.transaction((tx) => createUser(tx, seeded.org.id, { email: seeded.user.email, name: 'Next', role: 'member' }));
  });
});

describe('F19 an e-mail address', () => {
  it('belongs to one user, however it is spelt, in whatever org', async () => {
    const other = await seedOrg(db, `org${(number += 1)}`);
    const twin = db.transaction((tx) => createUser(tx, other.org.id, { email: ` ${seeded.user.email.toUpperCase()} `, name: 'Twin', role: 'member' }));
    await expect(twin).rejects.toMatchObject({ code: 'conflict' });
    await expect(change(seeded.user.id, { email: other.user.email })).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('signing in', () => {
  const password = 'correct horse battery';
  beforeEach(async () => {
    const passwordHash = await hashPassword(password);
    await db.transaction((tx) => setPassword(tx, seeded.org.id, seeded.user.id, passwordHash));
  });

  it('finds the user by an address in any case', async () => {
    expect(await verifyLogin(db, seeded.user.email.toUpperCase(), password)).toEqual({ userId: seeded.user.id, orgId: seeded.org.id, email: seeded.user.email });
  });

  it('answers a wrong password, an unknown address, a user without a password and a disabled one alike', async () => {
    const answer = { code: 'login_failed', message: 'The e-mail address or the password is wrong.' };
    await expect(verifyLogin(db, seeded.user.email, 'wrong horse battery')).rejects.toMatchObject(answer);
    await expect(verifyLogin(db, 'nobody@nowhere.test', password)).rejects.toMatchObject(answer);
    await expect(verifyLogin(db, 'not an address', password)).rejects.toMatchObject(answer);
    await expect(verifyLogin(db, seeded.owner.email, password)).rejects.toMatchObject(answer);
    await change(seeded.user.id, { status: 'disabled' });
    await expect(verifyLogin(db, seeded.user.email, password)).rejects.toMatchObject(answer);
  });

  it('works as hard for an unknown address as for a wrong password', async () => {
    const timed = async (email: string) => {
      const start = performance.now();
      await verifyLogin(db, email, 'wrong horse battery').catch(() => undefined);
      return performance.now() - start;
    };
    await timed('nobody@nowhere.test');
    let [known, unknown] = [Infinity, Infinity];
    for (let round = 0; round < 5; round += 1) {
      known = Math.min(known, await timed(seeded.user.email));
      unknown = Math.min(unknown, await timed('nobody@nowhere.test'));
    }
    // Without the decoy an unknown address answers in a tenth of the time.
    expect(unknown).toBeGreaterThan(known / 2);
  });

  it('is told of a frozen org only with the right password', async () => {
    await db.transaction((tx) => updateOrg(tx, seeded.org.id, { status: 'frozen' }));
    await expect(verifyLogin(db, seeded.user.email, 'wrong horse battery')).rejects.toMatchObject({ code: 'login_failed' });
    await expect(verifyLogin(db, seeded.user.email, password)).rejects.toMatchObject({ code: 'org_frozen' });
  });
});

describe('orgs', () => {
  it('change only in what was asked', async () => {
    const before = await getOrg(db, seeded.org.id);
    expect(before.policy).toEqual({ platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: false });
    const after = await db.transaction((tx) => updateOrg(tx, seeded.org.id, { policy: { platformKeysGranted: true } }));
    expect(after).toEqual({ ...before, policy: { ...before.policy, platformKeysGranted: true } });
  });

  it('are gone from every list when deleted, and their addresses are free', async () => {
    await db.transaction((tx) => deleteOrg(tx, seeded.org.id));
    expect((await listOrgs(db, { limit: 200 })).items.map((org) => org.id)).not.toContain(seeded.org.id);
    await expect(getOrg(db, seeded.org.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(db.transaction((tx) => createUser(tx, seeded.org.id, { email: 'late@org.test', name: 'Late', role: 'member' }))).rejects.toMatchObject({ code: 'not_found' });
    const next = await db.transaction((tx) => createOrg(tx, { name: 'Next', tier: 'trial' }));
    await db.transaction((tx) => createUser(tx, next.id, { email: seeded.user.email, name: 'Same Person', role: 'owner' }));
  });
});

describe('the first admin', () => {
  const admin = { email: 'root@platform.test', password: 'correct horse battery' };

  it('is made once, by however many replicas start together, and is the operator', async () => {
    const made = (await Promise.all([ensureFirstAdmin(db, admin), ensureFirstAdmin(db, admin), ensureFirstAdmin(db, admin)])).filter((each) => each !== undefined);
    expect(made).toHaveLength(1);
    expect(await getUser(db, made[0]!.orgId, made[0]!.userId)).toMatchObject({ role: 'owner', isOperator: true, email: admin.email });
    expect(await verifyLogin(db, admin.email, admin.password)).toMatchObject({ userId: made[0]!.userId });
    expect(await ensureFirstAdmin(db, { email: 'other@platform.test', password: 'another password here' })).toBeUndefined();
    await expect(db.transaction((tx) => updateOrg(tx, made[0]!.orgId, { status: 'frozen' }))).rejects.toMatchObject({ code: 'conflict' });
    await expect(db.transaction((tx) => deleteOrg(tx, made[0]!.orgId))).rejects.toMatchObject({ code: 'conflict' });
  });
});
