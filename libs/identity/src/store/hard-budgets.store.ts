import type { BudgetId, OrgId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { HardBudget, Tx } from '../types.js';

/** Tells every gateway that calls which this budget may concern have to reserve money first; told again, it takes what is told. */
export async function putHardBudget(tx: Tx, orgId: OrgId, { id, scope, scopeId, includesOwnKeys }: HardBudget): Promise<void> {
  await tx.query(
    `INSERT INTO identity.hard_budget AS present (budget_id, org_id, scope, scope_id, includes_own_keys) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (budget_id) DO UPDATE SET includes_own_keys = EXCLUDED.includes_own_keys WHERE present.org_id = EXCLUDED.org_id`,
    [id, orgId, scope, scopeId, includesOwnKeys],
  );
  await notifyChange(tx, { org: orgId, kind: 'org', id: orgId });
}

export async function removeHardBudget(tx: Tx, orgId: OrgId, id: BudgetId): Promise<void> {
  await tx.query('DELETE FROM identity.hard_budget WHERE org_id = $1 AND budget_id = $2', [orgId, id]);
  await notifyChange(tx, { org: orgId, kind: 'org', id: orgId });
}
