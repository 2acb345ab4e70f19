import { PutPrice, type PriceRowMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Database, Sql } from '@byok/platform';
import { z } from 'zod';
import { insertImport } from '../store/price-imports.store.js';
import { findAgreedPrice, insertPrices, listAgreedPrices, transactionTime, withdrawPrices, type StoredPrice } from '../store/prices.store.js';
import { parse } from '../wire/parse.js';
import { lockPrices, priceId, sha256 } from './import-prices.js';
import { matchOfName, rankOfName } from './name-match.js';
import { priceToWire, ratesFromWire, requestFeeFromWire, tiersFromWire } from './price-to-wire.js';

const Message = z.object({
  ...PutPrice.omit({ rates: true }).shape,
  orgId: z.string().max(64),
  rates: z.record(z.string(), z.string()),
  requestUsd: z.string(),
  effectiveFrom: z.string(),
  effectiveTo: z.string(),
  actor: z.string().min(1).max(64),
});
type Message = z.infer<typeof Message>;

/**
 * A price that goes before what was imported: for an org by its contract, or for every org by the operator's override. It is a new
 * row; the rows before it stay for what they priced. Asked again, nothing changes. Without rates the price is taken back.
 */
export async function putPrice(deps: { db: Database }, message: unknown): Promise<PriceRowMessage> {
  const asked = parse(Message, message);
  const hasRates = Object.keys(asked.rates).length > 0;
  // Checked as it would be over HTTP: a rate that is no number must not reach the table.
  parse(PutPrice, { ...bodyOf(asked), rates: hasRates ? asked.rates : null });
  return priceToWire(await deps.db.transaction((tx) => (hasRates ? addPrice(tx, asked) : takeBack(tx, asked))));
}

async function addPrice(tx: Sql, asked: Message): Promise<StoredPrice> {
  await lockPrices(tx);
  const checksum = sha256(JSON.stringify([nameOf(asked), bodyOf(asked)]));
  const newest = await findAgreedPrice(tx, nameOf(asked));
  if (newest?.checksum === checksum) return newest;
  const sequence = await insertImport(tx, { source: nameOf(asked).layer, checksum, prices: 1, added: 1, withdrawn: 0, reviewedBy: asked.actor });
  const price: StoredPrice = {
    ...nameOf(asked),
    ...{ id: priceId(checksum, sequence), checksum, source: asked.source, match: matchOfName(asked.model), rank: rankOfName(asked.model) },
    // Of two that say something about the same moment the one that was said last counts.
    precedence: Number(sequence),
    rates: ratesFromWire(asked.rates),
    tiers: tiersFromWire(asked.tiers ?? []),
    requestFee: requestFeeFromWire(asked.requestUsd),
    effectiveFrom: asked.effectiveFrom ? Date.parse(asked.effectiveFrom) : await transactionTime(tx),
    effectiveTo: asked.effectiveTo ? Date.parse(asked.effectiveTo) : null,
    dailyWindow: null,
  };
  if (price.effectiveTo !== null && price.effectiveTo <= price.effectiveFrom!) throw new AppError('invalid_request', 'A price ends after it begins.', { details: { fields: ['effectiveTo'] } });
  await insertPrices(tx, sequence, [price], true);
  return price;
}

async function takeBack(tx: Sql, asked: Message): Promise<StoredPrice> {
  await lockPrices(tx);
  const newest = await findAgreedPrice(tx, nameOf(asked));
  if (!newest) throw new AppError('not_found', 'There is no such price that could be taken back.');
  const ids = await listAgreedPrices(tx, nameOf(asked));
  // The import row is what tells every reader of prices that something changed.
  await insertImport(tx, { source: newest.layer, checksum: newest.checksum, prices: 0, added: 0, withdrawn: ids.length, reviewedBy: asked.actor });
  await withdrawPrices(tx, ids);
  return { ...newest, effectiveTo: await transactionTime(tx) };
}

function nameOf({ orgId, provider, model }: Message): Pick<StoredPrice, 'layer' | 'orgId' | 'provider' | 'model'> {
  return { layer: orgId ? 'contract' : 'override', orgId: orgId || null, provider, model };
}

/** Without the empty strings that stand for none. */
function bodyOf({ orgId: _orgId, actor: _actor, ...body }: Message): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''));
}
