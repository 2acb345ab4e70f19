import type { Settings } from '@byok/contracts';
import type { GroupId, OrgId, TokenId, UserId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Tx } from '../types.js';
import { found } from './refusals.js';

/** Whose settings; the org's own where nobody else is named. */
export type SettingsOf = { group: GroupId } | { user: UserId } | { token: TokenId } | 'org';

const TABLES = {
  org: { name: 'identity.org', mine: `id = $1 AND id = $2 AND status <> 'deleted'`, what: 'organisation' },
  group: { name: 'identity.app_group', mine: `org_id = $1 AND id = $2 AND status <> 'deleted'`, what: 'group' },
  user: { name: 'identity.app_user', mine: `org_id = $1 AND id = $2 AND status <> 'deleted'`, what: 'user' },
  token: { name: 'identity.token', mine: 'org_id = $1 AND id = $2 AND revoked_at IS NULL', what: 'token' },
} as const;

/** What was set for the org, a group or a user of it. */
export async function getSettings(db: Sql, orgId: OrgId, of: SettingsOf): Promise<Settings> {
  const { kind, id } = placeOf(orgId, of);
  const { name, mine, what } = TABLES[kind];
  const [row] = await db.query<{ settings: Settings }>(`SELECT settings FROM ${name} WHERE ${mine}`, [orgId, id]);
  return found(row, what).settings;
}

/** Replaces the parts that are given and leaves the others; undefined takes a part away. */
export async function changeSettings(tx: Tx, orgId: OrgId, of: SettingsOf, parts: Partial<Settings>): Promise<Settings> {
  const { kind, id } = placeOf(orgId, of);
  const { name, mine, what } = TABLES[kind];
  const gone = Object.keys(parts).filter((part) => parts[part] === undefined);
  const [row] = await tx.query<{ settings: Settings }>(`UPDATE ${name} SET settings = (settings || $3::jsonb) - $4::text[] WHERE ${mine} RETURNING settings`, [
    orgId,
    id,
    JSON.stringify(parts),
    gone,
  ]);
  await notifyChange(tx, { org: orgId, kind, id });
  return found(row, what).settings;
}

function placeOf(orgId: OrgId, of: SettingsOf): { kind: keyof typeof TABLES; id: string } {
  if (of === 'org') return { kind: 'org', id: orgId };
  if ('group' in of) return { kind: 'group', id: of.group };
  return 'user' in of ? { kind: 'user', id: of.user } : { kind: 'token', id: of.token };
}
