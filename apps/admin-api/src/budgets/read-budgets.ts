import type { Budget, BudgetQuery, BudgetsForAdmin, Page } from '@byok/contracts';
import { may, type Principal } from '@byok/identity';
import { budgetToWire } from './budget-to-wire.js';
import { reachBudget } from './reach-budget.js';

/** All of the org's for who may see those; otherwise one's own and those of one's groups. */
export async function listBudgets(deps: { billing: Pick<BudgetsForAdmin, 'listBudgets'> }, principal: Principal, query: BudgetQuery): Promise<Page<Budget>> {
  const { orgId, userId, groups } = principal;
  const isEverything = may(principal, 'budget:read', { org: orgId, owner: 'org' });
  const subjects = [...groups.map((group) => group.id), ...(userId === null ? [] : [userId])];
  const page = await deps.billing.listBudgets({ orgId, after: query.after ?? '', limit: query.limit, subjects, isEverything });
  return { items: page.items.map(budgetToWire), next: page.next || null };
}

export async function getBudget(deps: { billing: Pick<BudgetsForAdmin, 'getBudget'> }, principal: Principal, path: { budget: string }): Promise<Budget> {
  return budgetToWire(await reachBudget(deps.billing, principal, 'budget:read', path.budget));
}
