import type { RoutingPolicy, RoutingRequest } from '../plan.js';
import { drawOf } from './draw.js';
import { byNumber, type Compare, type Ordered } from './ordered.js';

const DEFAULT_WEIGHT = 100;

/**
 * Calls are spread by weight: over many requests a key of weight 2 is first twice as often as one of weight 1, and the rest of the
 * plan is drawn in the same way (Efraimidis and Spirakis). The same request always gets the same order; weight 0 comes last.
 */
export function byWeight({ weights = {} }: RoutingPolicy, { draw = '' }: RoutingRequest): Compare {
  const waitOf = ({ key, provider }: Ordered): number => {
    const weight = weights[key.id] ?? weights[provider.id] ?? DEFAULT_WEIGHT;
    return weight === 0 ? Number.MAX_VALUE : -Math.log(drawOf(`${draw} ${key.id}`)) / weight;
  };
  return byNumber(waitOf);
}
