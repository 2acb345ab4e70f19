import type { NanoUsd } from '@byok/kernel';

/**
 * Divides an amount by weights, to the last nano-USD: every share is rounded down and what is left goes, one each, to the largest
 * remainders, of equal ones to the first. The sum is always the amount. All weights 0: the first gets everything.
 */
export function allocate(amount: NanoUsd, weights: readonly bigint[]): NanoUsd[] {
  if (weights.length === 0) throw new RangeError('There is nobody to divide between.');
  if (amount < 0n || weights.some((weight) => weight < 0n)) throw new RangeError('Amount and weights are not negative.');
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return weights.map((_, index) => (index === 0 ? amount : 0n));
  const shares = weights.map((weight) => (amount * weight) / whole);
  const left = amount - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = weights.map((weight, index) => ({ index, remainder: (amount * weight) % whole })).sort((one, other) => (one.remainder === other.remainder ? one.index - other.index : one.remainder > other.remainder ? -1 : 1));
  for (const { index } of byRemainder.slice(0, Number(left))) shares[index]! += 1n;
  return shares;
}
