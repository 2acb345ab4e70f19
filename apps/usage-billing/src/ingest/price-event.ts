import type { UsageEvent } from '@byok/contracts';
import type { NanoUsd } from '@byok/kernel';
import { matchPrice, priceOf, type PriceBook } from '@byok/pricing';

export interface EventCost {
  priceId: string | null;
  /** null: unknown, which is not 0. */
  costNanoUsd: NanoUsd | null;
  /** 0 on somebody's own key. null: what a platform key consumed is charged by the settlement, before the event is kept. */
  chargedNanoUsd: NanoUsd | null;
}

/** What an attempt cost, by the price that was in force when it began. Nothing consumed costs nothing, whatever the model. */
export function priceEvent(event: UsageEvent, book: PriceBook, startedAt: number): EventCost {
  if (event.meters === null) return { priceId: null, costNanoUsd: 0n, chargedNanoUsd: 0n };
  const price = matchPrice(book, event.provider, event.model, startedAt, event.orgId);
  const cost = price ? priceOf(event.meters, price) : 'unknown';
  const costNanoUsd = cost === 'unknown' ? null : cost.nanoUsd;
  return { priceId: price?.id ?? null, costNanoUsd, chargedNanoUsd: event.keyOwner !== 'platform' || costNanoUsd === 0n ? 0n : null };
}
