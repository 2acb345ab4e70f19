import { may } from '@byok/identity';
import type { Permission, Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Database } from '@byok/platform';
import type { RotationMessage } from '@byok/contracts';

import { deny } from '../acl/deny.js';
import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import type { KeyOrg } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { ScopeRequest } from '../wire/requests.js';
import { describeRotation } from './rotation-status.js';
import { stageDek } from './stage-dek.js';

/** Begins to give an org (or the platform's own keys) a new data key. The rest happens by itself, while every key keeps opening. */
export async function startRotation(deps: Pick<VaultDeps, 'db' | 'kms' | 'random' | 'clock' | 'deploymentId' | 'rules'>, message: unknown): Promise<RotationMessage> {
  const request = parse(ScopeRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const orgId = await reachScope(deps, principal, request.scope, 'encryption:rotate');
  const there = { ...deps, db: ofScope(deps.db, orgId) };
  await stageDek(there, orgId, { orgId: principal.orgId, actorId: actorIdOf(principal) });
  return describeRotation(there, orgId);
}

/** The platform's scope is no org's: its operator looks beyond their own. */
export function ofScope(db: Database, orgId: KeyOrg): Database {
  return orgId === 'platform' ? db.acrossOrgs() : db;
}

/** The org whose encryption is meant: one's own, or the platform's scope for its operator. */
export async function reachScope(deps: Pick<VaultDeps, 'db'>, principal: Principal, scope: 'org' | 'platform', permission: Extract<Permission, `encryption:${string}`>): Promise<KeyOrg> {
  const orgId = scope === 'platform' ? 'platform' : principal.orgId;
  if (may(principal, permission, { org: orgId, owner: scope })) return orgId;
  return deny(deps, principal, permission, orgId, new AppError('forbidden', 'You may not do this to the encryption of these keys.'));
}
