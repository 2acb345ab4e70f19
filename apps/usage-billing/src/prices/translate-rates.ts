import type { ContextTier, RatedMeter, Rates } from '@byok/pricing';
import { rateFromUsdPerMillion } from '@byok/pricing';
import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';

const METER_OF: Readonly<Record<string, RatedMeter>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cacheRead',
  cache_write_mtok: 'cacheWrite5m',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  input_audio_mtok: 'audioIn',
  output_audio_mtok: 'audioOut',
};

/** Tokens with a rate of their own that our meters cannot tell from the others, and the meter they hide in. */
const HIDDEN_IN: Readonly<Record<string, RatedMeter>> = {
  input_image_mtok: 'input',
  input_video_mtok: 'input',
  cache_image_read_mtok: 'cacheRead',
  output_image_mtok: 'output',
  output_video_mtok: 'output',
  output_citation_mtok: 'output',
};

/** Per hour, page, message or tool call: not in the meters. Cached audio: `priceOf` refuses to price it. */
const NOT_METERED = new Set([
  'cache_audio_read_mtok', 'audio_hours', 'input_audio_hours', 'input_document_kpages', 'input_annotated_document_kpages', 'input_text_messages_kcount',
  'web_searches_kcount', 'storage_searches_kcount', 'file_searches_kcount', 'social_searches_kcount', 'rerank_searches_kcount',
]);

export interface TranslatedRates {
  rates: Rates;
  tiers: ContextTier[];
  requestFee: bigint;
  /** Prices finer than a pico-USD per token that were rounded. */
  rounded: number;
}

/**
 * genai-prices' numbers as rates. A meter that would hide tokens of another price is left without a rate, so that its cost is
 * unknown and never too low.
 * @throws Error on a kind of price that this version does not know
 */
export function translateRates(price: ModelPrice): TranslatedRates {
  const told = Object.entries(price).filter((entry): entry is [string, number | TieredPrices] => entry[1] !== undefined);
  const unknown = told.find(([name]) => !(name in METER_OF) && !(name in HIDDEN_IN) && !NOT_METERED.has(name) && name !== 'requests_kcount');
  if (unknown) throw new Error(`No translation for the kind of price ${unknown[0]}`);

  const hidden = new Set(told.map(([name]) => HIDDEN_IN[name]));
  const metered = told.filter(([name]) => name in METER_OF && !hidden.has(METER_OF[name]));
  const tally = { rounded: 0 };
  const ratesAbove = (input: number): Rates => Object.fromEntries(metered.map(([name, value]) => [METER_OF[name], rateOf(valueAbove(value, input), tally)]));
  const thresholds = [...new Set(metered.flatMap(([, value]) => (typeof value === 'number' ? [] : value.tiers.map((tier) => tier.start))))].sort((a, b) => a - b);
  return {
    rates: ratesAbove(-1),
    tiers: thresholds.map((aboveInputTokens) => ({ aboveInputTokens, rates: ratesAbove(aboveInputTokens) })),
    requestFee: requestFeeOf(price['requests_kcount']),
    rounded: tally.rounded,
  };
}

function valueAbove(value: number | TieredPrices, input: number): number {
  if (typeof value === 'number') return value;
  const reached = value.tiers.filter((tier) => tier.start <= input).sort((one, other) => one.start - other.start);
  return reached.at(-1)?.price ?? value.base;
}

function rateOf(usdPerMillion: number, tally: { rounded: number }): bigint {
  const { picoUsd, isRounded } = rateFromUsdPerMillion(String(usdPerMillion));
  if (isRounded) tally.rounded += 1;
  return picoUsd;
}

/** Told in USD per thousand requests: a thousand times what a million would be divided by. */
function requestFeeOf(perThousand: number | TieredPrices | undefined): bigint {
  if (perThousand === undefined) return 0n;
  if (typeof perThousand !== 'number') throw new Error('No translation for a tiered price per request');
  return rateFromUsdPerMillion(String(perThousand)).picoUsd * 1000n;
}
