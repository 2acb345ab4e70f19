import { newId } from '@byok/kernel';
import type { GroupId, OrgId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Group, Page, PageRequest, Tx } from '../types.js';
import { lockOrg } from './orgs.store.js';
import { pageOf, pageParameters } from './page.js';
import { explainRefusal, found } from './refusals.js';

const GROUP = `id, org_id AS "orgId", name, created_at AS "createdAt"`;
const TAKEN = { duplicate: 'A group of this name exists already.' };

export async function createGroup(tx: Tx, orgId: OrgId, input: { name: string }): Promise<Group> {
  await lockOrg(tx, orgId);
  const insert = tx.query<Group>(`INSERT INTO identity.app_group (id, org_id, name) VALUES ($1, $2, $3) RETURNING ${GROUP}`, [newId('group'), orgId, input.name]);
  const [group] = await explainRefusal(insert, TAKEN);
  return group!;
}

export async function listGroups(db: Sql, orgId: OrgId, page: PageRequest = {}): Promise<Page<Group>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<Group>(`SELECT ${GROUP} FROM identity.app_group WHERE org_id = $1 AND status = 'active' AND id > $2 ORDER BY id LIMIT $3`, [orgId, after, limit]);
  return pageOf(rows, page, (group) => group.id);
}

export async function getGroup(db: Sql, orgId: OrgId, groupId: GroupId): Promise<Group> {
  const [group] = await db.query<Group>(`SELECT ${GROUP} FROM identity.app_group WHERE org_id = $1 AND id = $2 AND status = 'active'`, [orgId, groupId]);
  return found(group, 'group');
}

/** The group of this name in this org, if there is one. */
export async function findGroupByName(db: Sql, orgId: OrgId, name: string): Promise<Group | undefined> {
  const [group] = await db.query<Group>(`SELECT ${GROUP} FROM identity.app_group WHERE org_id = $1 AND lower(name) = lower($2) AND status = 'active'`, [orgId, name]);
  return group;
}

export async function updateGroup(tx: Tx, orgId: OrgId, groupId: GroupId, change: { name?: string | undefined }): Promise<Group> {
  const update = tx.query<Group>(`UPDATE identity.app_group SET name = coalesce($3, name) WHERE org_id = $1 AND id = $2 AND status = 'active' RETURNING ${GROUP}`, [
    orgId,
    groupId,
    change.name ?? null,
  ]);
  const [group] = await explainRefusal(update, TAKEN);
  return found(group, 'group');
}

/** Its members lose its keys and its tokens end; the row stays so that old reports can name it. */
export async function deleteGroup(tx: Tx, orgId: OrgId, groupId: GroupId): Promise<void> {
  const [group] = await tx.query(`UPDATE identity.app_group SET status = 'deleted' WHERE org_id = $1 AND id = $2 AND status = 'active' RETURNING id`, [orgId, groupId]);
  found(group, 'group');
  await tx.query('DELETE FROM identity.membership WHERE org_id = $1 AND group_id = $2', [orgId, groupId]);
  await tx.query('UPDATE identity.token SET revoked_at = coalesce(revoked_at, now()) WHERE org_id = $1 AND group_id = $2', [orgId, groupId]);
  await notifyChange(tx, { org: orgId, kind: 'group', id: groupId });
}
