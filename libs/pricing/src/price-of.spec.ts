import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Meters } from '@byok/contracts';
import { picoToNano } from '@byok/kernel';
import { aPrice, someMeters } from './price.builder.js';
import { priceOf } from './price-of.js';
import type { PriceVersion, Rates } from './price.js';

function nano(meters: Meters, price: PriceVersion): bigint {
  const priced = priceOf(meters, price);
  if (priced === 'unknown') throw new Error('expected a known price');
  return priced.nanoUsd;
}

const GEMINI_25_PRO = aPrice({
  rates: { input: 1_250_000n, cacheRead: 125_000n, output: 10_000_000n },
  tiers: [{ aboveInputTokens: 200_000, rates: { input: 2_500_000n, cacheRead: 250_000n, output: 15_000_000n } }],
});

describe('priceOf', () => {
  it('prices half a million cached tokens of a million at the cache rate, once', () => {
    const gpt4o = aPrice({ rates: { input: 2_500_000n, cacheRead: 1_250_000n, output: 10_000_000n } });
    expect(nano(someMeters({ inputUncached: 500_000, cacheRead: 500_000 }), gpt4o)).toBe(1_875_000_000n);
  });

  it('moves the whole request to the next tier with the first token above the threshold', () => {
    expect(nano(someMeters({ inputUncached: 200_000, output: 1_000 }), GEMINI_25_PRO)).toBe(260_000_000n);
    expect(nano(someMeters({ inputUncached: 200_001, output: 1_000 }), GEMINI_25_PRO)).toBe(515_002_500n);
  });

  it('counts cached tokens towards the tier', () => {
    expect(nano(someMeters({ inputUncached: 1, cacheRead: 200_000 }), GEMINI_25_PRO)).toBe(50_002_500n);
  });

  it('takes a cache read or write without a rate for plain input', () => {
    expect(nano(someMeters({ cacheRead: 100, cacheWrite5m: 10, cacheWrite1h: 1 }), aPrice())).toBe(111_000n);
  });

  it('does not guess what an hour of cache costs where five minutes have a surcharge', () => {
    const price = aPrice({ rates: { input: 3_000_000n, cacheWrite5m: 3_750_000n, output: 15_000_000n } });
    expect(priceOf(someMeters({ cacheWrite1h: 1 }), price)).toBe('unknown');
  });

  it('never bills audio as text', () => {
    expect(priceOf(someMeters({ inputUncached: 10, audioIn: 1 }), aPrice())).toBe('unknown');
    expect(priceOf(someMeters({ output: 10, audioOut: 1 }), aPrice())).toBe('unknown');
  });

  it('bills audio at its own rate and the rest as text', () => {
    const price = aPrice({ rates: { input: 1_000_000n, audioIn: 32_000_000n, output: 2_000_000n, audioOut: 64_000_000n } });
    expect(nano(someMeters({ inputUncached: 1000, audioIn: 400, output: 100, audioOut: 90 }), price)).toBe(600_000n + 12_800_000n + 20_000n + 5_760_000n);
  });

  it('does not say what cached audio costs, because the meters do not tell how much there was', () => {
    const price = aPrice({ rates: { input: 1n, cacheRead: 1n, audioIn: 2n, output: 1n } });
    expect(priceOf(someMeters({ inputUncached: 10, audioIn: 5, cacheRead: 1 }), price)).toBe('unknown');
  });

  it('bills reasoning as output, or at its own rate where it has one', () => {
    expect(nano(someMeters({ output: 1000, reasoning: 600 }), aPrice())).toBe(2_000_000n);
    expect(nano(someMeters({ output: 1000, reasoning: 600 }), aPrice({ rates: { input: 1n, output: 8_000_000n, reasoning: 3_000_000n } }))).toBe(5_000_000n);
  });

  it('adds the fee of a request once', () => {
    expect(nano(someMeters({ inputUncached: 1 }), aPrice({ requestFee: 12_000_000_000n }))).toBe(12_001_000n);
  });

  it('says unknown, never 0, where a meter that counts something has no rate', () => {
    expect(priceOf(someMeters({ inputUncached: 1, output: 1 }), aPrice({ rates: { input: 1_000_000n } }))).toBe('unknown');
    expect(priceOf(someMeters({ inputUncached: 1 }), aPrice({ rates: { output: 1_000_000n } }))).toBe('unknown');
    expect(priceOf(someMeters(), aPrice({ rates: {} }))).toBe('unknown');
  });

  it('says 0 where the provider counted nothing, and where the price is 0', () => {
    expect(nano(someMeters(), aPrice())).toBe(0n);
    expect(nano(someMeters({ inputUncached: 5, output: 5 }), aPrice({ rates: { input: 0n, output: 0n } }))).toBe(0n);
  });

  it('says unknown of meters that contradict each other', () => {
    expect(priceOf(someMeters({ output: 1, audioOut: 2 }), aPrice({ rates: { input: 1n, output: 1n, audioOut: 1n } }))).toBe('unknown');
    expect(priceOf(someMeters({ output: 1, reasoning: 2 }), aPrice({ rates: { input: 1n, output: 1n, reasoning: 1n } }))).toBe('unknown');
  });

  it('G24 rounds half to even, once for the whole request', () => {
    const price = aPrice({ rates: { input: 500n, output: 500n } });
    expect(nano(someMeters({ inputUncached: 1 }), price)).toBe(0n);
    expect(nano(someMeters({ inputUncached: 1, output: 1 }), price)).toBe(1n);
    expect(nano(someMeters({ inputUncached: 3 }), price)).toBe(2n);
  });
});

