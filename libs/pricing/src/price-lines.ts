import type { PriceVersion, Rates } from './price.js';

/** Prices as text on their way to another process: one JSON object a line, rates as decimal strings. */
export function writePriceLines(prices: Iterable<PriceVersion>): string {
  return [...prices].map((price) => JSON.stringify(price, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))).join('\n');
}

type PriceOnWire = Omit<PriceVersion, 'rates' | 'tiers' | 'requestFee'> & { rates: RatesOnWire; tiers: { aboveInputTokens: number; rates: RatesOnWire }[]; requestFee: string };
type RatesOnWire = Readonly<Record<string, string>>;

/** @throws when the text was not written by `writePriceLines` */
export function readPriceLines(text: string): PriceVersion[] {
  return text.split('\n').filter(Boolean).map((line) => {
    const price = JSON.parse(line) as PriceOnWire;
    return { ...price, rates: ratesOf(price.rates), tiers: price.tiers.map((tier) => ({ ...tier, rates: ratesOf(tier.rates) })), requestFee: BigInt(price.requestFee) };
  });
}

function ratesOf(texts: RatesOnWire): Rates {
  return Object.fromEntries(Object.entries(texts).map(([meter, pico]) => [meter, BigInt(pico)]));
}
