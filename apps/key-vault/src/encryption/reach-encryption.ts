import { may } from '@byok/identity';
import type { Permission, Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';

import { deny } from '../acl/deny.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import type { VaultDeps } from '../vault-deps.js';
import type { Actor } from '../wire/requests.js';

/** Who may look at, or change, how their own org's keys are encrypted. */
export async function reachEncryption(deps: Pick<VaultDeps, 'db' | 'clock'>, actor: Actor, permission: Extract<Permission, `encryption:${string}`>): Promise<Principal> {
  const principal = await principalOfActor(deps, actor);
  if (may(principal, permission, { org: principal.orgId, owner: 'org' })) return principal;
  return deny(deps, principal, permission, principal.orgId, new AppError('forbidden', 'You may not do this to the encryption of this organisation.'));
}
