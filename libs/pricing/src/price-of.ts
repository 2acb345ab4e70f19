import type { Meters } from '@byok/contracts';
import { picoToNano, type NanoUsd, type PicoUsdPerUnit } from '@byok/kernel';
import type { PriceVersion, Rates } from './price.js';

/** So many tokens at this rate; an undefined rate is one that nobody told us. */
type Part = readonly [tokens: number, rate: PicoUsdPerUnit | undefined];

/**
 * What an attempt costs at a price: exact in pico-USD, rounded half to even once, to nano-USD.
 * `unknown` when a meter that counts something has no rate, or when the meters contradict each other; never a guess and never 0.
 */
export function priceOf(meters: Meters, price: PriceVersion): { nanoUsd: NanoUsd } | 'unknown' {
  const rates = ratesFor(price, inputTokens(meters));
  // Priced by the hour, the page or the image: tokens, even none, say nothing about the cost.
  if (rates.input === undefined && rates.output === undefined) return 'unknown';
  if (hidesAudioInCache(meters)) return 'unknown';
  let pico = price.requestFee;
  for (const [tokens, rate] of [...inputParts(meters, rates), ...outputParts(meters, rates)]) {
    if (tokens === 0) continue;
    if (tokens < 0 || rate === undefined) return 'unknown';
    pico += BigInt(tokens) * rate;
  }
  return { nanoUsd: picoToNano(pico) };
}

function inputTokens(meters: Meters): number {
  return meters.inputUncached + meters.cacheRead + meters.cacheWrite5m + meters.cacheWrite1h;
}

/** The dearest tier that the whole request has reached; a tier starts above its threshold. */
function ratesFor(price: PriceVersion, input: number): Rates {
  return price.tiers.findLast((tier) => input > tier.aboveInputTokens)?.rates ?? price.rates;
}

/** Without a rate of its own a cache read or write is plain input; an hour's write is dearer than five minutes', by how much must be told. */
function inputParts(meters: Meters, rates: Rates): Part[] {
  return [
    [meters.inputUncached - meters.audioIn, rates.input],
    [meters.audioIn, rates.audioIn],
    [meters.cacheRead, rates.cacheRead ?? rates.input],
    [meters.cacheWrite5m, rates.cacheWrite5m ?? rates.input],
    [meters.cacheWrite1h, rates.cacheWrite1h ?? (rates.cacheWrite5m === undefined ? rates.input : undefined)],
  ];
}

/** Reasoning is output like any other unless it has a rate of its own. */
function outputParts(meters: Meters, rates: Rates): Part[] {
  const reasoning = rates.reasoning === undefined ? 0 : meters.reasoning;
  return [
    [meters.output - meters.audioOut - reasoning, rates.output],
    [meters.audioOut, rates.audioOut],
    [reasoning, rates.reasoning],
  ];
}

/** Cached audio has a price of its own, and the meters do not tell which of the cached tokens were audio. */
function hidesAudioInCache(meters: Meters): boolean {
  return meters.audioIn > 0 && meters.cacheRead > 0;
}
