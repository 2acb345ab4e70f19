import { AppError, onceFor, type Clock } from '@byok/kernel';
import { isWithin, parseNetwork, type Network } from '@byok/platform';
import type { Principal, Restrictions } from './types.js';

/**
 * A token works until it ends and from where it may be used, whichever of several uses of a remembered principal this is.
 * `address` is asked only when it matters.
 * @throws AppError token_expired | address_not_allowed
 */
export function refuseElsewhere({ restrictions }: Pick<Principal, 'restrictions'>, address: () => string, clock: Clock): void {
  if (restrictions === undefined) return;
  if (restrictions.expiresAt !== null && restrictions.expiresAt.getTime() <= clock.now()) throw new AppError('token_expired', 'This token has expired.');
  if (restrictions.networks.length > 0 && !isWithin(address(), networksOf(restrictions))) throw new AppError('address_not_allowed', 'This token may not be used from your address. Ask who made it.');
}

/** One that cannot be read any more matches nobody: it must not widen the rest. */
const networksOf = onceFor(({ networks }: Restrictions): readonly Network[] => networks.map(parseNetwork).filter((network) => network !== undefined));
