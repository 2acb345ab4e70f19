export { matches } from './matches.js';
export { matchPrice, openPriceBook } from './match-price.js';
export type { PriceBook } from './match-price.js';
export { PRICE_LAYERS, RATED_METERS } from './price.js';
export type { ContextTier, MatchClause, PriceLayer, PriceVersion, RatedMeter, Rates } from './price.js';
export { priceOf } from './price-of.js';
export { rateFromUsdPerMillion, usdPerMillionFromRate } from './rate-from-usd.js';
export { upperBoundOf } from './upper-bound.js';
export type { CallBounds } from './upper-bound.js';
