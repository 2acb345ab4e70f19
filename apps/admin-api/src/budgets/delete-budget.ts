import type { BudgetsForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { recordChange } from '../access/record-change.js';
import { narrow, type EnforcementDeps } from './enforcement.js';
import { reachBudget } from './reach-budget.js';

type Deps = EnforcementDeps & { billing: Pick<BudgetsForAdmin, 'deleteBudget' | 'getBudget'> };

export async function deleteBudget(deps: Deps, principal: Principal, path: { budget: string }): Promise<void> {
  const { orgId } = principal;
  const { id } = await reachBudget(deps.billing, principal, 'budget:update', path.budget);
  await recordChange(deps.db, principal, { org: orgId, action: 'budget.delete', target: id }, () => deps.billing.deleteBudget({ orgId, budgetId: id }));
  await narrow(deps, orgId, id);
}
