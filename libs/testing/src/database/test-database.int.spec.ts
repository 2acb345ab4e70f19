import pg from 'pg';
import { testDatabase } from './test-database.js';

async function valueOf(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0];
  } finally {
    await client.end();
  }
}

describe('testDatabase', () => {
  it('connects each service with a role of its own', async () => {
    const database = await testDatabase();
    for (const role of ['owner', 'gateway', 'vault', 'billing', 'admin'] as const) {
      expect(await valueOf(database.url(role), 'SELECT current_user')).toBe(`byok_${role}`);
    }
    await database.close();
  });

  it('gives every suite a database in which the others are not seen', async () => {
    const [one, two] = [await testDatabase(), await testDatabase()];
    await valueOf(one.ownerUrl, 'CREATE TABLE public.mine (id int)');
    expect(await valueOf(two.ownerUrl, `SELECT to_regclass('public.mine')`)).toBeNull();
    await Promise.all([one.close(), two.close()]);
  });
});
