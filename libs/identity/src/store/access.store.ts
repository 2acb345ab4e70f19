import type { GroupId, OrgId, TokenId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { GroupRole, Role } from '../types.js';

// Who has which access: for reports and reviews, which ask about everybody at once.

export interface Person {
  id: UserId;
  name: string;
  email: string;
}

/** Whom a key's owner covers: one user, a group, or with neither the whole org. `only` narrows that to its allow-list. */
export interface Cover {
  user?: UserId | undefined;
  group?: GroupId | undefined;
  only?: readonly string[] | undefined;
}

const LIVES = (m: string): string => `(${m}.expires_at IS NULL OR ${m}.expires_at > now())`;
const COVERED = `u.org_id = $1 AND u.status = 'active' AND ($2::text IS NULL OR u.id = $2)
  AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM identity.membership m WHERE m.org_id = $1 AND m.group_id = $3 AND m.user_id = u.id AND ${LIVES('m')}))
  AND ($4::text[] IS NULL OR u.id = ANY($4))`;

/** People in it, by id. */
export function listCovered(db: Sql, orgId: OrgId, { user, group, only }: Cover, limit: number): Promise<Person[]> {
  return db.query(`SELECT u.id, u.name, u.email FROM identity.app_user u WHERE ${COVERED} ORDER BY u.id LIMIT $5`, [orgId, user ?? null, group ?? null, only ?? null, limit]);
}

/** Living tokens that act for somebody in it, and those of services where no allow-list keeps them out. Restrictions of groups and providers count. */
export function listTokensWithin(db: Sql, orgId: OrgId, { user, group, only }: Cover, provider: string, limit: number): Promise<{ id: TokenId; name: string; userId: UserId | null; groupId: GroupId | null }[]> {
  return db.query(
    `SELECT t.id, t.name, t.user_id AS "userId", t.group_id AS "groupId" FROM identity.token t
      WHERE t.org_id = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
        AND (cardinality(t.allowed_providers) = 0 OR $6 = ANY(t.allowed_providers))
        AND (t.group_id IS NULL OR EXISTS (SELECT 1 FROM identity.app_group g WHERE g.org_id = $1 AND g.id = t.group_id AND g.status = 'active'))
        AND ($3::text IS NULL OR (coalesce(t.group_id, $3) = $3 AND (cardinality(t.allowed_groups) = 0 OR $3 = ANY(t.allowed_groups))))
        AND CASE WHEN t.user_id IS NOT NULL THEN EXISTS (SELECT 1 FROM identity.app_user u WHERE u.id = t.user_id AND ${COVERED})
                 ELSE $2::text IS NULL AND $4::text[] IS NULL AND ($3::text IS NULL OR t.group_id = $3) END
      ORDER BY t.id LIMIT $5`,
    [orgId, user ?? null, group ?? null, only ?? null, limit, provider],
  );
}

/** Names of users and groups, those that are gone included. */
export async function namesIn(db: Sql, orgId: OrgId): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; name: string }>(`SELECT id, name FROM identity.app_user WHERE org_id = $1 UNION ALL SELECT id, name FROM identity.app_group WHERE org_id = $1`, [orgId]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export interface Leaver {
  id: UserId;
  name: string;
  status: 'disabled' | 'deleted';
}

/** Users who are disabled or deleted. */
export function listLeavers(db: Sql, orgId: OrgId): Promise<Leaver[]> {
  return db.query(`SELECT id, name, status FROM identity.app_user WHERE org_id = $1 AND status <> 'active' ORDER BY id`, [orgId]);
}

/** Tokens that are not revoked and act for a leaver, or are of a service and were made by one. */
export function listTokensOfLeavers(db: Sql, orgId: OrgId): Promise<{ id: TokenId; name: string; leaver: UserId; isService: boolean }[]> {
  return db.query(
    `SELECT t.id, t.name, u.id AS leaver, t.user_id IS NULL AS "isService" FROM identity.token t
       JOIN identity.app_user u ON u.org_id = t.org_id AND u.id = coalesce(t.user_id, t.created_by) AND u.status <> 'active'
      WHERE t.org_id = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now()) ORDER BY t.id`,
    [orgId],
  );
}

/** Groups in which nobody who is here is admin. */
export function listGroupsWithoutAdmin(db: Sql, orgId: OrgId): Promise<{ id: GroupId; name: string; members: number }[]> {
  return db.query(
    `SELECT g.id, g.name, count(m.user_id)::int AS members FROM identity.app_group g
       LEFT JOIN (SELECT m.* FROM identity.membership m JOIN identity.app_user u ON u.org_id = m.org_id AND u.id = m.user_id AND u.status = 'active' WHERE ${LIVES('m')}) m
         ON m.org_id = g.org_id AND m.group_id = g.id
      WHERE g.org_id = $1 AND g.status = 'active' GROUP BY g.id, g.name HAVING count(*) FILTER (WHERE m.role = 'admin') = 0 ORDER BY g.id`,
    [orgId],
  );
}

export function listRoles(db: Sql, orgId: OrgId): Promise<(Person & { role: Role })[]> {
  return db.query(`SELECT id, name, email, role FROM identity.app_user WHERE org_id = $1 AND status = 'active' ORDER BY id`, [orgId]);
}

/** Memberships of everybody who is here. */
export function listMemberships(db: Sql, orgId: OrgId): Promise<(Person & { groupId: GroupId; groupName: string; role: GroupRole; expiresAt: Date | null })[]> {
  return db.query(
    `SELECT u.id, u.name, u.email, g.id AS "groupId", g.name AS "groupName", m.role, m.expires_at AS "expiresAt" FROM identity.membership m
       JOIN identity.app_user u ON u.org_id = m.org_id AND u.id = m.user_id AND u.status = 'active'
       JOIN identity.app_group g ON g.org_id = m.org_id AND g.id = m.group_id AND g.status = 'active'
      WHERE m.org_id = $1 AND ${LIVES('m')} ORDER BY g.id, u.id`,
    [orgId],
  );
}

/** Tokens that work, or would if their user were enabled; without the leases of an issuer, which last for minutes. */
export function listLivingTokens(db: Sql, orgId: OrgId): Promise<{ id: TokenId; name: string; userId: UserId | null; groupId: GroupId | null; managementScopes: string[]; expiresAt: Date | null }[]> {
  return db.query(
    `SELECT id, name, user_id AS "userId", group_id AS "groupId", management_scopes AS "managementScopes", expires_at AS "expiresAt" FROM identity.token
      WHERE org_id = $1 AND revoked_at IS NULL AND issuer_id IS NULL AND (expires_at IS NULL OR expires_at > now()) ORDER BY id`,
    [orgId],
  );
}
