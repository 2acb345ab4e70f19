import type { ContextTier, MatchClause, PriceVersion, RatedMeter, Rates } from '@byok/pricing';
import type { Sql } from '@byok/platform';
import { unnestRows, type BulkColumn } from './unnest.js';

const RATE_COLUMNS: readonly (readonly [RatedMeter, string])[] = [
  ['input', 'input_pico'],
  ['cacheRead', 'cache_read_pico'],
  ['cacheWrite5m', 'cache_write_5m_pico'],
  ['cacheWrite1h', 'cache_write_1h_pico'],
  ['output', 'output_pico'],
  ['reasoning', 'reasoning_pico'],
  ['audioIn', 'audio_in_pico'],
  ['audioOut', 'audio_out_pico'],
];

export type StoredPrice = PriceVersion & { checksum: string };

const COLUMNS: readonly BulkColumn<StoredPrice>[] = [
  ['id', 'text', (price) => price.id],
  ['source', 'text', (price) => price.source],
  ['layer', 'text', (price) => price.layer],
  ['org_id', 'text', (price) => price.orgId],
  ['checksum', 'text', (price) => price.checksum],
  ['provider', 'text', (price) => price.provider],
  ['model', 'text', (price) => price.model],
  ['match', 'jsonb', (price) => JSON.stringify(price.match)],
  ['rank', 'int', (price) => price.rank],
  ['precedence', 'int', (price) => price.precedence],
  ...RATE_COLUMNS.map(([meter, column]): BulkColumn<StoredPrice> => [column, 'bigint', (price) => price.rates[meter]?.toString() ?? null]),
  ['request_fee_pico', 'bigint', (price) => price.requestFee.toString()],
  ['tiers', 'jsonb', (price) => JSON.stringify(price.tiers, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))],
  ['daily_from_second', 'int', (price) => price.dailyWindow?.from ?? null],
  ['daily_to_second', 'int', (price) => price.dailyWindow?.to ?? null],
  ['effective_from', 'timestamptz', (price) => isoOf(price.effectiveFrom)],
  ['effective_to', 'timestamptz', (price) => isoOf(price.effectiveTo)],
];

/** The moment at which everything that this transaction writes begins or ends. */
export async function transactionTime(tx: Sql): Promise<number> {
  const [row] = await tx.query<{ now: Date }>('SELECT now() AS now');
  return row!.now.getTime();
}

/**
 * Adds prices, in force as their source dates them; unless they are the first ever, not before now: a call that has begun is
 * billed by what was known when it began.
 */
export async function insertPrices(tx: Sql, importSequence: string, prices: readonly StoredPrice[], isFirst: boolean): Promise<void> {
  const { from, parameters } = unnestRows(COLUMNS, prices);
  const names = COLUMNS.map(([name]) => name).filter((name) => name !== 'effective_from');
  await tx.query(
    `INSERT INTO billing.price (import_sequence, effective_from, ${names.join(', ')})
     SELECT $${COLUMNS.length + 1}, ${isFirst ? 'row.effective_from' : 'GREATEST(row.effective_from, now())'}, ${names.map((name) => `row.${name}`).join(', ')} FROM ${from}`,
    [...parameters, importSequence],
  );
}

/** The prices of a source that have no end yet, or one that the source gave them. */
export async function listOpenPrices(db: Sql, source: string): Promise<{ id: string; checksum: string }[]> {
  return db.query(`SELECT DISTINCT ON (checksum) id, checksum FROM billing.price WHERE layer = 'imported' AND source = $1 AND (effective_to IS NULL OR effective_to > now()) ORDER BY checksum, import_sequence DESC`, [source]);
}

/** Ends prices now; one that has not begun ends as it begins. */
export async function withdrawPrices(tx: Sql, ids: readonly string[]): Promise<void> {
  await tx.query(`UPDATE billing.price SET effective_to = GREATEST(now(), effective_from + interval '1 microsecond') WHERE id = ANY($1)`, [ids]);
}

