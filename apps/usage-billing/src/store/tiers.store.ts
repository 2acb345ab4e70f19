import type { TierName } from '@byok/ledger';
import type { Sql } from '@byok/platform';

export interface KnownOrg {
  tier: TierName;
  status: 'active' | 'frozen' | 'deleted';
}

/** What identity shows of an org: its tier and whether it is active. */
export async function findOrg(db: Sql, orgId: string): Promise<KnownOrg | undefined> {
  const [row] = await db.query<KnownOrg>('SELECT tier, status FROM identity.org WHERE id = $1', [orgId]);
  return row;
}

/** The tier that each org had at a moment; one that nobody knows is left out. */
export async function tiersAt(db: Sql, questions: readonly { orgId: string; at: number }[]): Promise<(TierName | undefined)[]> {
  if (questions.length === 0) return [];
  const rows = await db.query<{ tier: TierName | null }>(
    `SELECT (SELECT tier FROM identity.org_tier AS history WHERE history.org_id = row.org_id
             ORDER BY effective_from <= row.at DESC, CASE WHEN effective_from <= row.at THEN effective_from END DESC, effective_from LIMIT 1) AS tier
     FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS row (org_id, at, place) ORDER BY place`,
    [questions.map(({ orgId }) => orgId), questions.map(({ at }) => new Date(at).toISOString())],
  );
  return rows.map((row) => row.tier ?? undefined);
}
