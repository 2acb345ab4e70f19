import { createHash } from 'node:crypto';
import type { Database, Log, Sql } from '@byok/platform';
import { waitForUpdate, type Provider } from '@pydantic/genai-prices';
import { findNewestImport, insertImport } from '../store/price-imports.store.js';
import { insertPrices, listOpenPrices, rankPrices, transactionTime, withdrawPrices } from '../store/prices.store.js';
import { translatePrices, type SourcePrice } from './translate-prices.js';

export const GENAI_PRICES = 'genai-prices';

/** Raise it when the translation changes: the same data is then taken over again. */
const TRANSLATION = 1;

export interface PriceData {
  source: string;
  /** Of the data as it came; the same data is taken over once. */
  checksum: string;
  translate(): { prices: SourcePrice[]; rounded: number };
}

/** The data that comes with the package, never the network: a new price is a reviewed change of a dependency. */
export async function bundledPrices(): Promise<PriceData> {
  const providers = (await waitForUpdate()) as Provider[];
  const checksum = sha256(JSON.stringify([TRANSLATION, providers]));
  return { source: GENAI_PRICES, checksum, translate: () => translatePrices(providers) };
}

/**
 * Brings the price table up to the data: what is new or changed starts now (the first time: as the source dates it), what is
 * gone ends now, and everything that events refer to stays. Several services may start at once; one does it.
 */
export async function importPrices(deps: { db: Database; log: Log }, data: PriceData): Promise<void> {
  if ((await findNewestImport(deps.db, data.source))?.checksum === data.checksum) return;
  await deps.db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 3))', [`prices/${data.source}`]);
    const newest = await findNewestImport(tx, data.source);
    if (newest?.checksum === data.checksum) return;
    const { prices, rounded } = data.translate();
    const counts = await replacePrices(tx, data, prices, newest === undefined);
    deps.log.info({ source: data.source, prices: prices.length, rounded, ...counts }, 'prices imported');
  });
}

async function replacePrices(tx: Sql, data: PriceData, prices: readonly SourcePrice[], isFirst: boolean): Promise<{ added: number; withdrawn: number }> {
  const told = byChecksum(data.source, prices);
  const open = await listOpenPrices(tx, data.source);
  const kept = open.filter((row) => told.has(row.checksum));
  const gone = open.filter((row) => !told.has(row.checksum));
  const known = new Set(kept.map((row) => row.checksum));
  const now = isFirst ? -Infinity : await transactionTime(tx);
  const added = [...told].filter(([checksum, price]) => !known.has(checksum) && (price.effectiveTo ?? Infinity) > now);

  const sequence = await insertImport(tx, { source: data.source, checksum: data.checksum, prices: told.size, added: added.length, withdrawn: gone.length });
  await withdrawPrices(tx, gone.map((row) => row.id));
  await rankPrices(tx, kept.map((row) => ({ id: row.id, rank: told.get(row.checksum)!.rank })));
  const rows = added.map(([checksum, price]) => ({ ...price, checksum, source: data.source, id: `prc_${sha256(`${checksum}/${sequence}`).slice(0, 32)}` }));
  await insertPrices(tx, sequence, rows, isFirst);
  return { added: added.length, withdrawn: gone.length };
}

/** Listed twice word for word, the first listing counts. */
function byChecksum(source: string, prices: readonly SourcePrice[]): Map<string, SourcePrice> {
  const told = new Map<string, SourcePrice>();
  for (const price of prices) {
    const checksum = checksumOf(source, price);
    if (!told.has(checksum)) told.set(checksum, price);
  }
  return told;
}

/** Rank is left out: a model that is listed before another one does not change the price of either. */
function checksumOf(source: string, { rank: _rank, ...price }: SourcePrice): string {
  return sha256(JSON.stringify([source, price], (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
