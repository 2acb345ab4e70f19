import type { Preferences } from '@byok/contracts';
import { changeSettings, getSettings, type Principal } from '@byok/identity';
import { AppError, type UserId } from '@byok/kernel';
import { demand } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import type { AdminDeps } from '../deps.js';
import { checkPreferences } from '../policies/check-policy.js';
import { filled, toldOf } from '../policies/told-of.js';

/** What the caller chose for themselves; what they left open follows the organisation's own preferences. */
export async function readPreferences(deps: Pick<AdminDeps, 'db'>, principal: Principal): Promise<Preferences> {
  const user = userOf(principal);
  demand(principal, 'preferences:read', { org: principal.orgId, user });
  return (await getSettings(deps.db, principal.orgId, { user })).preferences ?? {};
}

export async function writePreferences(deps: Pick<AdminDeps, 'db' | 'catalogue'>, principal: Principal, preferences: Preferences): Promise<Preferences> {
  const user = userOf(principal);
  const org = principal.orgId;
  demand(principal, 'preferences:update', { org, user });
  await checkPreferences(preferences, deps.catalogue);
  const change = { org, action: 'preferences.update', target: user, details: toldOf(preferences) };
  await recordChange(deps.db, principal, change, (tx) => changeSettings(tx, org, { user }, { preferences: filled(preferences) }));
  return preferences;
}

function userOf(principal: Principal): UserId {
  if (principal.userId === null) throw new AppError('invalid_request', 'This token is of no user, and preferences are a user’s.');
  return principal.userId;
}
