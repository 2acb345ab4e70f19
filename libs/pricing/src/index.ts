export { matches } from './matches.js';
export { matchPrice, openPriceBook } from './match-price.js';
export type { PriceBook } from './match-price.js';
export { RATED_METERS } from './price.js';
export type { ContextTier, MatchClause, PriceVersion, RatedMeter, Rates } from './price.js';
export { priceOf } from './price-of.js';
export { rateFromUsdPerMillion } from './rate-from-usd.js';
