import type { PriceRowMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import { matches, PRICE_LAYERS } from '@byok/pricing';
import type { Sql } from '@byok/platform';
import { z } from 'zod';
import { listPrices as readPrices, transactionTime, type StoredPrice } from '../store/prices.store.js';
import { parse } from '../wire/parse.js';
import { priceToWire } from './price-to-wire.js';

const Message = z.object({
  orgId: z.string().max(64),
  provider: z.string().max(64),
  model: z.string().max(256),
  at: z.union([z.literal(''), z.iso.datetime({ offset: true })]),
  after: z.string().max(512),
  limit: z.number().int().min(1).max(200),
});

/** Prices in force at a moment, those for everybody and an org's own. Of a model's name: all that cover it, the one that counts first. */
export async function listPrices(deps: { db: Sql }, message: unknown): Promise<{ items: PriceRowMessage[]; next: string }> {
  const { orgId, provider, model, at, after, limit } = parse(Message, message);
  const moment = at ? Date.parse(at) : await transactionTime(deps.db);
  const name = model.trim().toLowerCase();
  const found = (await readPrices(deps.db)).filter(
    (price) =>
      (price.orgId === null || price.orgId === orgId) &&
      (provider === '' || price.provider === provider) &&
      (price.effectiveFrom ?? -Infinity) <= moment &&
      moment < (price.effectiveTo ?? Infinity) &&
      (name === '' || matches(price.match, name)),
  );
  found.sort(inOrder);
  const start = after === '' ? 0 : found.findIndex((price) => price.id === after) + 1;
  if (after !== '' && start === 0) throw new AppError('invalid_request', '"after" is not the "next" of such a list.', { details: { fields: ['after'] } });
  const page = found.slice(start, start + limit);
  return { items: page.map(priceToWire), next: start + limit < found.length ? page.at(-1)!.id : '' };
}

function inOrder(one: StoredPrice, other: StoredPrice): number {
  return (
    compare(one.provider, other.provider) ||
    PRICE_LAYERS.indexOf(one.layer) - PRICE_LAYERS.indexOf(other.layer) ||
    one.rank - other.rank ||
    other.precedence - one.precedence ||
    compare(one.model, other.model) ||
    compare(one.id, other.id)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
