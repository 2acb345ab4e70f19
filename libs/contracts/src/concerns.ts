import type { BudgetScope } from './http/settings.js';
import type { OwnerType } from '@byok/kernel';

/** What a budget is for. */
export interface BudgetSubject {
  orgId: string;
  scope: BudgetScope;
  scopeId: string;
  includesOwnKeys: boolean;
}

/** Who spends, and on what. All of it comes from who the caller is and which attempt is made, never from the request's words alone. */
export interface SpendingFacts {
  orgId: string;
  groupIds: readonly string[];
  userId: string | null;
  tokenId: string | null;
  keyId: string;
  provider: string;
  model: string;
  tags: Readonly<Record<string, string>>;
  keyOwner: OwnerType;
}

/** Does this spending count against this budget? The one rule for holds, counting and reports. */
export function concerns(budget: BudgetSubject, facts: SpendingFacts): boolean {
  if (budget.orgId !== facts.orgId) return false;
  if (facts.keyOwner !== 'platform' && !budget.includesOwnKeys) return false;
  return IS_SUBJECT[budget.scope](budget.scopeId, facts);
}

const IS_SUBJECT: Readonly<Record<BudgetScope, (id: string, facts: SpendingFacts) => boolean>> = {
  org: (id, facts) => facts.orgId === id,
  group: (id, facts) => facts.groupIds.includes(id),
  user: (id, facts) => facts.userId === id,
  token: (id, facts) => facts.tokenId === id,
  key: (id, facts) => facts.keyId === id,
  provider: (id, facts) => facts.provider === id,
  model: (id, facts) => facts.model === id,
  tag: (id, facts) => Object.entries(facts.tags).some(([name, value]) => `${name}=${value}` === id),
};
