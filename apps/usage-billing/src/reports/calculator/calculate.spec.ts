import { formatUsd, picoToNano } from '@byok/kernel';
import { rateFromUsdPerMillion } from '@byok/pricing';
import { costByTier } from './calculate.js';

describe('costByTier', () => {
  it('gives the figures of seed 004: 100 million tokens at 30 USD a million cost 3450, 3300, 3150 and 3000', () => {
    const list = picoToNano(100_000_000n * rateFromUsdPerMillion('30').picoUsd);
    expect(costByTier(list).map(({ tier, total, markup }) => [tier, formatUsd(total), formatUsd(markup)])).toEqual([
      ['trial', '3450.00', '450.00'],
      ['starter', '3300.00', '300.00'],
      ['professional', '3150.00', '150.00'],
      ['enterprise', '3000.00', '0.00'],
    ]);
  });

  it('rounds a markup half to even', () => {
    expect(costByTier(10n).map(({ markup }) => markup)).toEqual([2n, 1n, 0n, 0n]);
    expect(costByTier(30n).map(({ markup }) => markup)).toEqual([4n, 3n, 2n, 0n]);
  });
});
