import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { TestDatabase } from '@byok/testing';
import { deleteEndedSessions, listSessions, refreshSession, SESSION_LIFETIME_MS } from './sessions.store.js';
import { seedOrg } from './two-orgs.builder.js';
import type { Seeded } from './two-orgs.builder.js';

const START = Date.UTC(2026, 5, 1);
let test: TestDatabase;
let db: Database;
let seeded: Seeded;
let number = 0;

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('admin'), applicationName: 'identity-test', log: createLog('test', 'silent'), scope: EVERY_ORG });
});
beforeEach(async () => {
  seeded = await seedOrg(db, `org${(number += 1)}`, START);
});
afterAll(async () => {
  await db.close();
  await test.close();
});

const refreshAt = (at: number, token: string) => db.transaction((tx) => refreshSession(tx, token, { now: () => at }));
const openSessions = (at: number) => listSessions(db, seeded.org.id, seeded.user.id, { now: () => at });

describe('a refresh token', () => {
  it('works once and gives the next one of the same session', async () => {
    const next = await refreshAt(START + 1_000, seeded.refreshToken);
    expect(next).toMatchObject({ session: { id: seeded.session.id, orgId: seeded.org.id, userId: seeded.user.id } });
    expect(await refreshAt(START + 2_000, next!.refreshToken)).toBeDefined();
  });

  it('ends the session when an old one comes back: somebody kept a copy', async () => {
    const next = await refreshAt(START + 1_000, seeded.refreshToken);
    expect(await refreshAt(START + 60_000, seeded.refreshToken)).toBeUndefined();
    expect(await openSessions(START + 60_000)).toEqual([]);
    expect(await refreshAt(START + 61_000, next!.refreshToken)).toBeUndefined();
  });

  it('is only refused when two tabs send it at the same moment', async () => {
    const answers = await Promise.all([refreshAt(START, seeded.refreshToken), refreshAt(START, seeded.refreshToken)]);
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
    expect(await openSessions(START)).toHaveLength(1);
  });

  it('is refused when unknown, without harm to the session that it names', async () => {
    const guess = seeded.refreshToken.slice(0, -1) + (seeded.refreshToken.endsWith('0') ? '1' : '0');
    expect(await refreshAt(START, guess)).toBeUndefined();
    expect(await refreshAt(START, 'nonsense')).toBeUndefined();
    expect(await openSessions(START)).toHaveLength(1);
  });

  it('does not stretch the session beyond its end', async () => {
    const next = await refreshAt(START + SESSION_LIFETIME_MS - 1, seeded.refreshToken);
    expect(await refreshAt(START + SESSION_LIFETIME_MS, next!.refreshToken)).toBeUndefined();
  });

  it('goes with its session when that has long ended', async () => {
    await db.transaction((tx) => deleteEndedSessions(tx, new Date(START + SESSION_LIFETIME_MS + 1)));
    expect(await db.query('SELECT 1 FROM identity.session WHERE id = $1', [seeded.session.id])).toEqual([]);
  });
});
