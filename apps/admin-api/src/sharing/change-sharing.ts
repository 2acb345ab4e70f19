import { CacheSettings, type ShareWeight } from '@byok/contracts';
import { changeSettings, getSettings, getToken, getUser, type Principal, type SettingsOf } from '@byok/identity';
import type { OrgId, TokenId, UserId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import type { AdminDeps } from '../deps.js';

type Deps = Pick<AdminDeps, 'db'>;

const OFF: CacheSettings = CacheSettings.parse({ enabled: false });
const USUAL_WEIGHT = 1;

/** Whether requests of the org that repeat are answered from memory. */
export async function readCache(deps: Deps, principal: Principal, path: { org: string }): Promise<CacheSettings> {
  const org = orgOf(principal, path.org);
  demand(principal, 'org:read', { org });
  return (await getSettings(deps.db, org, 'org')).cache ?? OFF;
}

/** Every change empties what the gateways keep for the org. */
export async function setCache(deps: Deps, principal: Principal, path: { org: string }, cache: CacheSettings): Promise<CacheSettings> {
  const org = orgOf(principal, path.org);
  demand(principal, 'org:update', { org });
  await recordChange(deps.db, principal, { org, action: 'cache.update', target: org, details: { ...cache } }, (tx) => changeSettings(tx, org, 'org', { cache: cache.enabled ? cache : undefined }));
  return cache;
}

export async function readShare(deps: Deps, principal: Principal, path: { org: string; user: string } | { token: string }): Promise<ShareWeight> {
  const { org, of } = await placeOf(deps, principal, path);
  demand(principal, 'org:read', { org });
  return { weight: (await getSettings(deps.db, org, of)).shareWeight ?? USUAL_WEIGHT };
}

/** Whose share of a busy key is larger is their admins' to say, for people and for the tokens of services alike. */
export async function setShare(deps: Deps, principal: Principal, path: { org: string; user: string } | { token: string }, { weight }: ShareWeight): Promise<ShareWeight> {
  const { org, of, target } = await placeOf(deps, principal, path);
  demand(principal, 'org:update', { org });
  await recordChange(deps.db, principal, { org, action: 'share.update', target, details: { weight } }, (tx) => changeSettings(tx, org, of, { shareWeight: weight === USUAL_WEIGHT ? undefined : weight }));
  return { weight };
}

async function placeOf(deps: Deps, principal: Principal, path: { org: string; user: string } | { token: string }): Promise<{ org: OrgId; of: SettingsOf; target: string }> {
  if ('token' in path) {
    const { id } = await getToken(deps.db, principal.orgId, path.token as TokenId);
    return { org: principal.orgId, of: { token: id }, target: id };
  }
  const org = orgOf(principal, path.org);
  const { id } = await getUser(deps.db, org, path.user as UserId);
  return { org, of: { user: id }, target: id };
}
