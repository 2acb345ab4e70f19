import { createLog, EVERY_ORG, listenForChanges, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { DatabaseRole, TestDatabase } from '@byok/testing';
import { removeMember } from './store/members.store.js';
import { updateOrg } from './store/orgs.store.js';
import { revokeToken } from './store/tokens.store.js';
import { seedOrg } from './store/two-orgs.builder.js';
import type { Seeded } from './store/two-orgs.builder.js';
import { updateUser } from './store/users.store.js';

let test: TestDatabase;
let seeded: Seeded;
const databases = {} as Record<Exclude<DatabaseRole, 'owner'>, Database>;

beforeAll(async () => {
  test = await testDatabase();
  for (const role of ['admin', 'gateway', 'vault', 'billing'] as const) {
    databases[role] = await openDatabase({ url: test.url(role), applicationName: 'identity-test', log: createLog('test', 'silent'), scope: EVERY_ORG });
  }
  seeded = await seedOrg(databases.admin, 'org');
});
afterAll(async () => {
  await Promise.all(Object.values(databases).map((database) => database.close()));
  await test.close();
});

describe('grants', () => {
  const secrets = ['SELECT password_hash FROM identity.app_user', 'SELECT refresh_hash FROM identity.session', 'SELECT previous_refresh_hash FROM identity.session', 'SELECT * FROM identity.audit', 'SELECT id FROM identity.invite', 'SELECT external_id FROM identity.app_user'];
  const writes = [
    `UPDATE identity.app_user SET role = 'owner'`,
    `UPDATE identity.org SET platform_keys_granted = true`,
    `INSERT INTO identity.membership SELECT * FROM identity.membership`,
    `DELETE FROM identity.membership`,
    `UPDATE identity.token SET revoked_at = NULL`,
    `UPDATE identity.token SET allowed_networks = '{}', previous_until = now()`,
    `UPDATE identity.invite SET revoked_at = NULL`,
    `DELETE FROM identity.session`,
    `DELETE FROM identity.audit`,
    `TRUNCATE identity.token`,
    `CREATE TABLE identity.mine (id int)`,
  ];

  it.each(['gateway', 'vault', 'billing'] as const)('keep passwords, refresh tokens and the audit from the %s', async (role) => {
    for (const sql of secrets) await expect(databases[role].query(sql)).rejects.toThrow(/permission denied/);
  });

  it.each(['gateway', 'vault', 'billing'] as const)('let the %s change nothing', async (role) => {
    for (const sql of writes) await expect(databases[role].query(sql)).rejects.toThrow(/permission denied/);
  });

  it('show the hash of a token to the gateway, which compares it, and not to the vault', async () => {
    expect(await databases.gateway.query('SELECT hash, previous_hash FROM identity.token')).toHaveLength(1);
    for (const column of ['hash', 'previous_hash']) await expect(databases.vault.query(`SELECT ${column} FROM identity.token`)).rejects.toThrow(/permission denied/);
  });

  it('show billing tiers and settings, whom to write to, and nothing to sign in with', async () => {
    await expect(databases.billing.query('SELECT id, tier, status FROM identity.org')).resolves.toBeDefined();
    await expect(databases.billing.query('SELECT org_id, effective_from, tier FROM identity.org_tier')).resolves.toBeDefined();
    await expect(databases.billing.query('SELECT settings FROM identity.org')).resolves.toBeDefined();
    await expect(databases.billing.query('SELECT id, email, role, status, settings FROM identity.app_user')).resolves.toBeDefined();
    for (const sql of ['SELECT name FROM identity.org', 'SELECT name FROM identity.app_user', 'SELECT password_hash FROM identity.app_user', 'SELECT id FROM identity.token', 'SELECT id FROM identity.session', 'SELECT budget_id FROM identity.hard_budget']) {
      await expect(databases.billing.query(sql)).rejects.toThrow(/permission denied/);
    }
  });

  it('keep the history of tiers by themselves: nobody writes it, and every change is in it', async () => {
    const [org] = await databases.admin.query<{ id: string; tier: string }>('SELECT id, tier FROM identity.org LIMIT 1');
    const next = org!.tier === 'starter' ? 'professional' : 'starter';
    await databases.admin.query('UPDATE identity.org SET tier = $2 WHERE id = $1', [org!.id, next]);
    await databases.admin.query('UPDATE identity.org SET tier = $2 WHERE id = $1', [org!.id, next]);
    const history = await databases.billing.query<{ tier: string }>('SELECT tier FROM identity.org_tier WHERE org_id = $1 ORDER BY effective_from', [org!.id]);
    expect(history.map(({ tier }) => tier)).toEqual([org!.tier, next]);
    for (const role of ['admin', 'billing'] as const) {
      await expect(databases[role].query(`INSERT INTO identity.org_tier VALUES ($1, now(), 'enterprise')`, [org!.id])).rejects.toThrow(/permission denied/);
    }
  });

  it('I01 let nobody rewrite the audit, the admin-api and the owner of the tables included', async () => {
    for (const sql of [`UPDATE identity.audit SET action = 'x'`, 'DELETE FROM identity.audit', 'TRUNCATE identity.audit']) {
      await expect(databases.admin.query(sql)).rejects.toThrow(/permission denied/);
    }
    const owner = await openDatabase({ url: test.ownerUrl, applicationName: 'identity-test', log: createLog('test', 'silent') });
    await expect(owner.query('DELETE FROM identity.audit')).rejects.toThrow(/cannot be changed or removed/);
    await owner.close();
  });

  it('let the admin-api delete no org, user, group or token', async () => {
    for (const table of ['org', 'app_user', 'app_group', 'token']) await expect(databases.admin.query(`DELETE FROM identity.${table}`)).rejects.toThrow(/permission denied/);
  });
});

describe('what is stored', () => {
  it('I08 holds no token and no refresh token in clear', async () => {
    const rows = JSON.stringify([await databases.admin.query('SELECT * FROM identity.token'), await databases.admin.query('SELECT * FROM identity.session')]);
    expect(rows).toContain(seeded.token.id);
    for (const text of [seeded.tokenText, seeded.refreshToken]) {
      const secret = text.split('_')[3]!;
      expect(rows).not.toContain(secret);
      expect(rows).not.toContain(secret.slice(0, 43));
    }
  });
});

describe('a change that a gateway may have cached', () => {
  it('is announced when it commits and not when it rolls back', async () => {
    const heard: unknown[] = [];
    const listener = await listenForChanges({ url: test.url('gateway'), log: createLog('test', 'silent'), onChange: (notice) => heard.push(notice), onGap: () => undefined });
    const { admin } = databases;
    const { org, user, group, token } = seeded;

    await expect(
      admin.transaction(async (tx) => {
        await updateOrg(tx, org.id, { name: 'never' });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await admin.transaction((tx) => removeMember(tx, org.id, group.id, user.id));
    await admin.transaction((tx) => revokeToken(tx, org.id, token.id));
    await admin.transaction((tx) => updateUser(tx, org.id, user.id, { role: 'auditor' }));
    await admin.transaction((tx) => updateOrg(tx, org.id, { policy: { platformCredits: 'never' } }));
    // Notices of one sender come in the order of its commits, so the last one closes the list.
    while (!heard.some((notice) => (notice as { kind: string }).kind === 'org')) await new Promise((resolve) => setImmediate(resolve));
    await listener.close();

    expect(heard).toEqual([
      { org: org.id, kind: 'user', id: user.id },
      { org: org.id, kind: 'token', id: token.id },
      { org: org.id, kind: 'session', id: seeded.session.id },
      { org: org.id, kind: 'user', id: user.id },
      { org: org.id, kind: 'org', id: org.id },
    ]);
  });

  it('is not accepted by a store outside a transaction, where the notice could be lost', async () => {
    // @ts-expect-error a Database is not the inside of a transaction
    const misuse = () => updateOrg(databases.admin, seeded.org.id, {});
    expect(misuse).toBeInstanceOf(Function);
  });
});
