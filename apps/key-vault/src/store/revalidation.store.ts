import type { KeyId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { KEY_COLUMNS } from './keys.store.js';
import type { KeyRow } from './key-row.js';

/**
 * The key that has gone longest without being used, tested or looked at, marked as being looked at under this name and not due again
 * before `next`. Of every org: a chore of the vault's own. Two who take at the same moment take two keys.
 */
export async function takeIdleKey(tx: Sql, of: { name: string; idleSince: Date; now: Date; next: Date; exceptProviders: readonly string[] }): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `UPDATE vault.credential SET revalidation = $1 || '/' || key_version, revalidate_at = $4
      WHERE id = (
        SELECT id FROM vault.credential
         WHERE status IN ('active', 'invalid') AND blob IS NOT NULL AND (revalidate_at IS NULL OR revalidate_at <= $3) AND (expires_at IS NULL OR expires_at > $3)
           AND created_at <= $2 AND secret_since <= $2 AND coalesce(last_used_at <= $2, true) AND coalesce(last_tested_at <= $2, true) AND coalesce(health_at <= $2, true)
           AND provider <> ALL ($5)
         ORDER BY revalidate_at NULLS FIRST, id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING ${KEY_COLUMNS}`,
    [of.name, of.idleSince, of.now, of.next, of.exceptProviders],
  );
  return row;
}

/** The key that is being looked at under this name, which is over with that; undefined when it is not, or has another secret by now. */
export async function closeRevalidation(tx: Sql, keyId: KeyId, name: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(`UPDATE vault.credential SET revalidation = NULL WHERE id = $1 AND revalidation = $2 || '/' || key_version AND blob IS NOT NULL RETURNING ${KEY_COLUMNS}`, [keyId, name]);
  return row;
}

/** Living keys of tenants that end before `until` or whose secret is older than it should be, `limit` of those after `after`. */
export function listEndingKeys(db: Sql, of: { until: Date; now: Date; after: string; limit: number }): Promise<KeyRow[]> {
  return db.query<KeyRow>(
    `SELECT ${KEY_COLUMNS} FROM vault.credential
      WHERE status <> 'revoked' AND org_id <> 'platform' AND id > $1
        AND (expires_at <= $2 OR secret_since + make_interval(days => rotate_after_days) <= $3)
      ORDER BY id LIMIT $4`,
    [of.after, of.until, of.now, of.limit],
  );
}
