import type { ShredMessage } from '@byok/contracts';
import type { OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { RotationRules } from './rotation-rules.js';

/** An org that was deleted for good: no key of it can ever be read again. */
export interface Tombstone {
  orgId: OrgId;
  dekIds: string[];
  at: Date;
  actor: string;
}

/** Orgs that were deleted so long ago that the grace is over, and are not shredded yet. */
export function findDue(db: Sql, graceDays: number): Promise<{ orgId: OrgId; actor: string }[]> {
  return db.query(
    `SELECT id AS "orgId", deleted_by AS actor FROM identity.org o
      WHERE status = 'deleted' AND deleted_at <= now() - make_interval(days => $1) AND NOT EXISTS (SELECT 1 FROM vault.shred_tombstone t WHERE t.org_id = o.id)
      ORDER BY deleted_at LIMIT 100`,
    [graceDays],
  );
}

export async function dekIdsOf(db: Sql, orgId: OrgId): Promise<string[]> {
  return (await db.query<{ dekId: string }>(`SELECT dek_id AS "dekId" FROM vault.org_dek WHERE org_id = $1 ORDER BY version`, [orgId])).map((row) => row.dekId);
}

export function listTombstones(db: Sql): Promise<Tombstone[]> {
  return db.query<Tombstone>('SELECT org_id AS "orgId", dek_ids AS "dekIds", at, actor FROM vault.shred_tombstone ORDER BY at, org_id');
}

export async function insertTombstone(tx: Sql, tombstone: Tombstone): Promise<void> {
  await tx.query('INSERT INTO vault.shred_tombstone (org_id, dek_ids, at, actor) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [tombstone.orgId, tombstone.dekIds, tombstone.at, tombstone.actor]);
}

/** Overwrites every seed of the org, and says so at its keys. How many seeds and keys there were. */
export async function overwriteSeeds(tx: Sql, orgId: OrgId): Promise<{ deks: number; keys: number }> {
  await tx.query(`DELETE FROM vault.org_dek WHERE org_id = $1 AND state = 'pending'`, [orgId]);
  const deks = await tx.query(`UPDATE vault.org_dek SET state = 'destroyed', wrapped_seed = '', canary = NULL WHERE org_id = $1 AND state <> 'destroyed' RETURNING 1 AS one`, [orgId]);
  const keys = await tx.query(
    `UPDATE vault.credential SET status = 'undecryptable', status_reason = 'shredded: the organisation was deleted; needs re-entry' WHERE org_id = $1 AND blob IS NOT NULL RETURNING 1 AS one`,
    [orgId],
  );
  return { deks: deks.length, keys: keys.length };
}

/** True when there is something left of an org that should be unreadable. */
export async function isReadable(db: Sql, orgId: OrgId): Promise<boolean> {
  return (await db.query(`SELECT 1 FROM vault.org_dek WHERE org_id = $1 AND state <> 'destroyed' LIMIT 1`, [orgId])).length > 0;
}

/** What the operator is told: when an org's keys cannot be read any more, and when no backup holds them. */
export async function listShreds(db: Sql, rules: Pick<RotationRules, 'shredGraceDays' | 'backupDays'>): Promise<ShredMessage[]> {
  const rows = await db.query<{ orgId: string; deletedAt: Date | null; unreadableAt: Date; isDone: boolean; until: Date }>(
    `SELECT coalesce(o.id, t.org_id) AS "orgId", o.deleted_at AS "deletedAt", coalesce(t.at, o.deleted_at + make_interval(days => $1)) AS "unreadableAt", t.org_id IS NOT NULL AS "isDone",
            coalesce(t.at, o.deleted_at + make_interval(days => $1)) + make_interval(days => $2) AS until
       FROM identity.org o FULL JOIN vault.shred_tombstone t ON t.org_id = o.id
      WHERE o.status = 'deleted' OR t.org_id IS NOT NULL ORDER BY 3 DESC LIMIT 100`,
    [rules.shredGraceDays, rules.backupDays],
  );
  return rows.map(({ orgId, deletedAt, unreadableAt, isDone, until }) => ({ orgId, deletedAt: deletedAt?.toISOString() ?? '', unreadableAt: unreadableAt.toISOString(), isDone, inBackupsUntil: until.toISOString() }));
}
