import type { Page, TrustedIssuer } from '@byok/contracts';
import { getTrustedIssuer as find, listTrustedIssuers as findAll, type PageRequest, type Principal, type TrustedIssuerId } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { issuerToWire } from './issuer-to-wire.js';

export async function listTrustedIssuers(deps: { db: Database }, principal: Principal, path: { org: string }, page: PageRequest): Promise<Page<TrustedIssuer>> {
  const org = orgOf(principal, path.org);
  demand(principal, 'trusted-issuer:read', { org });
  const { items, next } = await findAll(deps.db, org, page);
  return { items: items.map(issuerToWire), next };
}

export async function getTrustedIssuer(deps: { db: Database }, principal: Principal, path: { org: string; issuer: string }): Promise<TrustedIssuer> {
  const org = orgOf(principal, path.org);
  demand(principal, 'trusted-issuer:read', { org });
  return issuerToWire(await find(deps.db, org, path.issuer as TrustedIssuerId));
}
