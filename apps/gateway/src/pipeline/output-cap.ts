import { AppError } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import { maxOutputOf } from '@byok/providers';
import type { Wish } from './read-wish.js';

/**
 * The most output that a caller's preferences leave a request which does not say how much it wants; 0 where it says, or nothing was
 * preferred.
 * @throws AppError invalid_request where it asks for more
 */
export function preferredCap(wish: Wish, { settings }: Principal): number {
  const limits = [settings.user.preferences?.maxTokensPerRequest, settings.org.preferences?.maxTokensPerRequest].filter((limit) => limit !== undefined);
  if (limits.length === 0 || wish.endpoint === 'embeddings') return 0;
  const most = Math.min(...limits);
  const asked = maxOutputOf(wish.endpoint, wish.body, wish.scan);
  if (asked === null || asked === undefined) return most;
  if (asked > most) throw new AppError('invalid_request', `This request asks for ${asked} tokens of output; your preferences, or your organisation's, allow ${most}.`, { details: { asked, most } });
  return 0;
}

/** The tighter of two caps of which 0 is none. */
export function tighterCap(one: number, other: number): number {
  return one === 0 || other === 0 ? one + other : Math.min(one, other);
}
