import { getGroup, getUser, type SettingsOf } from '@byok/identity';
import type { GroupId, OrgId, UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';

export interface SettingsPath {
  org: string;
  group?: string;
  user?: string;
}

/** Whose settings a path names. @throws AppError not_found */
export async function placeOf(db: Database, org: OrgId, { group, user }: SettingsPath): Promise<SettingsOf> {
  if (group !== undefined) return { group: (await getGroup(db, org, group as GroupId)).id };
  if (user !== undefined) return { user: (await getUser(db, org, user as UserId)).id };
  return 'org';
}
