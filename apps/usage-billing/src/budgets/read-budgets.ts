import type { BudgetMessage } from '@byok/contracts';
import { AppError, type Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { findBudget, listBudgets as findBudgets } from '../store/budgets.store.js';
import { parse } from '../wire/parse.js';
import { budgetMessages } from './budget-message.js';
import { BudgetIdRequest, ListBudgetsRequest } from './requests.js';

export async function getBudget(deps: { db: Sql; clock: Clock }, message: unknown): Promise<BudgetMessage> {
  const { orgId, budgetId } = parse(BudgetIdRequest, message);
  const budget = await findBudget(deps.db, orgId, budgetId);
  if (!budget) throw noBudget();
  return (await budgetMessages(deps.db, deps.clock, [budget]))[0]!;
}

export async function listBudgets(deps: { db: Sql; clock: Clock }, message: unknown): Promise<{ items: BudgetMessage[]; next: string }> {
  const { orgId, after, limit, subjects, isEverything } = parse(ListBudgetsRequest, message);
  const budgets = await findBudgets(deps.db, orgId, { after, limit: limit + 1, subjects: isEverything ? null : subjects });
  const page = budgets.slice(0, limit);
  return { items: await budgetMessages(deps.db, deps.clock, page), next: budgets.length > limit ? page.at(-1)!.id : '' };
}

export function noBudget(): AppError {
  return new AppError('not_found', 'There is no such budget.');
}
