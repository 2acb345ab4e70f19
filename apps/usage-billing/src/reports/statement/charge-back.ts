import type { ChargebackRule } from '@byok/contracts';
import type { NanoUsd } from '@byok/kernel';
import { allocate } from './allocate.js';

/** What a cost centre used of a key; '' is what bears nobody's name. */
export interface CentreUse {
  centre: string;
  nanoUsd: NanoUsd;
  tokens: bigint;
}

/**
 * Divides what a key cost between the cost centres. Without a rule everybody bears what they used. The amounts always sum to what it cost.
 */
export function chargeBack(uses: readonly CentreUse[], rule: ChargebackRule | undefined): Map<string, NanoUsd> {
  const amount = uses.reduce((sum, use) => sum + use.nanoUsd, 0n);
  if (rule?.split === 'fixed') return divided(amount, rule.shares.map(({ costCentre, percent }) => [costCentre, hundredths(percent)]));
  if (rule?.split === 'usage') return divided(amount, usageShares(uses, rule));
  return divided(amount, uses.map((use) => [use.centre, use.nanoUsd]));
}

/** By what the named ones used; what bears nobody's name is theirs in the same proportion if the rule says so and there is somebody. */
function usageShares(uses: readonly CentreUse[], rule: Extract<ChargebackRule, { split: 'usage' }>): [string, bigint][] {
  const shares = uses.map((use): [string, bigint] => [use.centre, rule.measure === 'tokens' ? use.tokens : use.nanoUsd]);
  const named = shares.filter(([centre, share]) => centre !== '' && share > 0n);
  return rule.spreadUntagged && named.length > 0 ? named : shares;
}

function divided(amount: NanoUsd, shares: readonly (readonly [string, bigint])[]): Map<string, NanoUsd> {
  const result = new Map<string, NanoUsd>();
  if (shares.length === 0) return result;
  const amounts = allocate(amount, shares.map(([, share]) => share));
  shares.forEach(([centre], index) => result.set(centre, (result.get(centre) ?? 0n) + amounts[index]!));
  return result;
}

/** "33.34" percent in hundredths of a percent; the contract has checked the shape. */
export function hundredths(percent: string): bigint {
  const [whole, fraction = ''] = percent.split('.');
  return BigInt(whole!) * 100n + BigInt(fraction.padEnd(2, '0'));
}
