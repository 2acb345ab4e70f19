import fc from 'fast-check';
import { aPrice, someMeters } from './price.builder.js';
import { priceOf } from './price-of.js';
import { priceOfMany } from './price-of-many.js';

const TIERED = aPrice({ requestFee: 5_000_000n, tiers: [{ aboveInputTokens: 1_000, rates: { input: 3_000_000n, output: 4_000_000n } }] });

describe('priceOfMany', () => {
  it('is the sum of the requests, whichever tier they are in, but for the rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 1_000 }), (input, output, requests) => {
        const one = priceOf(someMeters({ inputUncached: input, output }), TIERED) as { nanoUsd: bigint };
        expect(priceOfMany(someMeters({ inputUncached: input * requests, output: output * requests }), requests, input, TIERED)).toBe(one.nanoUsd * BigInt(requests));
      }),
    );
  });

  it('says unknown where a meter has no rate, never 0', () => {
    expect(priceOfMany(someMeters({ inputUncached: 1, audioIn: 1 }), 1, 1, aPrice())).toBe('unknown');
  });
});
