import type { GroupId, OrgId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { normalEmail } from '../email.js';
import type { Group, Tx, User } from '../types.js';
import { explainRefusal, found } from './refusals.js';

/** A user as an identity provider sees them. */
export interface DirectoryUser extends User {
  externalId: string | null;
  groups: { id: GroupId; name: string }[];
}

export interface DirectoryGroup extends Group {
  externalId: string | null;
  members: { id: UserId; name: string }[];
}

/** One of its names finds one thing; none finds all, in order of their ids. */
export interface DirectoryQuery {
  id?: string | undefined;
  /** The e-mail address of a user, the name of a group; case does not matter. */
  name?: string | undefined;
  externalId?: string | undefined;
  offset?: number | undefined;
  limit?: number | undefined;
}

export interface Found<T> {
  items: T[];
  /** Of all that fit, on whichever page. */
  total: number;
}

// A membership that was granted for a while is none of a directory's business: it neither shows it nor takes it away.
const USER = `u.id, u.org_id AS "orgId", u.email, u.name, u.role, u.is_operator AS "isOperator", u.status, u.password_hash IS NOT NULL AS "hasPassword", u.created_at AS "createdAt",
  u.external_id AS "externalId",
  (SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.id), '[]')
     FROM identity.membership m JOIN identity.app_group g ON g.org_id = m.org_id AND g.id = m.group_id AND g.status = 'active'
    WHERE m.org_id = u.org_id AND m.user_id = u.id AND m.expires_at IS NULL) AS groups`;
const USERS = `FROM identity.app_user u WHERE u.org_id = $1 AND u.status <> 'deleted' AND ($2::text IS NULL OR u.id = $2) AND ($3::text IS NULL OR u.email = $3) AND ($4::text IS NULL OR u.external_id = $4)`;

export async function findDirectoryUsers(db: Sql, orgId: OrgId, query: DirectoryQuery): Promise<Found<DirectoryUser>> {
  const names = [orgId, query.id ?? null, query.name === undefined ? null : addressOf(query.name), query.externalId ?? null];
  return pageOf(db, USER, USERS, 'u.id', names, query);
}

const GROUP = `g.id, g.org_id AS "orgId", g.name, g.created_at AS "createdAt", g.external_id AS "externalId",
  (SELECT coalesce(json_agg(json_build_object('id', u.id, 'name', u.name) ORDER BY u.id), '[]')
     FROM identity.membership m JOIN identity.app_user u ON u.org_id = m.org_id AND u.id = m.user_id AND u.status <> 'deleted'
    WHERE m.org_id = g.org_id AND m.group_id = g.id AND m.expires_at IS NULL) AS members`;
const GROUPS = `FROM identity.app_group g WHERE g.org_id = $1 AND g.status = 'active' AND ($2::text IS NULL OR g.id = $2) AND ($3::text IS NULL OR lower(g.name) = lower($3)) AND ($4::text IS NULL OR g.external_id = $4)`;

export async function findDirectoryGroups(db: Sql, orgId: OrgId, query: DirectoryQuery): Promise<Found<DirectoryGroup>> {
  return pageOf(db, GROUP, GROUPS, 'g.id', [orgId, query.id ?? null, query.name ?? null, query.externalId ?? null], query);
}

/** What the identity provider calls this user or group; null for nothing. */
export async function setExternalId(tx: Tx, orgId: OrgId, of: { user: UserId } | { group: GroupId }, externalId: string | null): Promise<void> {
  const [table, id, what] = 'user' in of ? ['identity.app_user', of.user, 'user'] : ['identity.app_group', of.group, 'group'];
  const update = tx.query(`UPDATE ${table} SET external_id = $3 WHERE org_id = $1 AND id = $2 AND status <> 'deleted' RETURNING id`, [orgId, id, externalId]);
  found((await explainRefusal(update, { duplicate: `Another ${what} has this externalId.` }))[0], what);
}

async function pageOf<T>(db: Sql, columns: string, from: string, order: string, names: readonly unknown[], { offset = 0, limit = 100 }: DirectoryQuery): Promise<Found<T>> {
  const [counted] = await db.query<{ total: number }>(`SELECT count(*)::int AS total ${from}`, names);
  const items = limit === 0 ? [] : await db.query<T>(`SELECT ${columns} ${from} ORDER BY ${order} LIMIT $5 OFFSET $6`, [...names, limit, offset]);
  return { items, total: counted!.total };
}

/** What is no address is nobody's. */
function addressOf(text: string): string {
  try {
    return normalEmail(text);
  } catch {
    return '';
  }
}
