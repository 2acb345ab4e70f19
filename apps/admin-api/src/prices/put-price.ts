import type { BillingOfficeForAdmin, Price, PutPrice } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { priceToWire } from './price-to-wire.js';

type Deps = { db: Database; office: Pick<BillingOfficeForAdmin, 'putPrice'> };

/** A price that goes before what was imported, for every org. */
export async function putOverride(deps: Deps, principal: Principal, price: PutPrice): Promise<Price> {
  const org = principal.orgId;
  demand(principal, 'price:update', { org });
  return put(deps, principal, { org, orgId: '', action: 'price.override' }, price);
}

/** A price that an org has by its contract. */
export async function putContractPrice(deps: Deps, principal: Principal, orgId: string, price: PutPrice): Promise<Price> {
  const org = orgOf(principal, orgId);
  demand(principal, 'price:update', { org });
  await getOrg(deps.db, org);
  return put(deps, principal, { org, orgId: org, action: 'price.contract' }, price);
}

function put({ db, office }: Deps, principal: Principal, what: { org: Principal['orgId']; orgId: string; action: string }, price: PutPrice): Promise<Price> {
  const { provider, model, rates, tiers = [], requestUsd = '', effectiveFrom = '', effectiveTo = '', source } = price;
  const ratesOf = (each: Partial<Record<string, string>> | null) => (each ?? {}) as Record<string, string>;
  const message = { provider, model, source, rates: ratesOf(rates), tiers: tiers.map((tier) => ({ ...tier, rates: ratesOf(tier.rates) })), requestUsd, effectiveFrom, effectiveTo };
  const details = { provider, model, source, effectiveFrom, effectiveTo, rates: JSON.stringify(rates) };
  return recordChange(db, principal, { org: what.org, action: rates === null ? `${what.action}-withdraw` : what.action, details }, async () =>
    priceToWire(await office.putPrice({ ...message, orgId: what.orgId, actor: actorOf(principal) })),
  );
}
