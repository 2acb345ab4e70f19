import type { Sql } from '@byok/platform';

import { DEK_COLUMNS } from '../store/deks.store.js';
import type { DekRow } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';

/** A replica that was not seen for so long is gone, and nobody waits for it. */
const ALIVE = `seen_at > now() - interval '15 seconds'`;

/** A process that starts has loaded nothing, whatever one of the same name had. */
export async function enterReplica(db: Sql, replicaId: string): Promise<void> {
  await db.query('INSERT INTO vault.replica (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()', [replicaId]);
  await db.query('DELETE FROM vault.dek_loaded WHERE replica_id = $1', [replicaId]);
}

export async function leaveReplica(db: Sql, replicaId: string): Promise<void> {
  await db.query('DELETE FROM vault.replica WHERE id = $1', [replicaId]);
}

/** Says that this replica lives; forgets those that have been gone for an hour. */
export async function keepAlive(db: Sql, replicaId: string): Promise<void> {
  await db.query('INSERT INTO vault.replica (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()', [replicaId]);
  await db.query(`DELETE FROM vault.replica WHERE seen_at < now() - interval '1 hour'`);
}

export function pendingNotLoaded(db: Sql, replicaId: string): Promise<(DekRow & { orgId: KeyOrg })[]> {
  return db.query(
    `SELECT org_id AS "orgId", ${DEK_COLUMNS} FROM vault.org_dek d
      WHERE state = 'pending' AND NOT EXISTS (SELECT 1 FROM vault.dek_loaded l WHERE l.dek_id = d.dek_id AND l.replica_id = $1) LIMIT 100`,
    [replicaId],
  );
}

/** Nothing when the DEK was abandoned, or this replica forgotten, at the same moment. */
export async function sayLoaded(db: Sql, replicaId: string, dekId: string): Promise<void> {
  await db.query(
    `INSERT INTO vault.dek_loaded (dek_id, replica_id)
     SELECT d.dek_id, r.id FROM vault.org_dek d, vault.replica r WHERE d.dek_id = $2 AND d.state = 'pending' AND r.id = $1 ON CONFLICT DO NOTHING`,
    [replicaId, dekId],
  );
}

/** True when there are live replicas and each has loaded this DEK. */
export async function isLoadedEverywhere(db: Sql, dekId: string): Promise<boolean> {
  const [row] = await db.query<{ alive: string; loaded: string }>(
    `SELECT count(*) AS alive, count(l.dek_id) AS loaded FROM vault.replica r LEFT JOIN vault.dek_loaded l ON l.replica_id = r.id AND l.dek_id = $1 WHERE ${ALIVE}`,
    [dekId],
  );
  return Number(row!.alive) > 0 && row!.alive === row!.loaded;
}
