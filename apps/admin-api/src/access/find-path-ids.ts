import { getGroup, getToken, getUser } from '@byok/identity';
import type { GroupId, OrgId, TokenId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

/** Throws not_found when a path names a group, user or token that is not this org's. */
export async function findPathIds(db: Sql, orgId: OrgId, path: Readonly<Record<string, string>>): Promise<void> {
  if (path['group'] !== undefined) await getGroup(db, orgId, path['group'] as GroupId);
  if (path['user'] !== undefined) await getUser(db, orgId, path['user'] as UserId);
  if (path['token'] !== undefined) await getToken(db, orgId, path['token'] as TokenId);
}
