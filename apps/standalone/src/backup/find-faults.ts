import { SOUND_BOOKS } from '@byok/contracts';
import { verifyAudit, type Sql } from '@byok/platform';
import pg from 'pg';

/** What must hold of any state of the database, and SQL of the rows that would break it. */
const NEVER: readonly (readonly [name: string, sql: string])[] = [
  ...SOUND_BOOKS,
  ['every org has one active DEK at most', "SELECT org_id FROM vault.org_dek WHERE state = 'active' GROUP BY org_id HAVING count(*) > 1"],
  [
    'every key in use has a DEK that can open it',
    `SELECT c.id FROM vault.credential c LEFT JOIN vault.org_dek d ON d.org_id = c.org_id AND d.dek_id = c.dek_id AND d.version = c.dek_version
     WHERE c.status = 'active' AND (d.state IS NULL OR d.state NOT IN ('active', 'decrypt_only'))`,
  ],
];

export interface Finding {
  what: string;
  /** Undefined: it holds. */
  fault?: string;
}

/** Looks through a whole database: money, DEKs, and every org's two audit chains from their first row. */
export async function findFaults(url: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'drill' });
  await client.connect();
  try {
    const sql: Sql = { query: async <T>(statement: string, parameters: readonly unknown[] = []) => (await client.query(statement, [...parameters])).rows as T[] };
    const findings: Finding[] = [];
    for (const [what, statement] of NEVER) {
      const rows = await sql.query(statement);
      findings.push(rows.length === 0 ? { what } : { what, fault: `${rows.length} rows break it, the first is ${JSON.stringify(rows[0])}` });
    }
    for (const table of ['identity.audit', 'vault.audit'] as const) {
      const orgs = await sql.query<{ id: string }>(`SELECT org_id AS id FROM ${table}_head ORDER BY 1`);
      const broken = [];
      for (const { id } of orgs) {
        const verdict = await verifyAudit(sql, table, id);
        if (!verdict.ok) broken.push(`${id} at row ${verdict.firstBadSequence}: ${verdict.reason}`);
      }
      findings.push({ what: `the ${table} chains of ${orgs.length} orgs are whole`, ...(broken.length > 0 ? { fault: broken.join('; ') } : {}) });
    }
    return findings;
  } finally {
    await client.end();
  }
}
