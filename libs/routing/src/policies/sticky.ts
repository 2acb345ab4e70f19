import type { RoutingPolicy, RoutingRequest } from '../plan.js';
import { drawOf } from './draw.js';
import { byNumber, type Compare } from './ordered.js';

/**
 * Requests that begin alike go to the same key, whose account's prompt cache knows them: rendezvous hashing of org, beginning and
 * key. A key that goes or comes moves its own share of the conversations only.
 */
export function byPrefix({ orgId }: RoutingPolicy, { model, prefix = '' }: RoutingRequest): Compare {
  const beginning = `${orgId} ${model} ${prefix}`;
  return byNumber(({ key }) => drawOf(`${key.id} ${drawOf(beginning)}`));
}
