import { PriceFile, type PriceChangeMessage, type PriceImportMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Rates } from '@byok/pricing';
import type { Database, Log } from '@byok/platform';
import { z } from 'zod';
import { listPrices } from '../store/prices.store.js';
import { parse } from '../wire/parse.js';
import { bundledPrices, GENAI_PRICES, importPrices, previewImport, sha256, type ImportPlan, type PriceData } from './import-prices.js';
import { matchOfName, rankOfName } from './name-match.js';
import { ratesFromWire, ratesToWire, requestFeeFromWire, tiersFromWire } from './price-to-wire.js';
import type { SourcePrice } from './translate-prices.js';

const Message = z.object({ file: z.string().max(2_000_000), dryRun: z.boolean(), actor: z.string().min(1).max(64) });

const MAX_CHANGES = 500;
/** Sources that the product writes itself. */
const RESERVED: readonly string[] = [GENAI_PRICES, 'override', 'contract'];
/** A list that somebody reviewed goes before the one that comes with the product. */
const BEFORE_BUNDLED = -1_000_000;

/** Takes over a reviewed list of prices, or those that come with the product; with `dryRun` only says what would change. */
export async function importPriceFile(deps: { db: Database; log: Log }, message: unknown): Promise<PriceImportMessage> {
  const { file, dryRun, actor } = parse(Message, message);
  const data = file === '' ? await bundledPrices() : dataOf(parseFile(file));
  const plan = await previewImport(deps.db, data);
  const changes = plan.isKnown ? [] : await changesOf(deps.db, plan);
  if (!dryRun) await importPrices(deps, data, actor);
  const counts = plan.isKnown ? { added: 0, withdrawn: 0 } : { added: plan.added.length, withdrawn: plan.gone.length };
  return { source: data.source, checksum: data.checksum, dryRun, isKnown: plan.isKnown, prices: plan.told.size, ...counts, changes: changes.slice(0, MAX_CHANGES) };
}

function parseFile(text: string): PriceFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new AppError('invalid_request', 'The file is not JSON.', { details: { fields: ['file'] } });
  }
  const file = parse(PriceFile, content);
  if (RESERVED.includes(file.source)) throw new AppError('invalid_request', 'The name of this source is taken.', { details: { fields: ['source'] } });
  return file;
}

function dataOf(file: PriceFile): PriceData {
  return { source: file.source, checksum: sha256(JSON.stringify(file)), translate: () => ({ prices: file.prices.map(priceOf), rounded: 0 }) };
}

function priceOf({ provider, model, rates, tiers, requestUsd, effectiveFrom, effectiveTo }: PriceFile['prices'][number]): SourcePrice {
  return {
    ...{ provider, model, match: matchOfName(model), rank: BEFORE_BUNDLED + rankOfName(model), precedence: 0 },
    ...{ rates: ratesFromWire(rates as Record<string, string>), tiers: tiersFromWire((tiers ?? []) as never), requestFee: requestFeeFromWire(requestUsd) },
    effectiveFrom: effectiveFrom ? Date.parse(effectiveFrom) : null,
    effectiveTo: effectiveTo ? Date.parse(effectiveTo) : null,
    dailyWindow: null,
  };
}

/** What goes and what comes, and where both are of the same model, that it changes. */
async function changesOf(db: Database, plan: ImportPlan): Promise<PriceChangeMessage[]> {
  const ids = new Set(plan.gone.map((row) => row.id));
  const gone = new Map((await listPrices(db)).filter((price) => ids.has(price.id)).map((price) => [nameOf(price), price]));
  const added = new Map(plan.added.map(([, price]) => [nameOf(price), price]));
  const names = [...new Set([...gone.keys(), ...added.keys()])].sort();
  return names.map((name) => {
    const [before, after] = [gone.get(name), added.get(name)];
    const { provider, model } = (after ?? before)!;
    return { change: !before ? 'added' : !after ? 'withdrawn' : 'changed', provider, model, before: shown(before), after: shown(after) };
  });
}

function nameOf({ provider, model, precedence, effectiveFrom }: SourcePrice): string {
  return JSON.stringify([provider, model, precedence, effectiveFrom]);
}

function shown(price: { rates: Rates } | undefined): Record<string, string> {
  return price ? ratesToWire(price.rates) : {};
}
