import type { KeyOrder } from '@byok/contracts';
import { OWNERS } from '@byok/kernel';
import type { Conditions } from '../conditions.js';
import type { RestsOn, RoutingPolicy, RoutingRequest } from '../plan.js';
import { byPrice } from './cheapest.js';
import { byLatency, bySuccess } from './latency.js';
import { byNumber, inTurn, type Compare, type Ordered } from './ordered.js';
import { byPreference } from './preferred-provider.js';
import { byPrefix } from './sticky.js';
import { byWeight } from './weighted.js';

export interface Order {
  /** Total: two keys are never equal. */
  compare: Compare;
  /** What the order of these two rests on. */
  restsOn(left: Ordered, right: Ordered): RestsOn;
}

/**
 * Nearest owner first, whatever was chosen; inside an owner the caller's providers, the aggregator rule, then the order of the
 * policy, and what is still equal by priority, price, success and age.
 */
export function inOrder(policy: RoutingPolicy, request: RoutingRequest, conditions: Conditions): Order {
  const order = orderOf(policy);
  const always = inTurn(byOwner, byPreference(policy), byAggregator(policy));
  const price = byPrice(request, conditions, policy.orgId);
  const chosen: Record<KeyOrder, Compare> = {
    priority: byPriority,
    cheapest: price,
    weighted: byWeight(policy, request),
    latency: byLatency(request, conditions),
    sticky: byPrefix(policy, request),
  };
  const fixed = order === 'priority' ? inTurn(always, byPriority) : always;
  return {
    compare: inTurn(always, chosen[order], byPriority, price, bySuccess(conditions), byAge),
    restsOn: (left, right) => {
      if (fixed(left, right) !== 0) return 'keys';
      if (order === 'weighted' || order === 'sticky') return 'request';
      // The same model at the same provider costs the same and is as fast.
      if (left.provider === right.provider && left.target.upstreamModel === right.target.upstreamModel && order !== 'latency') return 'keys';
      return order === 'latency' ? 'request' : 'measurements';
    },
  };
}

/** What the policy says, or else what the caller would like. */
export function orderOf({ order, preferences }: RoutingPolicy): KeyOrder {
  return order ?? (preferences?.costOptimization ? 'cheapest' : 'priority');
}

const byOwner: Compare = byNumber(({ key }) => OWNERS.indexOf(key.owner.type));
const byPriority: Compare = byNumber(({ key }) => key.priority);

function byAggregator({ aggregator }: RoutingPolicy): Compare {
  return byNumber(({ provider }) => (provider.aggregator === (aggregator === 'first') ? 0 : 1));
}

/** Ids begin with the time they were made. */
function byAge(left: Ordered, right: Ordered): number {
  if (left.key.id === right.key.id) return 0;
  return left.key.id < right.key.id ? -1 : 1;
}
