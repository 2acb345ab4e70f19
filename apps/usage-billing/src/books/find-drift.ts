import { KEPT_SUMS } from '@byok/contracts';
import type { Database } from '@byok/platform';

/** What a sum that is kept says, and what it is the sum of, where they differ. */
export interface Drift {
  what: keyof typeof KEPT_SUMS;
  /** The org or the budget. */
  of: string;
  keptNanoUsd: string;
  shouldBeNanoUsd: string;
}

const MOST_NAMED = 100;

/** Where kept sums and what they sum up have drifted apart. Each is written with what it sums up, so nothing is ever to be found. */
export async function findDrift(asked: { db: Database }): Promise<Drift[]> {
  const db = asked.db.acrossOrgs();
  const found: Drift[] = [];
  for (const [what, sql] of Object.entries(KEPT_SUMS) as [Drift['what'], string][]) {
    const rows = await db.query<{ subject: string; kept: string; should_be: string }>(`${sql} LIMIT ${MOST_NAMED}`);
    found.push(...rows.map((row) => ({ what, of: row.subject, keptNanoUsd: row.kept, shouldBeNanoUsd: row.should_be })));
  }
  return found;
}
