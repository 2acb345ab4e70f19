import type { BudgetMessage } from '@byok/contracts';
import type { Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { changeBudget, findBudget } from '../store/budgets.store.js';
import { parse } from '../wire/parse.js';
import { budgetMessages } from './budget-message.js';
import { noBudget } from './read-budgets.js';
import { UpdateBudgetRequest } from './requests.js';

/** Changes a budget; the next hold and the next event see it. What was counted stays, a threshold that was told is not told again. */
export async function updateBudget(deps: { db: Database; clock: Clock }, message: unknown): Promise<BudgetMessage> {
  const { orgId, budgetId, amountUsd, thresholds, ...change } = parse(UpdateBudgetRequest, message);
  return deps.db.transaction(async (tx) => {
    const isThere = await changeBudget(tx, orgId, budgetId, { ...change, amountNanoUsd: amountUsd, thresholds: thresholds?.percent });
    if (!isThere) throw noBudget();
    const [answer] = await budgetMessages(tx, deps.clock, [(await findBudget(tx, orgId, budgetId))!]);
    return answer!;
  });
}
