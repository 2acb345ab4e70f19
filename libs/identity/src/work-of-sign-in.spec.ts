import type { Sql } from '@byok/platform';
import { authenticateToken } from './authenticate.js';
import { hashPassword } from './password.js';
import { newToken } from './token-text.js';
import { verifyLogin } from './verify-login.js';

/** CPU time that some work takes, of all threads: what it costs, whatever else this machine does meanwhile. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let time = 0; time < 4; time++) await work().catch(() => undefined);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** A database that answers every query with these rows, and counts them. */
function databaseOf(rows: unknown[]): Sql & { queries: string[] } {
  const queries: string[] = [];
  return { queries, query: async (sql: string) => (queries.push(sql), rows as never) };
}

describe('the work of signing in', () => {
  it('D12 is the same for a wrong password, an unknown address, no address at all and a user without a password', async () => {
    const known = { userId: 'usr_1', orgId: 'org_1', email: 'a@b.test', orgStatus: 'active' };
    const passwordHash = await hashPassword('correct horse battery');
    const attempts: [string, () => Promise<unknown>][] = [
      ['wrong password', () => verifyLogin(databaseOf([{ ...known, passwordHash }]), 'a@b.test', 'wrong password here')],
      ['unknown address', () => verifyLogin(databaseOf([]), 'nobody@b.test', 'wrong password here')],
      ['no address', () => verifyLogin(databaseOf([]), 'not an address', 'wrong password here')],
      ['no password', () => verifyLogin(databaseOf([{ ...known, passwordHash: null }]), 'a@b.test', 'wrong password here')],
      ['absurd password', () => verifyLogin(databaseOf([{ ...known, passwordHash }]), 'a@b.test', 'x'.repeat(100_000))],
    ];
    await costOf(attempts[1]![1]);
    const costs = new Map<string, number>();
    for (const [name, attempt] of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'login_failed', message: 'The e-mail address or the password is wrong.' });
      costs.set(name, await costOf(attempt));
    }
    // A hash of 19 MiB is thousands of times what the rest costs, so a third is far from none.
    for (const [name, cost] of costs) expect([name, cost > costs.get('wrong password')! / 3]).toEqual([name, true]);
  });

  it('D12 is one query and one hash for a token that exists with another secret, and for one that does not', async () => {
    const { text } = newToken();
    const [unknown, other] = [databaseOf([]), databaseOf([{ hash: 'f'.repeat(64), previousHash: null, previousUntil: null, expiresAt: null }])];
    const said = [];
    for (const database of [unknown, other]) said.push(await authenticateToken(database, text, { now: () => 0 }).catch((error: Error) => error.message));
    expect([unknown.queries.length, other.queries.length, new Set(said).size]).toEqual([1, 1, 1]);
    expect(unknown.queries).toEqual(other.queries);
  });

  it('D12 of a token compares hashes, never texts: the query names the id alone', async () => {
    const { text } = newToken();
    const asked: unknown[] = [];
    await authenticateToken({ query: async (_sql: string, values: readonly unknown[] = []) => (asked.push(...values), [] as never) }, text, { now: () => 0 }).catch(() => undefined);
    expect(asked).toHaveLength(1);
    expect(text.length - String(asked[0]).length).toBeGreaterThan(20);
  });
});
