import { matchPrice, priceOf } from '@byok/pricing';
import type { NanoUsd } from '@byok/kernel';
import type { Conditions } from './conditions.js';

const NOTHING = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0, audioIn: 0, audioOut: 0 };

/** What so many tokens cost at a provider now, before any markup; null where nobody told us the price. */
export function estimateCost(providerId: string, upstreamModel: string, tokens: { input: number; output: number }, { prices, now }: Conditions, orgId: string | null = null): NanoUsd | null {
  const price = prices === null ? undefined : matchPrice(prices, providerId, upstreamModel, now, orgId);
  if (!price) return null;
  const cost = priceOf({ ...NOTHING, inputUncached: tokens.input, output: tokens.output }, price);
  return cost === 'unknown' ? null : cost.nanoUsd;
}
