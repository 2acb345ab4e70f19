import type { BudgetMessage, BudgetsForAdmin } from '@byok/contracts';
import { may, type Permission, type Principal, type Resource } from '@byok/identity';
import type { GroupId, OrgId, UserId } from '@byok/kernel';
import { demand, forbidden } from '../access/demand.js';
import { actorOf } from '../access/record-change.js';

/** The budget, if it is of the caller's org and the caller may do this to it. */
export async function reachBudget(billing: Pick<BudgetsForAdmin, 'getBudget'>, principal: Principal, permission: Permission, budgetId: string): Promise<BudgetMessage> {
  const budget = await billing.getBudget({ orgId: principal.orgId, budgetId });
  demand(principal, permission, budgetResource(principal.orgId, budget));
  // What the org laid upon a group is not the group's to lift: its admin changes what its admin made.
  const isOfTheOrg = budget.createdBy !== actorOf(principal) && !may(principal, permission, { org: principal.orgId, owner: 'org' });
  if (permission === 'budget:update' && isOfTheOrg) throw forbidden(permission);
  return budget;
}

/** What a budget is about, as far as it decides who may see and change it. */
export function budgetResource(org: OrgId, { scope, scopeId }: Pick<BudgetMessage, 'scope' | 'scopeId'>): Resource {
  if (scope === 'group') return { org, owner: 'group', group: scopeId as GroupId };
  return scope === 'user' ? { org, owner: 'user', user: scopeId as UserId } : { org, owner: 'org' };
}
