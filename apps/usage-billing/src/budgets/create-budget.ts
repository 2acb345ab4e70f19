import type { BudgetMessage } from '@byok/contracts';
import { AppError, type Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { defaultMailTo } from '../store/alert-settings.store.js';
import { countBudgets, findBudget, insertBudget } from '../store/budgets.store.js';
import { parse } from '../wire/parse.js';
import { budgetMessages } from './budget-message.js';
import { CreateBudgetRequest } from './requests.js';

// Every usage event is held against all of its org's budgets.
const MAX_BUDGETS = 500;

/** Makes a budget. The org's first one decides who gets its alerts by e-mail, until the org says otherwise. */
export async function createBudget(deps: { db: Database; clock: Clock }, message: unknown): Promise<BudgetMessage> {
  const { amountUsd, mailTo, ...request } = parse(CreateBudgetRequest, message);
  return deps.db.transaction(async (tx) => {
    if ((await countBudgets(tx, request.orgId)) >= MAX_BUDGETS) throw new AppError('conflict', `An organisation has at most ${MAX_BUDGETS} budgets. Delete one first.`);
    await insertBudget(tx, { ...request, amountNanoUsd: amountUsd, status: 'active' });
    if (mailTo) await defaultMailTo(tx, request.orgId, mailTo);
    const [answer] = await budgetMessages(tx, deps.clock, [(await findBudget(tx, request.orgId, request.id))!]);
    return answer!;
  });
}
