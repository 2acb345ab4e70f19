import type { Sql } from '@byok/platform';
import { changeBudget } from '../store/budgets.store.js';
import { parse } from '../wire/parse.js';
import { noBudget } from './read-budgets.js';
import { BudgetIdRequest } from './requests.js';

/** Takes a budget out of force for good. Its row stays: holds that are open and alerts that were raised refer to it. */
export async function deleteBudget(deps: { db: Sql }, message: unknown): Promise<object> {
  const { orgId, budgetId } = parse(BudgetIdRequest, message);
  if (!(await changeBudget(deps.db, orgId, budgetId, { status: 'deleted' }))) throw noBudget();
  return {};
}
