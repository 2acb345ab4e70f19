import type { PriceVersion } from '@byok/pricing';
import { rateFromUsdPerMillion } from '@byok/pricing';

/** For specs: a price by its rates in USD per million tokens. */
export function aPrice(model: string, usd: { input: string; output: string; cacheRead?: string }, facts: Partial<PriceVersion> = {}): PriceVersion {
  const rate = (text: string) => rateFromUsdPerMillion(text).picoUsd;
  return {
    ...{ id: `prc_${model}`, layer: 'imported', orgId: null, provider: 'openai', model, match: { equals: model }, rank: 0, precedence: 0 },
    rates: { input: rate(usd.input), output: rate(usd.output), ...(usd.cacheRead === undefined ? {} : { cacheRead: rate(usd.cacheRead) }) },
    ...{ tiers: [], requestFee: 0n, effectiveFrom: null, effectiveTo: null, dailyWindow: null, source: 'test' },
    ...facts,
  };
}
