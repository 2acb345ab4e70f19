import type { OrgTagSettings, TagSettings } from '@byok/contracts';
import { changeSettings, getSettings, getToken, type Principal, type SettingsOf } from '@byok/identity';
import type { OrgId, TokenId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { placeOf, type SettingsPath } from '../access/settings-place.js';
import type { AdminDeps } from '../deps.js';
import { resourceOf } from '../tokens/token-to-wire.js';

type Deps = Pick<AdminDeps, 'db'>;

/** By which names spending is told apart is the org's to say: nobody shifts their own to another cost centre. */
export async function setTags(deps: Deps, principal: Principal, path: SettingsPath, settings: TagSettings | OrgTagSettings): Promise<void> {
  const org = orgOf(principal, path.org);
  const of = await placeOf(deps.db, org, path);
  demand(principal, 'org:update', { org });
  await change(deps, principal, org, of, path.group ?? path.user ?? org, settings);
}

export async function readTags(deps: Deps, principal: Principal, path: SettingsPath): Promise<OrgTagSettings> {
  const org = orgOf(principal, path.org);
  const of = await placeOf(deps.db, org, path);
  demand(principal, 'org:read', { org });
  const { tags = {}, callerTags = [] } = await getSettings(deps.db, org, of);
  return { tags, callerTags };
}

export async function setTokenTags(deps: Deps, principal: Principal, path: { token: string }, settings: TagSettings): Promise<void> {
  const token = await getToken(deps.db, principal.orgId, path.token as TokenId);
  demand(principal, 'org:update', { org: principal.orgId });
  await change(deps, principal, principal.orgId, { token: token.id }, token.id, settings);
}

export async function readTokenTags(deps: Deps, principal: Principal, path: { token: string }): Promise<TagSettings> {
  const token = await getToken(deps.db, principal.orgId, path.token as TokenId);
  demand(principal, 'token:read', resourceOf(token));
  return { tags: (await getSettings(deps.db, principal.orgId, { token: token.id })).tags ?? {} };
}

async function change({ db }: Deps, principal: Principal, org: OrgId, of: SettingsOf, target: string, settings: TagSettings | OrgTagSettings): Promise<void> {
  const details = { ...settings.tags, ...('callerTags' in settings ? { callerTags: settings.callerTags } : {}) };
  await recordChange(db, principal, { org, action: 'tags.update', target, details }, (tx) => changeSettings(tx, org, of, { ...settings }));
}
