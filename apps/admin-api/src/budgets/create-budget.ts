import type { Budget, BudgetsForAdmin, CreateBudget } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { newId } from '@byok/kernel';
import { demand } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { budgetToWire } from './budget-to-wire.js';
import { narrow, widen, type EnforcementDeps } from './enforcement.js';
import { findSubject, type SubjectDeps } from './find-subject.js';
import { budgetResource } from './reach-budget.js';

export type CreateBudgetDeps = SubjectDeps & EnforcementDeps & { billing: Pick<BudgetsForAdmin, 'createBudget' | 'getBudget'> };

export async function createBudget(deps: CreateBudgetDeps, principal: Principal, { hard, shadow, scope, ...input }: CreateBudget): Promise<Budget> {
  const { orgId } = principal;
  const scopeId = await findSubject(deps, principal, { ...input, hard, shadow, scope });
  demand(principal, 'budget:update', budgetResource(orgId, { scope, scopeId }));
  const wanted = { ...input, id: newId('budget'), orgId, scope, scopeId, isHard: hard, isShadow: shadow };
  await widen(deps, orgId, null, { ...wanted, status: 'active' });
  try {
    const details = { scope, scopeId, amountUsd: input.amountUsd, period: input.period, hard, shadow };
    const work = () => deps.billing.createBudget({ ...wanted, createdBy: actorOf(principal), mailTo: principal.email ?? '' });
    return budgetToWire(await recordChange(deps.db, principal, { org: orgId, action: 'budget.create', details }, work));
  } catch (error) {
    await narrow(deps, orgId, wanted.id).catch(() => undefined);
    throw error;
  }
}
