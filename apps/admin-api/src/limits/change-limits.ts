import type { RateLimits } from '@byok/contracts';
import { changeSettings, getSettings, getToken, lockOrg, type Principal } from '@byok/identity';
import { AppError, type TokenId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { placeOf, type SettingsPath } from '../access/settings-place.js';
import type { AdminDeps } from '../deps.js';
import { reachKey } from '../keys/reach-key.js';
import { resourceOf } from '../tokens/token-to-wire.js';

type Deps = Pick<AdminDeps, 'db' | 'vault'>;

/** Limits of the org, of a group or of a user are its admins' to set: whom they limit cannot lift them. */
export async function setLimits(deps: Deps, principal: Principal, path: SettingsPath, limits: RateLimits): Promise<RateLimits> {
  const org = orgOf(principal, path.org);
  const of = await placeOf(deps.db, org, path);
  demand(principal, 'org:update', { org });
  const target = path.group ?? path.user ?? org;
  await recordChange(deps.db, principal, { org, action: 'limits.update', target, details: told(limits) }, (tx) => changeSettings(tx, org, of, { limits: given(limits) }));
  return limits;
}

export async function readLimits(deps: Deps, principal: Principal, path: SettingsPath): Promise<RateLimits> {
  const org = orgOf(principal, path.org);
  const of = await placeOf(deps.db, org, path);
  demand(principal, 'org:read', { org });
  return (await getSettings(deps.db, org, of)).limits ?? {};
}

/** Who may make such a token may limit it. */
export async function setTokenLimits(deps: Deps, principal: Principal, path: { token: string }, limits: RateLimits): Promise<RateLimits> {
  const token = await getToken(deps.db, principal.orgId, path.token as TokenId);
  demand(principal, 'token:create', resourceOf(token));
  await recordChange(deps.db, principal, { org: principal.orgId, action: 'limits.update', target: token.id, details: told(limits) }, (tx) =>
    changeSettings(tx, principal.orgId, { token: token.id }, { limits: given(limits) }),
  );
  return limits;
}

export async function readTokenLimits(deps: Deps, principal: Principal, path: { token: string }): Promise<RateLimits> {
  const token = await getToken(deps.db, principal.orgId, path.token as TokenId);
  demand(principal, 'token:read', resourceOf(token));
  return (await getSettings(deps.db, principal.orgId, { token: token.id })).limits ?? {};
}

/** A key's limits stand with its org's settings, where every gateway of the org's callers reads them. */
export async function setKeyLimits(deps: Deps, principal: Principal, path: { key: string }, limits: RateLimits): Promise<RateLimits> {
  const key = await reachKey(deps.vault, principal, 'key:update', path.key);
  if (key.owner.type === 'platform') throw new AppError('forbidden', 'Limits of platform keys are not set per organisation. Set the limits of the organisations that use them.');
  const org = principal.orgId;
  await recordChange(deps.db, principal, { org, action: 'limits.update', target: key.id, details: told(limits) }, async (tx) => {
    await lockOrg(tx, org);
    const { [key.id]: _before, ...others } = (await getSettings(tx, org, 'org')).keyLimits ?? {};
    const own = given(limits);
    return changeSettings(tx, org, 'org', { keyLimits: own ? { ...others, [key.id]: own } : others });
  });
  return limits;
}

export async function readKeyLimits(deps: Deps, principal: Principal, path: { key: string }): Promise<RateLimits> {
  const key = await reachKey(deps.vault, principal, 'key:read', path.key);
  return (await getSettings(deps.db, principal.orgId, 'org')).keyLimits?.[key.id] ?? {};
}

function told(limits: RateLimits): Record<string, number> {
  return Object.fromEntries(Object.entries(limits)) as Record<string, number>;
}

/** No limit at all takes the part away. */
function given(limits: RateLimits): RateLimits | undefined {
  return Object.keys(limits).length === 0 ? undefined : limits;
}
