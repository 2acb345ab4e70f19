import { AppError, onceFor } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import { maxOutputOf } from '@byok/providers';
import { preferencesOf } from './policy-of.js';
import type { Wish } from './read-wish.js';

/**
 * The most output that a caller's preferences leave a request which does not say how much it wants; 0 where it says, or nothing was
 * preferred.
 * @throws AppError invalid_request where it asks for more
 */
export function preferredCap(wish: Wish, principal: Principal): number {
  const most = mostFor(principal);
  if (most === null || wish.endpoint === 'embeddings') return 0;
  const asked = maxOutputOf(wish.endpoint, wish.body, wish.scan);
  if (asked === null || asked === undefined) return most;
  if (asked > most) throw new AppError('invalid_request', `This request asks for ${asked} tokens of output; your preferences, or your organisation's, allow ${most}.`, { details: { asked, most } });
  return 0;
}

/** What is set for a principal does not change while the object lives. */
const mostFor = onceFor((principal: Principal) => preferencesOf(principal).maxTokensPerRequest ?? null);

/** The tighter of two caps of which 0 is none. */
export function tighterCap(one: number, other: number): number {
  return one === 0 || other === 0 ? one + other : Math.min(one, other);
}
