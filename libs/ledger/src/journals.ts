import type { NanoUsd } from '@byok/kernel';
import { drawnBy, type Charge } from './charge.js';
import { balanced, line, reversed, type Line } from './lines.js';

/** Money came in from outside. */
export function topUpLines(amount: NanoUsd): Line[] {
  return balanced(line('wallet', amount), line('cash_clearing', -amount));
}

/** Credits that we give. */
export function grantLines(amount: NanoUsd): Line[] {
  return balanced(line('wallet', amount), line('promo_expense', -amount));
}

/** Calls on platform credits, one journal for any number of them. What the wallet cannot give is our loss. */
export function usageLines(charge: Charge): Line[] {
  return balanced(
    line('wallet', -drawnBy(charge)),
    line('usage_passthrough', charge.baseNanoUsd),
    line('markup_revenue', charge.markupNanoUsd),
    line('overrun_loss', -charge.overrunNanoUsd),
  );
}

/** A charge, or the part of one that `partOfCharge` tells, taken back. */
export function refundLines(part: Charge): Line[] {
  return reversed(usageLines(part));
}

/** Credits that nobody used in time. */
export function expiryLines(amount: NanoUsd): Line[] {
  return balanced(line('wallet', -amount), line('breakage', amount));
}

/** By how much a charge turned out to be wrong: each part more (+) or less (-) than was charged. */
export function adjustmentLines(delta: Charge): Line[] {
  return usageLines(delta);
}

/** What a provider billed us for platform keys beyond (+) or below (-) what we passed through. */
export function providerCostLines(amount: NanoUsd): Line[] {
  return balanced(line('provider_cost', -amount), line('cash_clearing', amount));
}
