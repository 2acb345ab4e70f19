import type { Budget, BudgetMessage } from '@byok/contracts';

export function budgetToWire({ isHard, isShadow, orgId: _orgId, resetsAt, ...facts }: BudgetMessage): Budget {
  return { ...facts, hard: isHard, shadow: isShadow, resetsAt: resetsAt || null, thresholds: [...facts.thresholds] } as Budget;
}
