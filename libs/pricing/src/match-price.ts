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

/** What was found for a name before, whoever asked and when: prices that are for it, its own before those for its dashed form. */
const found = new WeakMap<PriceBook, Map<string, readonly PriceVersion[]>>();
const MOST_NAMES = 10_000;

/**
 * The price of a model for an org at a moment (milliseconds since 1970): its contract's, else the operator's override, else the
 * imported one. Undefined when nobody told us, which is not "free".
 */
export function matchPrice(book: PriceBook, provider: string, model: string, at: number, orgId: string | null = null): PriceVersion | undefined {
  const candidates = candidatesFor(book, provider, model);
  for (const layer of PRICE_LAYERS) {
    const price = candidates.find((each) => each.layer === layer && (each.orgId === null || each.orgId === orgId) && isInForce(each, at));
    if (price) return price;
  }
  return undefined;
}

function candidatesFor(book: PriceBook, provider: string, model: string): readonly PriceVersion[] {
  const names = found.get(book) ?? new Map<string, readonly PriceVersion[]>();
  found.set(book, names);
  const key = `${provider} ${model}`;
  const known = names.get(key);
  if (known) return known;
  // Names come from callers, who may make up any number of them.
  if (names.size >= MOST_NAMES) names.clear();
  const name = model.trim().toLowerCase();
  const dashed = dashedDate(name);
  const shelf = book.get(provider) ?? [];
  const candidates = [...new Set([name, dashed])].flatMap((form) => shelf.filter((price) => matches(price.match, form)));
  names.set(key, candidates);
  return candidates;
}

function byPrecedence(one: PriceVersion, other: PriceVersion): number {
  return one.rank - other.rank || other.precedence - one.precedence || (other.effectiveFrom ?? -Infinity) - (one.effectiveFrom ?? -Infinity);
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
