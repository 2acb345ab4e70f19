import type { Meters } from '@byok/contracts';
import type { PriceVersion } from './price.js';

/** For specs: a price of 1 USD per million tokens in and 2 out. */
export function aPrice(facts: Partial<PriceVersion> = {}): PriceVersion {
  return {
    id: 'prc_1',
    layer: 'imported',
    orgId: null,
    provider: 'openai',
    model: 'gpt-test',
    match: { equals: 'gpt-test' },
    rank: 0,
    precedence: 0,
    rates: { input: 1_000_000n, output: 2_000_000n },
    tiers: [],
    requestFee: 0n,
    effectiveFrom: null,
    effectiveTo: null,
    dailyWindow: null,
    source: 'test',
    ...facts,
  };
}

/** For specs: meters that count nothing but what is said. */
export function someMeters(facts: Partial<Meters> = {}): Meters {
  return { inputUncached: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0, audioIn: 0, audioOut: 0, ...facts };
}
