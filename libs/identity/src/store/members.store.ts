import type { GroupId, OrgId, UserId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Group, GroupRole, Member, Page, PageRequest, Tx } from '../types.js';
import { getGroup } from './groups.store.js';
import { pageOf, pageParameters } from './page.js';
import { found } from './refusals.js';
import { getUser } from './users.store.js';

const MEMBER = `m.org_id AS "orgId", m.group_id AS "groupId", m.user_id AS "userId", u.email, u.name, m.role, m.created_at AS "createdAt"`;
const FROM = 'identity.membership m JOIN identity.app_user u ON u.org_id = m.org_id AND u.id = m.user_id';

/** Adds the user to the group, or changes their role in it. */
export async function putMember(tx: Tx, orgId: OrgId, groupId: GroupId, userId: UserId, role: GroupRole = 'member'): Promise<Member> {
  // The rows stay as they are until we commit: a user or a group that is being deleted gets no new membership.
  await tx.query(`SELECT 1 FROM identity.app_group WHERE org_id = $1 AND id = $2 FOR SHARE`, [orgId, groupId]);
  await tx.query(`SELECT 1 FROM identity.app_user WHERE org_id = $1 AND id = $2 FOR SHARE`, [orgId, userId]);
  await getGroup(tx, orgId, groupId);
  await getUser(tx, orgId, userId);
  await tx.query(
    `INSERT INTO identity.membership (org_id, group_id, user_id, role) VALUES ($1, $2, $3, $4)
     ON CONFLICT (group_id, user_id) DO UPDATE SET role = EXCLUDED.role`,
    [orgId, groupId, userId, role],
  );
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
  const rows = await db.query<Member>(`SELECT ${MEMBER} FROM ${FROM} WHERE m.org_id = $1 AND m.group_id = $2 AND m.user_id > $3 ORDER BY m.user_id LIMIT $4`, [orgId, groupId, after, limit]);
  return pageOf(rows, page, (member) => member.userId);
}

/** The groups a user is in. */
export async function listGroupsOfUser(db: Sql, orgId: OrgId, userId: UserId): Promise<(Group & { role: GroupRole })[]> {
  return db.query<Group & { role: GroupRole }>(
    `SELECT g.id, g.org_id AS "orgId", g.name, g.created_at AS "createdAt", m.role
       FROM identity.membership m JOIN identity.app_group g ON g.org_id = m.org_id AND g.id = m.group_id AND g.status = 'active'
      WHERE m.org_id = $1 AND m.user_id = $2 ORDER BY g.id`,
    [orgId, userId],
  );
}
