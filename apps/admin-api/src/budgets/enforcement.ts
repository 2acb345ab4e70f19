import type { BudgetMessage, BudgetsForAdmin } from '@byok/contracts';
import { putHardBudget, removeHardBudget, type HardBudget, type Tx } from '@byok/identity';
import type { BudgetId, OrgId } from '@byok/kernel';
import type { Database } from '@byok/platform';

// Gateways ask before a call only for the budgets that identity.hard_budget names: a name too many costs a question, one too few would
// let money through. So it gets every name before the budget is enforced and loses one after it is not.

type Enforceable = Pick<BudgetMessage, 'id' | 'scope' | 'scopeId' | 'isHard' | 'isShadow' | 'includesOwnKeys' | 'status'>;

export interface EnforcementDeps {
  db: Database;
  billing: Pick<BudgetsForAdmin, 'getBudget'>;
}

/** Before a change: the gateways ask for whatever the budget may concern, be it before or after. */
export async function widen({ db }: Pick<EnforcementDeps, 'db'>, orgId: OrgId, before: Enforceable | null, after: Enforceable): Promise<void> {
  if (!isEnforced(after)) return;
  const includesOwnKeys = after.includesOwnKeys || (before !== null && isEnforced(before) && before.includesOwnKeys);
  await db.transaction((tx) => putHardBudget(tx as Tx, orgId, { ...hardBudgetOf(after), includesOwnKeys }));
}

/**
 * After a change: the gateways ask for what the budget concerns, and no more. Two changes at once may each write what the other has made
 * old, so what is written is compared with the budget again until they agree.
 */
export async function narrow({ db, billing }: EnforcementDeps, orgId: OrgId, budgetId: string): Promise<void> {
  for (let tries = 0, written = ''; tries < 5; tries++) {
    const budget = await billing.getBudget({ orgId, budgetId }).catch(noneIfGone);
    const wanted = budget && isEnforced(budget) ? hardBudgetOf(budget) : null;
    const text = JSON.stringify(wanted);
    if (text === written) return;
    await db.transaction((tx) => (wanted ? putHardBudget(tx as Tx, orgId, wanted) : removeHardBudget(tx as Tx, orgId, budgetId as BudgetId)));
    written = text;
  }
}

function isEnforced({ isHard, isShadow, status }: Enforceable): boolean {
  return isHard && !isShadow && status === 'active';
}

function hardBudgetOf({ id, scope, scopeId, includesOwnKeys }: Enforceable): HardBudget {
  return { id: id as BudgetId, scope: scope as HardBudget['scope'], scopeId, includesOwnKeys };
}

function noneIfGone(error: unknown): null {
  if ((error as { code?: unknown }).code === 'not_found') return null;
  throw error;
}
