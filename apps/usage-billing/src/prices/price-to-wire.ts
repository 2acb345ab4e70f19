import type { PriceRowMessage, PriceTierMessage, RatesMessage } from '@byok/contracts';
import { formatUsd, parseUsd } from '@byok/kernel';
import { rateFromUsdPerMillion, usdPerMillionFromRate, type ContextTier, type Rates } from '@byok/pricing';
import type { StoredPrice } from '../store/prices.store.js';

const PICO_PER_NANO = 1_000n;

export function priceToWire(price: StoredPrice): PriceRowMessage {
  const { id, layer, provider, model, source, checksum } = price;
  return {
    ...{ id, layer, provider, model, source, checksum },
    orgId: price.orgId ?? '',
    rates: ratesToWire(price.rates),
    tiers: price.tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, rates: ratesToWire(tier.rates) })),
    requestUsd: formatUsd(price.requestFee / PICO_PER_NANO),
    effectiveFrom: isoOf(price.effectiveFrom),
    effectiveTo: isoOf(price.effectiveTo),
  };
}

export function ratesToWire(rates: Rates): RatesMessage {
  return Object.fromEntries(Object.entries(rates).map(([meter, rate]) => [meter, usdPerMillionFromRate(rate as bigint)]));
}

export function ratesFromWire(rates: Readonly<Record<string, string>>): Rates {
  return Object.fromEntries(Object.entries(rates).map(([meter, text]) => [meter, rateFromUsdPerMillion(text).picoUsd]));
}

export function tiersFromWire(tiers: readonly PriceTierMessage[]): ContextTier[] {
  return tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, rates: ratesFromWire(tier.rates) })).sort((one, other) => one.aboveInputTokens - other.aboveInputTokens);
}

/** pico-USD for each request. */
export function requestFeeFromWire(usd: string | undefined): bigint {
  return usd ? parseUsd(usd) * PICO_PER_NANO : 0n;
}

function isoOf(milliseconds: number | null): string {
  return milliseconds === null ? '' : new Date(milliseconds).toISOString();
}
