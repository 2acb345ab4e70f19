import type { BillingOfficeForAdmin, Page, Price, PriceQuery } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { demand, orgOf } from '../access/demand.js';
import { priceToWire } from './price-to-wire.js';

/** Prices for everybody with those of the caller's org; another org's are for the platform's operator. */
export async function listPrices(deps: { office: Pick<BillingOfficeForAdmin, 'listPrices'> }, principal: Principal, query: PriceQuery): Promise<Page<Price>> {
  const org = orgOf(principal, query.org);
  demand(principal, 'price:read', { org });
  const { provider = '', model = '', at = '', after = '', limit } = query;
  const { items, next } = await deps.office.listPrices({ orgId: org, provider, model, at, after, limit });
  return { items: items.map(priceToWire), next: next || null };
}
