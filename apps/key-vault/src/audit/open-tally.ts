import { appendAudit } from '@byok/platform';
import type { Database, Sql } from '@byok/platform';

interface Opener {
  orgId: string;
  actorId: string;
  keyId: string;
}

const MINUTE = `date_trunc('minute', clock_timestamp())`;
const WHERE = 'WHERE org_id = $1 AND actor_id = $2 AND key_id = $3';

/**
 * Counts an open. The first one of an actor and key in a minute writes a row into the chain, with the count of those
 * since the row before; the others are counted durably until the next row. So every open is accounted for, in one row a minute.
 */
export async function countOpen(tx: Sql, opener: Opener, details: Record<string, string | number | null>): Promise<void> {
  const id = [opener.orgId, opener.actorId, opener.keyId];
  await tx.query(`INSERT INTO vault.open_tally (org_id, actor_id, key_id, minute, pending) VALUES ($1, $2, $3, '-infinity', 0) ON CONFLICT DO NOTHING`, id);
  const [tally] = await tx.query<{ pending: number; isSameMinute: boolean }>(`SELECT pending, minute = ${MINUTE} AS "isSameMinute" FROM vault.open_tally ${WHERE} FOR UPDATE`, id);
  if (tally!.isSameMinute) {
    await tx.query(`UPDATE vault.open_tally SET pending = pending + 1 ${WHERE}`, id);
    return;
  }
  await tx.query(`UPDATE vault.open_tally SET pending = 0, minute = ${MINUTE} ${WHERE}`, id);
  await appendOpens(tx, opener, tally!.pending + 1, details);
}

/** Writes the opens that no later open has brought into the chain; forgets tallies that have been quiet for an hour. */
export async function flushOpens(db: Database): Promise<void> {
  const due = await db.query<Opener>(
    `SELECT org_id AS "orgId", actor_id AS "actorId", key_id AS "keyId" FROM vault.open_tally WHERE pending > 0 AND minute < ${MINUTE} ORDER BY minute LIMIT 1000`,
  );
  for (const opener of due) await db.transaction((tx) => flushOne(tx, opener));
  await db.query(`DELETE FROM vault.open_tally WHERE pending = 0 AND minute < clock_timestamp() - interval '1 hour'`);
}

async function flushOne(tx: Sql, opener: Opener): Promise<void> {
  const id = [opener.orgId, opener.actorId, opener.keyId];
  const [tally] = await tx.query<{ pending: number }>(`SELECT pending FROM vault.open_tally ${WHERE} AND pending > 0 AND minute < ${MINUTE} FOR UPDATE`, id);
  if (!tally) return;
  await tx.query(`UPDATE vault.open_tally SET pending = 0, minute = ${MINUTE} ${WHERE}`, id);
  await appendOpens(tx, opener, tally.pending, {});
}

async function appendOpens(tx: Sql, opener: Opener, count: number, details: Record<string, string | number | null>): Promise<void> {
  await appendAudit(tx, 'vault.audit', { orgId: opener.orgId, action: 'key.open', actorId: opener.actorId, targetId: opener.keyId, outcome: 'allowed', details: { count, ...details } });
}
