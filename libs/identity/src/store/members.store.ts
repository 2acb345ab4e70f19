import { AppError } from '@byok/kernel';
import type { GroupId, OrgId, UserId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Group, GroupRole, Member, Page, PageRequest, Tx } from '../types.js';
import { getGroup } from './groups.store.js';
import { pageOf, pageParameters } from './page.js';
import { found } from './refusals.js';
import { getUser } from './users.store.js';

const MEMBER = `m.org_id AS "orgId", m.group_id AS "groupId", m.user_id AS "userId", u.email, u.name, m.role, m.expires_at AS "expiresAt", m.created_at AS "createdAt"`;
/** Of memberships `m`: those that are not over. */
const LIVES = '(m.expires_at IS NULL OR m.expires_at > now())';
const FROM = 'identity.membership m JOIN identity.app_user u ON u.org_id = m.org_id AND u.id = m.user_id';

/** Adds the user to the group, or changes their role in it. Whatever was for a while is for good then. */
export async function putMember(tx: Tx, orgId: OrgId, groupId: GroupId, userId: UserId, role: GroupRole = 'member'): Promise<Member> {
  await holdBoth(tx, orgId, groupId, userId);
  await tx.query(
    `INSERT INTO identity.membership (org_id, group_id, user_id, role) VALUES ($1, $2, $3, $4)
     ON CONFLICT (group_id, user_id) DO UPDATE SET role = EXCLUDED.role, expires_at = NULL`,
    [orgId, groupId, userId, role],
  );
  return announced(tx, orgId, groupId, userId);
}

/** Adds the user to the group until then. @throws AppError conflict: they are in it for good already */
export async function putMemberUntil(tx: Tx, orgId: OrgId, groupId: GroupId, userId: UserId, expiresAt: Date): Promise<Member> {
  await holdBoth(tx, orgId, groupId, userId);
  const [put] = await tx.query(
    `INSERT INTO identity.membership AS m (org_id, group_id, user_id, role, expires_at) VALUES ($1, $2, $3, 'member', $4)
     ON CONFLICT (group_id, user_id) DO UPDATE SET role = 'member', expires_at = EXCLUDED.expires_at WHERE m.expires_at IS NOT NULL RETURNING user_id`,
    [orgId, groupId, userId, expiresAt],
  );
  if (!put) throw new AppError('conflict', 'This user is a member of the group already.');
  return announced(tx, orgId, groupId, userId);
}

/** The rows stay as they are until we commit: a user or a group that is being deleted gets no new membership. */
async function holdBoth(tx: Tx, orgId: OrgId, groupId: GroupId, userId: UserId): Promise<void> {
  await tx.query(`SELECT 1 FROM identity.app_group WHERE org_id = $1 AND id = $2 FOR SHARE`, [orgId, groupId]);
  await tx.query(`SELECT 1 FROM identity.app_user WHERE org_id = $1 AND id = $2 FOR SHARE`, [orgId, userId]);
  await getGroup(tx, orgId, groupId);
  await getUser(tx, orgId, userId);
}

async function announced(tx: Tx, orgId: OrgId, groupId: GroupId, userId: UserId): Promise<Member> {
  await notifyChange(tx, { org: orgId, kind: 'user', id: userId });
  const [member] = await tx.query<Member>(`SELECT ${MEMBER} FROM ${FROM} WHERE m.org_id = $1 AND m.group_id = $2 AND m.user_id = $3`, [orgId, groupId, userId]);
  return member!;
}

export async function removeMember(tx: Tx, orgId: OrgId, groupId: GroupId, userId: UserId): Promise<void> {
  const [removed] = await tx.query('DELETE FROM identity.membership WHERE org_id = $1 AND group_id = $2 AND user_id = $3 RETURNING user_id', [orgId, groupId, userId]);
  found(removed, 'member');
  await notifyChange(tx, { org: orgId, kind: 'user', id: userId });
}

/** Members of a group, by user id. */
export async function listMembers(db: Sql, orgId: OrgId, groupId: GroupId, page: PageRequest = {}): Promise<Page<Member>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<Member>(`SELECT ${MEMBER} FROM ${FROM} WHERE m.org_id = $1 AND m.group_id = $2 AND m.user_id > $3 AND ${LIVES} ORDER BY m.user_id LIMIT $4`, [orgId, groupId, after, limit]);
  return pageOf(rows, page, (member) => member.userId);
}

/** The groups a user is in. */
export async function listGroupsOfUser(db: Sql, orgId: OrgId, userId: UserId): Promise<(Group & { role: GroupRole; expiresAt: Date | null })[]> {
  return db.query(
    `SELECT g.id, g.org_id AS "orgId", g.name, g.created_at AS "createdAt", m.role, m.expires_at AS "expiresAt"
       FROM identity.membership m JOIN identity.app_group g ON g.org_id = m.org_id AND g.id = m.group_id AND g.status = 'active'
      WHERE m.org_id = $1 AND m.user_id = $2 AND ${LIVES} ORDER BY g.id`,
    [orgId, userId],
  );
}
