import { priceOf } from './price-of.js';
import type { PriceVersion } from './price.js';
import type { Meters } from '@byok/contracts';
import type { NanoUsd } from '@byok/kernel';

/**
 * What many requests of one kind cost together: their meters summed, in the context tier of a request with `inputOfOne` tokens of input.
 * Rounded once for all of them. Exact where all of them are in one tier; otherwise it is for the caller to split them, or to say "about".
 */
export function priceOfMany(meters: Meters, requests: number, inputOfOne: number, price: PriceVersion): NanoUsd | 'unknown' {
  const rates = price.tiers.findLast((tier) => inputOfOne > tier.aboveInputTokens)?.rates ?? price.rates;
  const cost = priceOf(meters, { ...price, rates, tiers: [], requestFee: price.requestFee * BigInt(requests) });
  return cost === 'unknown' ? cost : cost.nanoUsd;
}
