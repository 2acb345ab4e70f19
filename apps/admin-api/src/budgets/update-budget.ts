import type { Budget, BudgetsForAdmin, UpdateBudget, UpdateBudgetMessage } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { recordChange } from '../access/record-change.js';
import { budgetToWire } from './budget-to-wire.js';
import { narrow, widen, type EnforcementDeps } from './enforcement.js';
import { reachBudget } from './reach-budget.js';

type Deps = EnforcementDeps & { billing: Pick<BudgetsForAdmin, 'updateBudget' | 'getBudget'> };

export async function updateBudget(deps: Deps, principal: Principal, path: { budget: string }, input: UpdateBudget): Promise<Budget> {
  const { orgId } = principal;
  const before = await reachBudget(deps.billing, principal, 'budget:update', path.budget);
  const change = changeOf(input);
  await widen(deps, orgId, before, { ...before, ...change });
  const details = { changed: Object.keys(change), ...(input.amountUsd === undefined ? {} : { amountUsd: input.amountUsd }) };
  const work = () => deps.billing.updateBudget({ ...change, ...(input.thresholds ? { thresholds: { percent: input.thresholds } } : {}), orgId, budgetId: before.id });
  const updated = await recordChange(deps.db, principal, { org: orgId, action: 'budget.update', details }, work);
  await narrow(deps, orgId, before.id);
  return budgetToWire(updated);
}

function changeOf({ hard, shadow, thresholds: _thresholds, ...rest }: UpdateBudget): Omit<UpdateBudgetMessage, 'orgId' | 'budgetId' | 'thresholds'> {
  const change = { ...rest, isHard: hard, isShadow: shadow };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
