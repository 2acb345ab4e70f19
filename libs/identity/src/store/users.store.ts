import { AppError, newId } from '@byok/kernel';
import type { OrgId, UserId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import { normalEmail } from '../email.js';
import type { Page, PageRequest, Role, Tx, User, UserStatus } from '../types.js';
import { lockOrg } from './orgs.store.js';
import { pageOf, pageParameters } from './page.js';
import { explainRefusal, found } from './refusals.js';
import { revokeSessionsOfUser } from './sessions.store.js';

export interface UserInput {
  email: string;
  name: string;
  role: Role;
  /** From `hashPassword`, made before the transaction begins; null for who signs in elsewhere or not yet. */
  passwordHash?: string | null | undefined;
  isOperator?: boolean | undefined;
}

export interface UserChange {
  email?: string | undefined;
  name?: string | undefined;
  role?: Role | undefined;
  status?: Exclude<UserStatus, 'deleted'> | undefined;
}

const USER = `id, org_id AS "orgId", email, name, role, is_operator AS "isOperator", status, password_hash IS NOT NULL AS "hasPassword", created_at AS "createdAt"`;
const TAKEN = { duplicate: 'Somebody has this e-mail address already.' };

export async function createUser(tx: Tx, orgId: OrgId, input: UserInput): Promise<User> {
  await lockOrg(tx, orgId);
  const insert = tx.query<User>(
    `INSERT INTO identity.app_user (id, org_id, email, name, role, password_hash, is_operator) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${USER}`,
    [newId('user'), orgId, normalEmail(input.email), input.name, input.role, input.passwordHash ?? null, input.isOperator ?? false],
  );
  const [user] = await explainRefusal(insert, TAKEN);
  return user!;
}

export async function listUsers(db: Sql, orgId: OrgId, page: PageRequest = {}): Promise<Page<User>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<User>(`SELECT ${USER} FROM identity.app_user WHERE org_id = $1 AND status <> 'deleted' AND id > $2 ORDER BY id LIMIT $3`, [orgId, after, limit]);
  return pageOf(rows, page, (user) => user.id);
}

export async function getUser(db: Sql, orgId: OrgId, userId: UserId): Promise<User> {
  const [user] = await db.query<User>(`SELECT ${USER} FROM identity.app_user WHERE org_id = $1 AND id = $2 AND status <> 'deleted'`, [orgId, userId]);
  return found(user, 'user');
}

/** The user of this address in this org, if there is one. */
export async function findUserByEmail(db: Sql, orgId: OrgId, email: string): Promise<User | undefined> {
  const [user] = await db.query<User>(`SELECT ${USER} FROM identity.app_user WHERE org_id = $1 AND lower(email) = $2 AND status <> 'deleted'`, [orgId, normalEmail(email)]);
  return user;
}

/** Changes a user; another role or status ends every session, so that nothing granted before lives on. */
export async function updateUser(tx: Tx, orgId: OrgId, userId: UserId, change: UserChange): Promise<User> {
  await lockOrg(tx, orgId);
  const before = await getUser(tx, orgId, userId);
  const role = change.role ?? before.role;
  const status = change.status ?? before.status;
  if (role !== 'owner' || status !== 'active') await refuseLastOwner(tx, before);
  const email = change.email === undefined ? null : normalEmail(change.email);
  const update = tx.query<User>(
    `UPDATE identity.app_user SET email = coalesce($3, email), name = coalesce($4, name), role = $5, status = $6 WHERE org_id = $1 AND id = $2 RETURNING ${USER}`,
    [orgId, userId, email, change.name ?? null, role, status],
  );
  const [after] = await explainRefusal(update, TAKEN);
  if (role !== before.role || status !== before.status) await revokeSessionsOfUser(tx, orgId, userId);
  await notifyChange(tx, { org: orgId, kind: 'user', id: userId });
  return after!;
}

/** Sets a password (from `hashPassword`) and ends every session of the user. */
export async function setPassword(tx: Tx, orgId: OrgId, userId: UserId, passwordHash: string): Promise<void> {
  const [user] = await tx.query(`UPDATE identity.app_user SET password_hash = $3 WHERE org_id = $1 AND id = $2 AND status <> 'deleted' RETURNING id`, [orgId, userId, passwordHash]);
  found(user, 'user');
  await revokeSessionsOfUser(tx, orgId, userId);
}

/** The user's sessions and tokens end and the address is free again; the row stays so that old reports can name them. */
export async function deleteUser(tx: Tx, orgId: OrgId, userId: UserId): Promise<void> {
  await lockOrg(tx, orgId);
  await refuseLastOwner(tx, await getUser(tx, orgId, userId));
  await tx.query(`UPDATE identity.app_user SET status = 'deleted', password_hash = NULL WHERE org_id = $1 AND id = $2`, [orgId, userId]);
  await tx.query('DELETE FROM identity.membership WHERE org_id = $1 AND user_id = $2', [orgId, userId]);
  await tx.query('UPDATE identity.token SET revoked_at = coalesce(revoked_at, now()) WHERE org_id = $1 AND user_id = $2', [orgId, userId]);
  await revokeSessionsOfUser(tx, orgId, userId);
  await notifyChange(tx, { org: orgId, kind: 'user', id: userId });
}

/** An org without an active owner could never be governed again. Call with the org locked: two owners may be leaving at once. */
async function refuseLastOwner(tx: Tx, user: User): Promise<void> {
  if (user.role !== 'owner' || user.status !== 'active') return;
  const others = await tx.query(`SELECT 1 FROM identity.app_user WHERE org_id = $1 AND role = 'owner' AND status = 'active' AND id <> $2 LIMIT 1`, [user.orgId, user.id]);
  if (others.length === 0) throw new AppError('conflict', 'The last owner of an organisation cannot be removed, disabled or given another role. Make somebody else owner first.');
}
