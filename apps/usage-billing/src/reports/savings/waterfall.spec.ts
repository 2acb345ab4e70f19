import fc from 'fast-check';
import { formatUsd } from '@byok/kernel';
import { priceOfMany } from '@byok/pricing';
import { markupOf } from '@byok/ledger';
import { aPrice } from '../../spec/a-price.js';
import { NO_METERS } from '../../spec/an-event.js';
import { waterfall } from './waterfall.js';

const money = fc.bigInt({ min: 0n, max: 10n ** 15n });

describe('waterfall', () => {
  it('sums, step by step, from the baseline to what was paid', () => {
    fc.assert(
      fc.property(fc.record({ baseline: money, withoutCache: money, listOnOwnKeys: money, listOnCredits: money, charged: money }), fc.integer({ min: 0, max: 1500 }), (sums, bps) => {
        const { steps, actual, saved } = waterfall(sums, bps);
        expect(steps.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)).toBe(actual);
        expect(actual).toBe(sums.listOnOwnKeys + sums.charged);
        expect(saved).toBe(-steps.filter(({ step }) => !['baseline', 'markup'].includes(step)).reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n));
      }),
    );
  });

  it('counts as avoided exactly the markup on what ran on own keys', () => {
    const [own, credits] = [8_000_000_000n, 2_000_000_000n];
    const { steps } = waterfall({ baseline: 30_000_000_000n, withoutCache: 12_000_000_000n, listOnOwnKeys: own, listOnCredits: credits, charged: credits + markupOf(credits, 1500) }, 1500);
    expect(steps.map(({ step, nanoUsd }) => [step, formatUsd(nanoUsd)])).toEqual([
      ['baseline', '30.00'],
      ['routing', '-18.00'],
      ['cache', '-2.00'],
      ['markup', '1.50'],
      ['own-keys', '-1.20'],
    ]);
  });

  /** Seed 001 names the result and no inputs: a month of this many tokens gives both of its figures. A fixture, never a claim. */
  it('gives the figures of seed 001 for a workload that gives them: 110.19 USD, 88.2%', () => {
    const baseline = aPrice('gpt-4o', { input: '2.5', output: '10' });
    const cheap = aPrice('a-cheap-one', { input: '0.3', cacheRead: '0.1', output: '1.2' });
    const tokens = { ...NO_METERS, inputUncached: 28_742_000, cacheRead: 1_258_000, output: 4_993_000 };
    const flat = { ...NO_METERS, inputUncached: 30_000_000, output: 4_993_000 };
    const cost = (meters: typeof tokens, price: typeof baseline) => priceOfMany(meters, 10_000, 3_000, price) as bigint;
    const paid = cost(tokens, cheap);
    const result = waterfall({ baseline: cost(flat, baseline), withoutCache: cost(flat, cheap), listOnOwnKeys: paid, listOnCredits: 0n, charged: 0n }, 0);
    expect([formatUsd(result.steps[0]!.nanoUsd), formatUsd(result.actual), formatUsd(result.saved), result.savedHundredths]).toEqual(['124.93', '14.74', '110.19', 8820n]);
  });
});
