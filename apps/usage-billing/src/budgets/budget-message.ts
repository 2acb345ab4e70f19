import type { BudgetMessage } from '@byok/contracts';
import { formatUsd, windowOf, type Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { readCounters } from '../store/budget-counters.store.js';
import type { Budget } from '../store/budgets.store.js';

/** Budgets as they are told, each with what was spent and is held in its present window. */
export async function budgetMessages(db: Sql, clock: Clock, budgets: readonly Budget[]): Promise<BudgetMessage[]> {
  const now = clock.now();
  const windows = budgets.map((budget) => windowOf(budget.period, budget.timeZone, now));
  const counters = await readCounters(db, budgets.map(({ id }, index) => ({ budgetId: id, windowStart: windows[index]!.start })));
  const counterOf = new Map(counters.map((counter) => [counter.budgetId, counter]));
  return budgets.map((budget, index) => {
    const { start, end } = windows[index]!;
    const { spentNanoUsd = 0n, heldNanoUsd = 0n, wouldRefuse = 0 } = counterOf.get(budget.id) ?? {};
    const { amountNanoUsd, createdAt, ...facts } = budget;
    return {
      ...facts,
      amountUsd: formatUsd(amountNanoUsd),
      createdAt: createdAt.toISOString(),
      spentUsd: formatUsd(spentNanoUsd),
      heldUsd: formatUsd(heldNanoUsd),
      remainingUsd: formatUsd(amountNanoUsd - spentNanoUsd - heldNanoUsd),
      windowStart: new Date(start).toISOString(),
      resetsAt: end === null ? '' : new Date(end).toISOString(),
      wouldRefuse,
    };
  });
}
