import { concerns } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';

/** True when an attempt spends platform credits, or spends what a hard budget counts: then its money is reserved before it is made. */
export function isMoneyAtStake(attempt: Attempt, principal: Principal, tags: Readonly<Record<string, string>>): boolean {
  if (attempt.usesPlatformCredits) return true;
  if (principal.hardBudgets.length === 0) return false;
  const group = groupOf(attempt, principal);
  const facts = {
    orgId: principal.orgId,
    groupIds: group === null ? [] : [group],
    userId: principal.userId,
    tokenId: principal.tokenId,
    keyId: attempt.keyId,
    provider: attempt.provider.id,
    model: attempt.upstreamModel,
    tags,
    keyOwner: attempt.owner.type,
  };
  return principal.hardBudgets.some((budget) => concerns({ ...budget, orgId: principal.orgId }, facts));
}

/** Whose spending it is among the groups: that of the group whose key it is, else of the one that the token acts in. */
export function groupOf(attempt: Attempt, principal: Principal): string | null {
  return attempt.owner.type === 'group' ? attempt.owner.id : principal.tokenGroup;
}