export async function rankPrices(tx: Sql, ranks: readonly { id: string; rank: number }[]): Promise<void> {
  await tx.query('UPDATE billing.price SET rank = row.rank FROM unnest($1::text[], $2::int[]) AS row (id, rank) WHERE price.id = row.id AND price.rank <> row.rank', [
    ranks.map((row) => row.id),
    ranks.map((row) => row.rank),
  ]);
}

interface PriceRow extends Omit<StoredPrice, 'orgId' | 'rates' | 'tiers' | 'requestFee' | 'effectiveFrom' | 'effectiveTo' | 'dailyWindow'> {
  org_id: string | null;
  match: MatchClause;
  tiers: { aboveInputTokens: number; rates: Record<string, string> }[];
  request_fee_pico: string;
  daily_from_second: number | null;
  daily_to_second: number | null;
  effective_from: Date | null;
  effective_to: Date | null;
  [rateColumn: `${string}_pico`]: string | null;
}

/** Every price, ended ones too: an event may have waited long in a gateway's spool. */
export async function listPrices(db: Sql): Promise<StoredPrice[]> {
  return (await db.query<PriceRow>(SELECTION)).map(priceOfRow);
}

/** The prices that have not ended. */
export async function listLivePrices(db: Sql): Promise<StoredPrice[]> {
  return (await db.query<PriceRow>(`${SELECTION} WHERE effective_to IS NULL OR effective_to > now()`)).map(priceOfRow);
}

/** What an org's contract or the operator said last about a model, if they did not take it back. */
export async function findAgreedPrice(tx: Sql, agreed: Pick<PriceVersion, 'layer' | 'orgId' | 'provider' | 'model'>): Promise<StoredPrice | undefined> {
  const [row] = await tx.query<PriceRow>(
    `${SELECTION} WHERE layer = $1 AND org_id IS NOT DISTINCT FROM $2 AND provider = $3 AND model = $4 AND (effective_to IS NULL OR effective_to > now()) ORDER BY import_sequence DESC LIMIT 1`,
    [agreed.layer, agreed.orgId, agreed.provider, agreed.model],
  );
  return row && priceOfRow(row);
}

/** Ids of every agreed price of a model that has not ended. */
export async function listAgreedPrices(tx: Sql, agreed: Pick<PriceVersion, 'layer' | 'orgId' | 'provider' | 'model'>): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'SELECT id FROM billing.price WHERE layer = $1 AND org_id IS NOT DISTINCT FROM $2 AND provider = $3 AND model = $4 AND (effective_to IS NULL OR effective_to > now())',
    [agreed.layer, agreed.orgId, agreed.provider, agreed.model],
  );
  return rows.map((row) => row.id);
}

const SELECTION = `SELECT id, checksum, layer, org_id, provider, model, match, rank, precedence, source, tiers, request_fee_pico, daily_from_second, daily_to_second, effective_from, effective_to,
  ${RATE_COLUMNS.map(([, column]) => column).join(', ')} FROM billing.price`;

function priceOfRow(row: PriceRow): StoredPrice {
  const { id, checksum, layer, org_id: orgId, provider, model, match, rank, precedence, source } = row;
  return {
    ...{ id, checksum, layer, orgId, provider, model, match, rank, precedence, source },
    rates: ratesOf(Object.fromEntries(RATE_COLUMNS.map(([meter, column]) => [meter, row[column as `${string}_pico`] ?? null]))),
    tiers: row.tiers.map((tier): ContextTier => ({ aboveInputTokens: tier.aboveInputTokens, rates: ratesOf(tier.rates) })),
    requestFee: BigInt(row.request_fee_pico),
    effectiveFrom: row.effective_from?.getTime() ?? null,
    effectiveTo: row.effective_to?.getTime() ?? null,
    dailyWindow: row.daily_from_second === null || row.daily_to_second === null ? null : { from: row.daily_from_second, to: row.daily_to_second },
  };
}

function ratesOf(texts: Readonly<Record<string, string | null>>): Rates {
  return Object.fromEntries(Object.entries(texts).flatMap(([meter, pico]) => (pico === null ? [] : [[meter, BigInt(pico)]])));
}

function isoOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
