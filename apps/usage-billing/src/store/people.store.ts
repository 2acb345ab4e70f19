import type { Sql } from '@byok/platform';

const ASKED = `coalesce(person.settings -> 'preferences' ->> 'notifyOnLowQuota', org.settings -> 'preferences' ->> 'notifyOnLowQuota') = 'true' AND person.status = 'active'`;

/** Which of these people asked to hear of keys that run low: by their own preferences, or by their org's where they have none. */
export async function whoAskedForQuota(db: Sql, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const rows = await db.query<{ id: string }>(`SELECT person.id FROM identity.app_user AS person JOIN identity.org AS org ON org.id = person.org_id WHERE person.id = ANY ($1) AND ${ASKED}`, [[...new Set(userIds)]]);
  return new Set(rows.map(({ id }) => id));
}

/** Owners and admins of an org who asked for the same. */
export async function adminsWhoAskedForQuota(db: Sql, orgId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT person.id FROM identity.app_user AS person JOIN identity.org AS org ON org.id = person.org_id WHERE person.org_id = $1 AND person.role IN ('owner', 'admin') AND ${ASKED} ORDER BY person.id`,
    [orgId],
  );
  return rows.map(({ id }) => id);
}
