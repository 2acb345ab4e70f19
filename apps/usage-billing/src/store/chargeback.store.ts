import { Chargeback } from '@byok/contracts';
import type { Sql } from '@byok/platform';

export async function findChargeback(db: Sql, orgId: string): Promise<Chargeback | undefined> {
  const [row] = await db.query<{ rules: unknown }>('SELECT rules FROM billing.chargeback WHERE org_id = $1', [orgId]);
  return row && Chargeback.parse(row.rules);
}

export async function putChargeback(db: Sql, orgId: string, chargeback: Chargeback, actor: string): Promise<void> {
  await db.query(
    `INSERT INTO billing.chargeback (org_id, rules, updated_by) VALUES ($1, $2, $3)
     ON CONFLICT (org_id) DO UPDATE SET rules = excluded.rules, updated_by = excluded.updated_by, updated_at = now()`,
    [orgId, JSON.stringify(chargeback), actor],
  );
}
