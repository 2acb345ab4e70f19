import fc from 'fast-check';
import type { Rates } from './price.js';
import { aPrice, someMeters } from './price.builder.js';
import { priceOf } from './price-of.js';
import { upperBoundOf, type CallBounds } from './upper-bound.js';

const bounds = (facts: Partial<CallBounds> = {}): CallBounds => ({ inputTokens: 1_000_000, outputTokens: 1_000_000, writesNoCache: true, hasNoAudio: true, ...facts });

const rate = fc.bigInt({ min: 0n, max: 10_000_000n });
const optional = fc.option(rate, { nil: undefined });
const rates = fc.record({ input: rate, output: rate, cacheRead: optional, cacheWrite5m: optional, cacheWrite1h: optional, reasoning: optional, audioIn: optional, audioOut: optional }) as fc.Arbitrary<Rates>;
const prices = fc.record({ rates, above: fc.integer({ min: 0, max: 300 }), tier: fc.option(rates), requestFee: rate }).map(({ tier, above, ...facts }) => aPrice({ ...facts, tiers: tier ? [{ aboveInputTokens: above, rates: tier }] : [] }));
const count = fc.integer({ min: 0, max: 100 });
const meters = fc.record({ inputUncached: count, cacheRead: count, cacheWrite5m: count, cacheWrite1h: count, output: count, reasoning: count, audioIn: count, audioOut: count });

describe('upperBoundOf', () => {
  it('is never less than any bill within the bounds', () => {
    fc.assert(
      fc.property(prices, meters, fc.integer({ min: 0, max: 50 }), fc.boolean(), fc.boolean(), (price, counted, slack, cache, audio) => {
        const used = someMeters({ ...counted, ...(cache ? {} : { cacheWrite5m: 0, cacheWrite1h: 0 }), ...(audio ? {} : { audioIn: 0, audioOut: 0 }) });
        fc.pre(used.audioIn <= used.inputUncached && used.audioOut + used.reasoning <= used.output);
        const bill = priceOf(used, price);
        const input = used.inputUncached + used.cacheRead + used.cacheWrite5m + used.cacheWrite1h;
        const most = upperBoundOf({ inputTokens: input + slack, outputTokens: used.output + slack, writesNoCache: !cache, hasNoAudio: !audio }, price);
        if (most === 'unknown') throw new Error('Both rates are there.');
        if (bill !== 'unknown') expect(most.nanoUsd).toBeGreaterThanOrEqual(bill.nanoUsd);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes the dearest tier that the input can reach, and none that it cannot', () => {
    const price = aPrice({ tiers: [{ aboveInputTokens: 200_000, rates: { input: 3_000_000n, output: 1_000_000n } }] });
    expect(upperBoundOf(bounds({ inputTokens: 200_000, outputTokens: 0 }), price)).toEqual({ nanoUsd: 200_000_000n });
    expect(upperBoundOf(bounds({ inputTokens: 200_001, outputTokens: 0 }), price)).toEqual({ nanoUsd: 600_003_000n });
    // Much output in the lower tier is dearer than in the higher one.
    expect(upperBoundOf(bounds({ inputTokens: 200_001, outputTokens: 10_000_000 }), price)).toEqual({ nanoUsd: 20_200_001_000n });
  });

  it('gives no discount for cached input, counts the surcharge of a cache write unless there is none, and audio likewise', () => {
    const price = aPrice({ rates: { input: 1_000_000n, output: 2_000_000n, cacheRead: 100_000n, cacheWrite5m: 1_250_000n, cacheWrite1h: 2_000_000n, audioIn: 40_000_000n, audioOut: 80_000_000n } });
    expect(upperBoundOf(bounds(), price)).toEqual({ nanoUsd: 3_000_000_000n });
    expect(upperBoundOf(bounds({ writesNoCache: false }), price)).toEqual({ nanoUsd: 4_000_000_000n });
    expect(upperBoundOf(bounds({ hasNoAudio: false }), price)).toEqual({ nanoUsd: 120_000_000_000n });
  });

  it('G22 does not know what has no price', () => {
    expect(upperBoundOf(bounds(), aPrice({ rates: {} }))).toBe('unknown');
    expect(upperBoundOf(bounds(), aPrice({ rates: { input: 1n } }))).toBe('unknown');
    expect(upperBoundOf(bounds({ outputTokens: 0 }), aPrice({ rates: { input: 1_000_000n } }))).toEqual({ nanoUsd: 1_000_000_000n });
  });
});
