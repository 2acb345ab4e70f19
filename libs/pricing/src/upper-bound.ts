import { picoToNano, type NanoUsd, type PicoUsdPerUnit } from '@byok/kernel';
import type { PriceVersion, Rates } from './price.js';

/** The most that a call may consume, as far as it is known before it is made. */
export interface CallBounds {
  /** All of the input, in tokens. */
  inputTokens: number;
  /** All answers together, reasoning included. */
  outputTokens: number;
  /** The call cannot write a prompt cache. */
  writesNoCache: boolean;
  /** The call neither sends nor asks for audio. */
  hasNoAudio: boolean;
}

/**
 * The most that a call within these bounds can cost at a price: every token at the dearest rate that it could have, in the dearest
 * tier that the input can reach, and no discount for cached input. `unknown` where a bill would be unknown too.
 */
export function upperBoundOf(bounds: CallBounds, price: PriceVersion): { nanoUsd: NanoUsd } | 'unknown' {
  const reachable = [price.rates, ...price.tiers.filter((tier) => bounds.inputTokens > tier.aboveInputTokens).map((tier) => tier.rates)];
  let most: bigint | undefined;
  for (const rates of reachable) {
    if (rates.input === undefined && rates.output === undefined) return 'unknown';
    const input = partOf(bounds.inputTokens, inputRates(rates, bounds));
    const output = partOf(bounds.outputTokens, outputRates(rates, bounds));
    if (input === undefined || output === undefined) return 'unknown';
    const pico = price.requestFee + input + output;
    if (most === undefined || pico > most) most = pico;
  }
  return { nanoUsd: picoToNano(most!) };
}

function partOf(tokens: number, rates: readonly PicoUsdPerUnit[]): bigint | undefined {
  if (tokens === 0) return 0n;
  return rates.length === 0 ? undefined : BigInt(tokens) * rates.reduce((most, rate) => (rate > most ? rate : most));
}

/** Cached input is usually cheaper, but nothing keeps a price from saying otherwise. */
function inputRates(rates: Rates, { writesNoCache, hasNoAudio }: CallBounds): PicoUsdPerUnit[] {
  // Without a rate for input nothing is known of plain text, whatever the others say.
  if (rates.input === undefined) return [];
  const writes = writesNoCache ? [] : [rates.cacheWrite5m, rates.cacheWrite1h];
  return known(rates.input, rates.cacheRead, ...writes, hasNoAudio ? undefined : rates.audioIn);
}

function outputRates(rates: Rates, { hasNoAudio }: CallBounds): PicoUsdPerUnit[] {
  if (rates.output === undefined) return [];
  return known(rates.output, rates.reasoning, hasNoAudio ? undefined : rates.audioOut);
}

function known(...rates: readonly (PicoUsdPerUnit | undefined)[]): PicoUsdPerUnit[] {
  return rates.filter((rate) => rate !== undefined);
}
