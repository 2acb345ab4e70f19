import { OWNERS } from '@byok/kernel';
import type { Provider } from '@byok/providers';
import type { RoutingPolicy, UsableKey } from '../plan.js';

export interface Ordered {
  key: UsableKey;
  provider: Provider;
}

/** Nearest owner first; inside an owner the aggregator rule, then priority, then id, which is age. */
export function inOrder(policy: RoutingPolicy): (left: Ordered, right: Ordered) => number {
  return (left, right) =>
    OWNERS.indexOf(left.key.owner.type) - OWNERS.indexOf(right.key.owner.type) ||
    aggregatorRank(left.provider, policy) - aggregatorRank(right.provider, policy) ||
    left.key.priority - right.key.priority ||
    byId(left.key.id, right.key.id);
}

function aggregatorRank(provider: Provider, policy: RoutingPolicy): number {
  return provider.aggregator === (policy.aggregator === 'first') ? 0 : 1;
}

function byId(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
