import type { KeyId, OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';

export interface RunningUse {
  keyId: KeyId;
  calls: number;
  streams: number;
}

/** What the gateways told of these keys in the last half minute; keys of which none did are not in it. */
export function runningWith(db: Sql, orgId: OrgId, keyIds: readonly string[]): Promise<(RunningUse & { toldAt: Date })[]> {
  return db.query(
    `SELECT key_id AS "keyId", sum(calls)::int AS calls, sum(streams)::int AS streams, max(told_at) AS "toldAt" FROM vault.running_use
      WHERE org_id = $1 AND key_id = ANY($2) AND told_at > clock_timestamp() - interval '30 seconds' GROUP BY key_id`,
    [orgId, keyIds],
  );
}

/** What this gateway says now takes the place of what it said before. Gateways that fell silent are forgotten. */
export async function replaceRunning(tx: Sql, gatewayId: string, uses: readonly { keyId: string; calls: number; streams: number }[]): Promise<void> {
  await tx.query(`DELETE FROM vault.running_use WHERE gateway_id = $1 OR told_at < clock_timestamp() - interval '5 minutes'`, [gatewayId]);
  await tx.query(
    `INSERT INTO vault.running_use (gateway_id, key_id, org_id, calls, streams)
     SELECT $1, c.id, c.org_id, u.calls, u.streams FROM unnest($2::text[], $3::int[], $4::int[]) AS u(key_id, calls, streams) JOIN vault.credential c ON c.id = u.key_id
     ON CONFLICT DO NOTHING`,
    [gatewayId, uses.map((use) => use.keyId), uses.map((use) => use.calls), uses.map((use) => use.streams)],
  );
}
