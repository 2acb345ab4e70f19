import { AppError, type Clock } from '@byok/kernel';
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

const parsed = new WeakMap<Restrictions, readonly Network[]>();

/** One that cannot be read any more matches nobody: it must not widen the rest. */
function networksOf(restrictions: Restrictions): readonly Network[] {
  let networks = parsed.get(restrictions);
  if (!networks) parsed.set(restrictions, (networks = restrictions.networks.map(parseNetwork).filter((network) => network !== undefined)));
  return networks;
}
