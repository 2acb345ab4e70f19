import type { PicoUsdPerUnit } from '@byok/kernel';

/** Which model names a price is for, as data. Names are compared in lower case. */
export type MatchClause =
  | { readonly equals: string }
  | { readonly startsWith: string }
  | { readonly endsWith: string }
  | { readonly contains: string }
  /** A whole name in which `#` stands for one digit; a `*` at the end for any rest. No regular expressions: this one is linear. */
  | { readonly pattern: string }
  | { readonly or: readonly MatchClause[] }
  | { readonly and: readonly MatchClause[] }
  | { readonly not: MatchClause };

/** What is priced by the token. `reasoning` and the audio rates exist only where they differ from the text's. */
export const RATED_METERS = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'reasoning', 'audioIn', 'audioOut'] as const;
export type RatedMeter = (typeof RATED_METERS)[number];

/** pico-USD per token. */
export type Rates = { readonly [meter in RatedMeter]?: PicoUsdPerUnit };

/** The rates of a whole request whose input is larger than this. */
export interface ContextTier {
  readonly aboveInputTokens: number;
  readonly rates: Rates;
}

/** Whose word a price is, the one that counts first: an org's contract, the operator's override, what was imported. */
export const PRICE_LAYERS = ['contract', 'override', 'imported'] as const;
export type PriceLayer = (typeof PRICE_LAYERS)[number];

/** One price of one model for one stretch of time. Never changed once events refer to it; only its end may become known. */
export interface PriceVersion {
  readonly id: string;
  readonly layer: PriceLayer;
  /** Whose contract it is; null: for every org. */
  readonly orgId: string | null;
  readonly provider: string;
  /** What the source calls the model; `match` decides which names it covers. */
  readonly model: string;
  readonly match: MatchClause;
  /** Among prices that match a name the lowest counts. */
  readonly rank: number;
  /** Among the prices of one model that are in force the highest counts: a daily window beats the day. */
  readonly precedence: number;
  readonly rates: Rates;
  /** By rising `aboveInputTokens`. */
  readonly tiers: readonly ContextTier[];
  /** pico-USD per request, on top of the tokens. */
  readonly requestFee: PicoUsdPerUnit;
  /** Milliseconds since 1970, inclusive; null: since ever. */
  readonly effectiveFrom: number | null;
  /** Exclusive; null: until further notice. */
  readonly effectiveTo: number | null;
  /** Only within these seconds of the day, UTC; `to` before `from` runs over midnight. */
  readonly dailyWindow: { readonly from: number; readonly to: number } | null;
  readonly source: string;
}