const tokens = fc.integer({ min: 0, max: 1_000_000_000 });
const rate = fc.bigInt({ min: 0n, max: 600_000_000n });
const anyRates: fc.Arbitrary<Rates> = fc.record({ input: rate, cacheRead: rate, cacheWrite5m: rate, cacheWrite1h: rate, output: rate });
const anyMeters = fc.record({ inputUncached: tokens, cacheRead: tokens, cacheWrite5m: tokens, cacheWrite1h: tokens, output: tokens }).map(someMeters);

describe('priceOf, for any meters and rates', () => {
  it('equals the sum of its parts', () => {
    fc.assert(
      fc.property(anyMeters, anyRates, (meters, rates) => {
        const { input = 0n, cacheRead = 0n, cacheWrite5m = 0n, cacheWrite1h = 0n, output = 0n } = rates;
        const pico =
          BigInt(meters.inputUncached) * input +
          BigInt(meters.cacheRead) * cacheRead +
          BigInt(meters.cacheWrite5m) * cacheWrite5m +
          BigInt(meters.cacheWrite1h) * cacheWrite1h +
          BigInt(meters.output) * output;
        expect(nano(meters, aPrice({ rates }))).toBe(picoToNano(pico));
      }),
    );
  });

  it('never costs less for one token more, tiers included', () => {
    const meter = fc.constantFrom('inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output');
    fc.assert(
      fc.property(anyMeters, anyRates, anyRates, meter, fc.integer({ min: 0, max: 4_000_000_000 }), (meters, base, surcharge, grown, threshold) => {
        const dearer = Object.fromEntries(Object.entries(base).map(([name, value]) => [name, value! + (surcharge[name as keyof Rates] ?? 0n)]));
        const price = aPrice({ rates: base, tiers: [{ aboveInputTokens: threshold, rates: dearer }] });
        expect(nano({ ...meters, [grown]: meters[grown] + 1 }, price) >= nano(meters, price)).toBe(true);
      }),
    );
  });

  it('G24 is at most half a nano-USD away from the exact sum, per request', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 }), rate, (requests, input) => {
        const price = aPrice({ rates: { input, output: 0n } });
        const billed = requests.reduce((sum, count) => sum + nano(someMeters({ inputUncached: count }), price), 0n) * 1000n;
        const exact = requests.reduce((sum, count) => sum + BigInt(count) * input, 0n);
        const drift = billed > exact ? billed - exact : exact - billed;
        expect(drift <= BigInt(requests.length) * 500n).toBe(true);
      }),
    );
  });
});

describe('the sources of this lib', () => {
  it('do no money in floats', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.includes('.spec.'));
    for (const file of files) {
      const text = readFileSync(join(import.meta.dirname, file), 'utf8');
      expect({ file, found: /parseFloat|toFixed|Math\.round|\/ 1e|\d\.\d+[^'\d]|Number\([^)]*([Uu]sd|pico|rate)/.exec(text)?.[0] }).toEqual({ file, found: undefined });
    }
  });
});
