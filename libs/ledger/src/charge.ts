import type { NanoUsd } from '@byok/kernel';
import { divideHalfEven } from '@byok/kernel';
import { markupOf } from './markup.js';

/** What a call costs its org, and what of it nobody has money for. `base + markup - overrun` is drawn from the wallet. */
export interface Charge {
  baseNanoUsd: NanoUsd;
  markupNanoUsd: NanoUsd;
  overrunNanoUsd: NanoUsd;
}

export const NO_CHARGE: Charge = { baseNanoUsd: 0n, markupNanoUsd: 0n, overrunNanoUsd: 0n };

/** The charge for a call that cost `base`, of which at most `available` can be drawn: the rest is ours to bear, never a debt. */
export function chargeFor(baseNanoUsd: NanoUsd, markupBps: number, availableNanoUsd: NanoUsd): Charge {
  const markupNanoUsd = markupOf(baseNanoUsd, markupBps);
  const due = baseNanoUsd + markupNanoUsd;
  const available = availableNanoUsd < 0n ? 0n : availableNanoUsd;
  return { baseNanoUsd, markupNanoUsd, overrunNanoUsd: due > available ? due - available : 0n };
}

export function drawnBy(charge: Charge): NanoUsd {
  return charge.baseNanoUsd + charge.markupNanoUsd - charge.overrunNanoUsd;
}

export function sumOfCharges(charges: Iterable<Charge>): Charge {
  let sum = NO_CHARGE;
  for (const charge of charges) {
    sum = {
      baseNanoUsd: sum.baseNanoUsd + charge.baseNanoUsd,
      markupNanoUsd: sum.markupNanoUsd + charge.markupNanoUsd,
      overrunNanoUsd: sum.overrunNanoUsd + charge.overrunNanoUsd,
    };
  }
  return sum;
}

/**
 * The part of a charge that goes back when `amount` of what it drew is refunded after `refundedBefore`. Rounded on the running
 * total, so that refunds of the whole, in whatever pieces, are the exact reversal of the whole.
 * @throws RangeError when that is more than was drawn
 */
export function partOfCharge(charge: Charge, refundedBefore: NanoUsd, amount: NanoUsd): Charge {
  const drawn = drawnBy(charge);
  const total = refundedBefore + amount;
  if (amount <= 0n || refundedBefore < 0n || total > drawn) throw new RangeError('A refund is more than nothing and at most what was drawn.');
  const part = (whole: NanoUsd): NanoUsd => divideHalfEven(whole * total, drawn) - divideHalfEven(whole * refundedBefore, drawn);
  const [markupNanoUsd, overrunNanoUsd] = [part(charge.markupNanoUsd), part(charge.overrunNanoUsd)];
  return { baseNanoUsd: amount - markupNanoUsd + overrunNanoUsd, markupNanoUsd, overrunNanoUsd };
}
