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

/** What an import would do, or did. */
export interface ImportPlan {
  isKnown: boolean;
  told: ReadonlyMap<string, SourcePrice>;
  added: readonly (readonly [checksum: string, price: SourcePrice])[];
  kept: readonly OpenPrice[];
  gone: readonly OpenPrice[];
}

interface OpenPrice {
  id: string;
  checksum: string;
}

/**
 * Brings the price table up to the data: what is new or changed starts now (the first time: as the source dates it), what is
 * gone ends now, and everything that events refer to stays. Several services may start at once; one does it.
 */
export async function importPrices(deps: { db: Database; log: Log }, data: PriceData, reviewedBy: string | null = null): Promise<void> {
  if ((await findNewestImport(deps.db, data.source))?.checksum === data.checksum) return;
  await deps.db.transaction(async (tx) => {
    await lockPrices(tx);
    const newest = await findNewestImport(tx, data.source);
    if (newest?.checksum === data.checksum) return;
    const { prices, rounded } = data.translate();
    const plan = await planImport(tx, data, prices, newest === undefined);
    await carryOut(tx, data, plan, newest === undefined, reviewedBy);
    deps.log.info({ source: data.source, prices: prices.length, rounded, added: plan.added.length, withdrawn: plan.gone.length }, 'prices imported');
  });
}

/** What `importPrices` would do now. */
export async function previewImport(db: Sql, data: PriceData): Promise<ImportPlan> {
  const newest = await findNewestImport(db, data.source);
  const plan = await planImport(db, data, data.translate().prices, newest === undefined);
  return { ...plan, isKnown: newest?.checksum === data.checksum };
}

/** One writer of prices at a time, so that a book that was read up to a sequence misses none before it. */
export async function lockPrices(tx: Sql): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 3))', ['prices']);
}

async function planImport(db: Sql, data: PriceData, prices: readonly SourcePrice[], isFirst: boolean): Promise<ImportPlan> {
  const told = byChecksum(data.source, prices);
  const open = await listOpenPrices(db, data.source);
  const kept = open.filter((row) => told.has(row.checksum));
  const known = new Set(kept.map((row) => row.checksum));
  const now = isFirst ? -Infinity : await transactionTime(db);
  const added = [...told].filter(([checksum, price]) => !known.has(checksum) && (price.effectiveTo ?? Infinity) > now);
  return { isKnown: false, told, added, kept, gone: open.filter((row) => !told.has(row.checksum)) };
}

async function carryOut(tx: Sql, data: PriceData, { told, added, kept, gone }: ImportPlan, isFirst: boolean, reviewedBy: string | null): Promise<void> {
  const sequence = await insertImport(tx, { source: data.source, checksum: data.checksum, prices: told.size, added: added.length, withdrawn: gone.length, reviewedBy });
  await withdrawPrices(tx, gone.map((row) => row.id));
  await rankPrices(tx, kept.map((row) => ({ id: row.id, rank: told.get(row.checksum)!.rank })));
  const rows = added.map(([checksum, price]) => ({ ...price, layer: 'imported' as const, orgId: null, checksum, source: data.source, id: priceId(checksum, sequence) }));
  await insertPrices(tx, sequence, rows, isFirst);
}

export function priceId(checksum: string, sequence: string): string {
  return `prc_${sha256(`${checksum}/${sequence}`).slice(0, 32)}`;
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
export function checksumOf(source: string, { rank: _rank, ...price }: SourcePrice): string {
  return sha256(JSON.stringify([source, price], (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
