import { CHANGE_CHANNEL, type ChangeNotice } from '@byok/contracts';
import type { Sql } from './sql.js';

/** Announces a change to every gateway; delivered when the transaction commits, never when it rolls back. */
export async function notifyChange(tx: Sql, notice: ChangeNotice): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, JSON.stringify(notice)]);
}
