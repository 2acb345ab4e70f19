import type { GroupRouting } from '@byok/contracts';
import { changeSettings, getGroup, getSettings, type Principal } from '@byok/identity';
import type { GroupId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import type { AdminDeps } from '../deps.js';
import { checkPolicy } from './check-policy.js';
import { filled, toldOf } from './told-of.js';

type Path = { org: string; group: string };

export async function readGroupPolicy(deps: Pick<AdminDeps, 'db'>, principal: Principal, path: Path): Promise<GroupRouting> {
  const org = orgOf(principal, path.org);
  const group = await getGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'policy:read', { org, group: group.id });
  return ((await getSettings(deps.db, org, { group: group.id })).routing ?? {}) as GroupRouting;
}

/** A group can only narrow what its org allows: whatever is written here is put together with the org's policy at every call. */
export async function writeGroupPolicy(deps: Pick<AdminDeps, 'db' | 'catalogue'>, principal: Principal, path: Path, policy: GroupRouting): Promise<GroupRouting> {
  const org = orgOf(principal, path.org);
  const group = await getGroup(deps.db, org, path.group as GroupId);
  demand(principal, 'policy:update', { org, group: group.id });
  await checkPolicy(policy, deps.catalogue);
  await recordChange(deps.db, principal, { org, action: 'policy.update', target: group.id, details: toldOf(policy) }, (tx) => changeSettings(tx, org, { group: group.id }, { routing: filled(policy) }));
  return policy;
}
