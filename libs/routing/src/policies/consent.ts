import type { RoutingPolicy } from '../plan.js';

/**
 * Whether platform credits may be spent, given that the caller has a key of their own side (user, group, org) for the model or has none.
 * A key that exists but fails (refused, undecryptable, in another dialect) is a key: it never silently turns into somebody's bill.
 */
export function maySpendPlatformCredits(policy: RoutingPolicy, hasOwnKey: boolean): boolean {
  switch (policy.platformCredits) {
    case 'never':
      return false;
    case 'when-no-key':
      return !hasOwnKey;
    case 'when-no-key-or-key-fails':
      return true;
    default:
      // An unknown choice is no consent.
      return false;
  }
}

const STRICTEST = ['never', 'when-no-key', 'when-no-key-or-key-fails'] as const;

/** Of several choices the one that spends least: a group may only tighten what its org chose. */
export function strictestConsent(choices: readonly RoutingPolicy['platformCredits'][]): RoutingPolicy['platformCredits'] {
  return STRICTEST.find((each) => choices.includes(each)) ?? 'never';
}
