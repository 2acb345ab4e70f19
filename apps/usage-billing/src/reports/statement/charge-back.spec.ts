import type { ChargebackRule } from '@byok/contracts';
import fc from 'fast-check';
import { allocate } from './allocate.js';
import { chargeBack, hundredths, type CentreUse } from './charge-back.js';

const total = (values: Iterable<bigint>) => [...values].reduce((sum, value) => sum + value, 0n);
const money = fc.bigInt({ min: 0n, max: 10n ** 15n });

describe('allocate', () => {
  it('sums to the amount, and nobody is more than a nano-USD from their exact share', () => {
    fc.assert(
      fc.property(money, fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 }), (amount, weights) => {
        const shares = allocate(amount, weights);
        const whole = total(weights);
        expect(total(shares)).toBe(amount);
        if (whole > 0n) shares.forEach((share, index) => expect(share * whole - amount * weights[index]! < whole && share * whole - amount * weights[index]! > -whole).toBe(true));
      }),
    );
  });

  it('gives what cannot be divided to the largest remainders', () => {
    expect(allocate(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
    expect(allocate(1n, [1n, 2n])).toEqual([0n, 1n]);
    expect(allocate(7n, [0n, 0n])).toEqual([7n, 0n]);
  });
});

describe('chargeBack', () => {
  const uses: CentreUse[] = [
    { centre: '', nanoUsd: 40n, tokens: 1n },
    { centre: 'red', nanoUsd: 30n, tokens: 300n },
    { centre: 'blue', nanoUsd: 30n, tokens: 100n },
  ];
  const shared = (rule?: ChargebackRule) => Object.fromEntries(chargeBack(uses, rule));

  it('leaves everybody what they used, where there is no rule', () => {
    expect(shared()).toEqual({ '': 40n, red: 30n, blue: 30n });
  });

  it('divides by usage, what bears no name among the named if the rule says so', () => {
    expect(shared({ key: 'key_1', split: 'usage', measure: 'cost', spreadUntagged: true })).toEqual({ red: 50n, blue: 50n });
    expect(shared({ key: 'key_1', split: 'usage', measure: 'tokens', spreadUntagged: true })).toEqual({ red: 75n, blue: 25n });
    expect(shared({ key: 'key_1', split: 'usage', measure: 'cost', spreadUntagged: false })).toEqual({ '': 40n, red: 30n, blue: 30n });
  });

  it('divides by fixed percents, whoever used it', () => {
    expect(shared({ key: 'key_1', split: 'fixed', shares: [{ costCentre: 'red', percent: '33.34' }, { costCentre: 'green', percent: '66.66' }] })).toEqual({ red: 33n, green: 67n });
  });

  it('always sums to what the key cost', () => {
    const centre = fc.constantFrom('', 'a', 'b', 'c');
    const anyUses = fc.uniqueArray(fc.record({ centre, nanoUsd: money, tokens: money }), { selector: (use) => use.centre, maxLength: 4 });
    const percents = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 });
    const rule = fc.oneof(
      fc.record({ key: fc.constant('k'), split: fc.constant('usage' as const), measure: fc.constantFrom('cost' as const, 'tokens' as const), spreadUntagged: fc.boolean() }),
      percents.map((cuts): ChargebackRule => {
        const points = [0, ...cuts.sort((a, b) => a - b), 10_000];
        return { key: 'k', split: 'fixed', shares: points.slice(1).map((point, index) => ({ costCentre: `c${index % 3}`, percent: ((point - points[index]!) / 100).toFixed(2) })) };
      }),
      fc.constant(undefined),
    );
    fc.assert(fc.property(anyUses, rule, (some, each) => total(chargeBack(some, each).values()) === total(some.map((use) => use.nanoUsd))));
  });

  it('reads percents exactly', () => {
    expect(['0', '33.3', '33.34', '100.00'].map(hundredths)).toEqual([0n, 3330n, 3334n, 10_000n]);
  });
});
