import type { OrgId, UserId } from '@byok/kernel';
import { appendAudit } from '@byok/platform';
import type { Database, Sql } from '@byok/platform';
import { hashPassword } from './password.js';
import { createOrg } from './store/orgs.store.js';
import { createUser } from './store/users.store.js';

const PLATFORM_ORG = 'Platform';

/** Makes the org "Platform" and its operator when there is no operator yet; undefined when there is one, whatever their password. */
export async function ensureFirstAdmin(db: Database, admin: { email: string; password: string }): Promise<{ orgId: OrgId; userId: UserId } | undefined> {
  if (await hasOperator(db)) return undefined;
  const passwordHash = await hashPassword(admin.password);
  return db.transaction(async (tx) => {
    // Replicas that start together queue here, and all but the first find an operator.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('identity.first-admin'))`);
    if (await hasOperator(tx)) return undefined;
    const org = await createOrg(tx, { name: PLATFORM_ORG, tier: 'enterprise' });
    const user = await createUser(tx, org.id, { email: admin.email, name: 'Operator', role: 'owner', passwordHash, isOperator: true });
    await appendAudit(tx, 'identity.audit', { orgId: org.id, action: 'user.create', actorId: 'system', targetId: user.id, outcome: 'allowed', details: { role: 'owner', isOperator: true } });
    return { orgId: org.id, userId: user.id };
  });
}

async function hasOperator(db: Sql): Promise<boolean> {
  return (await db.query(`SELECT 1 AS one FROM identity.app_user WHERE is_operator AND status <> 'deleted' LIMIT 1`)).length > 0;
}
