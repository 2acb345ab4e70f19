import { matches } from './matches.js';
import { PRICE_LAYERS, type PriceVersion } from './price.js';

/** Prices by provider, the one that counts first. */
export type PriceBook = ReadonlyMap<string, readonly PriceVersion[]>;

const DAY_SECONDS = 86_400;

export function openPriceBook(prices: Iterable<PriceVersion>): PriceBook {
  const book = new Map<string, PriceVersion[]>();
  for (const price of prices) {
    const shelf = book.get(price.provider);
    if (shelf) shelf.push(price);
    else book.set(price.provider, [price]);
  }
  for (const shelf of book.values()) shelf.sort(byPrecedence);
  return book;
}

/**
 * The price of a model for an org at a moment (milliseconds since 1970): its contract's, else the operator's override, else the
 * imported one. Undefined when nobody told us, which is not "free".
 */
export function matchPrice(book: PriceBook, provider: string, model: string, at: number, orgId: string | null = null): PriceVersion | undefined {
  const shelf = book.get(provider);
  if (!shelf) return undefined;
  const inForce = shelf.filter((price) => (price.orgId === null || price.orgId === orgId) && isInForce(price, at));
  const name = model.trim().toLowerCase();
  const dashed = dashedDate(name);
  for (const layer of PRICE_LAYERS) {
    const said = inForce.filter((price) => price.layer === layer);
    const found = firstMatch(said, name) ?? (dashed === name ? undefined : firstMatch(said, dashed));
    if (found) return found;
  }
  return undefined;
}

function byPrecedence(one: PriceVersion, other: PriceVersion): number {
  return one.rank - other.rank || other.precedence - one.precedence || (other.effectiveFrom ?? -Infinity) - (one.effectiveFrom ?? -Infinity);
}

function firstMatch(prices: readonly PriceVersion[], name: string): PriceVersion | undefined {
  return prices.find((price) => matches(price.match, name));
}

function isInForce(price: PriceVersion, at: number): boolean {
  if (price.effectiveFrom !== null && at < price.effectiveFrom) return false;
  if (price.effectiveTo !== null && at >= price.effectiveTo) return false;
  if (!price.dailyWindow) return true;
  const { from, to } = price.dailyWindow;
  const second = Math.floor(at / 1000) % DAY_SECONDS;
  return from <= to ? second >= from && second < to : second >= from || second < to;
}

/** A date in a name is written both ways: `gpt-4o-20240806` is looked for as `gpt-4o-2024-08-06` too. */
function dashedDate(name: string): string {
  return name.replace(/-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3');
}
