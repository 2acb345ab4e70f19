import type { Conditions } from '../conditions.js';
import { estimateCost } from '../estimate-cost.js';
import type { RoutingRequest } from '../plan.js';
import type { Compare, Ordered } from './ordered.js';

/** What prices are compared by: a long question with a shorter answer. Embeddings have no output. */
const INPUT_TOKENS = 3_000;
const OUTPUT_TOKENS = 1_000;

/** The lower price first; what nobody told the price of comes last. Without prices all are equal. */
export function byPrice(request: RoutingRequest, conditions: Conditions, orgId: string): Compare {
  const known = new Map<string, bigint | null>();
  const priceOf = ({ key, provider, target }: Ordered): bigint | null => {
    const found = known.get(key.id);
    if (found !== undefined) return found;
    const price = comparablePrice(provider.id, target.upstreamModel, request, conditions, orgId);
    known.set(key.id, price);
    return price;
  };
  return conditions.prices === null ? () => 0 : (left, right) => comparePrices(priceOf(left), priceOf(right));
}

/** The cost of one and the same request, to compare models and providers by; null where it is not known. */
export function comparablePrice(providerId: string, upstreamModel: string, { endpoint }: Pick<RoutingRequest, 'endpoint'>, conditions: Conditions, orgId: string): bigint | null {
  return estimateCost(providerId, upstreamModel, { input: INPUT_TOKENS, output: endpoint === 'embeddings' ? 0 : OUTPUT_TOKENS }, conditions, orgId);
}

export function comparePrices(left: bigint | null, right: bigint | null): number {
  if (left === right) return 0;
  if (left === null) return 1;
  return right === null || left < right ? -1 : 1;
}
