import type { PutTrustedIssuer, TrustedIssuer } from '@byok/contracts';
import { createTrustedIssuer as insert, getGroup, mayGrantScopes, replaceTrustedIssuer as replace, type IssuerRule, type Permission, type Principal, type TrustedIssuerId, type TrustedIssuerInput } from '@byok/identity';
import { AppError, type GroupId, type OrgId } from '@byok/kernel';
import { demand, forbidden, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import type { AdminDeps } from '../deps.js';
import { refuseWider } from '../tokens/refuse-wider.js';
import { issuerToWire } from './issuer-to-wire.js';

type Deps = Pick<AdminDeps, 'db' | 'outside'>;

/** From now on services come with JWTs of this issuer. What they get is never wider than who trusts it. */
export async function createTrustedIssuer(deps: Deps, principal: Principal, path: { org: string }, body: PutTrustedIssuer): Promise<TrustedIssuer> {
  const org = orgOf(principal, path.org);
  const input = await inputOf(deps, principal, org, body);
  const change = { org, action: 'trusted-issuer.create', details: detailsOf(input) };
  return issuerToWire(await recordChange(deps.db, principal, change, (tx) => insert(tx, org, { ...input, createdBy: actorOf(principal) })));
}

export async function replaceTrustedIssuer(deps: Deps, principal: Principal, path: { org: string; issuer: string }, body: PutTrustedIssuer): Promise<TrustedIssuer> {
  const org = orgOf(principal, path.org);
  const input = await inputOf(deps, principal, org, body);
  const change = { org, action: 'trusted-issuer.update', target: path.issuer, details: detailsOf(input) };
  return issuerToWire(await recordChange(deps.db, principal, change, (tx) => replace(tx, org, path.issuer as TrustedIssuerId, input)));
}

async function inputOf(deps: Deps, principal: Principal, org: OrgId, body: PutTrustedIssuer): Promise<TrustedIssuerInput> {
  demand(principal, 'trusted-issuer:update', { org });
  const { name, issuer, jwksUri, tokenType, subjectPattern, audience = `byok:${org}` } = body;
  for (const url of [issuer, ...(jwksUri === null ? [] : [jwksUri])]) deps.outside.check(url);
  // A name that another tenant may count on being theirs.
  if ([...audience.matchAll(/org_[0-9a-f]{32}/g)].some(([named]) => named !== org)) throw new AppError('invalid_request', 'The audience names another organisation.', { details: { field: 'audience' } });
  const rules = await Promise.all(body.rules.map((rule) => ruleOf(deps, principal, org, rule)));
  return { name, issuer, audience, jwksUri, tokenType, subjectPattern, rules };
}

async function ruleOf({ db }: Pick<Deps, 'db'>, principal: Principal, org: OrgId, { when, group, allowedModels = [], managementScopes = [] }: PutTrustedIssuer['rules'][number]): Promise<IssuerRule> {
  const groupId = group === undefined ? null : (await getGroup(db, org, group as GroupId)).id;
  if (!mayGrantScopes(principal, managementScopes)) throw forbidden('trusted-issuer:update with these managementScopes');
  refuseWider(principal, { groupId, allowedModels, allowedProviders: [], allowedGroups: [], allowedNetworks: [], expiresAt: null });
  return { ...(when ? { when } : {}), ...(groupId ? { group: groupId } : {}), allowedModels, managementScopes: managementScopes as Permission[] };
}

function detailsOf({ issuer, audience, tokenType, subjectPattern, rules }: TrustedIssuerInput): Record<string, string | number | string[]> {
  return { issuer, audience, tokenType, subjectPattern, rules: rules.length, managementScopes: [...new Set(rules.flatMap((rule) => rule.managementScopes ?? []))] };
}
