import { AppError } from '@byok/kernel';

import { principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { checkAllowedUsers } from '../acl/reach-owner.js';
import { recordChange } from '../audit/record.js';
import { updateFacts } from '../store/keys.store.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { UpdateKeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';

const FACTS = ['label', 'description', 'allowedUsers', 'allowedModels', 'priority', 'expiresAt', 'rotateAfterDays'] as const;

/** Changes what does not need sealing: label, description, who may use it for what, priority, when it ends and is due for rotation. Absent fields stay. */
export async function updateKey(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<KeyMessage> {
  const request = parse(UpdateKeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:update'));
  await checkAllowedUsers(deps.db, principal, request.allowedUsers ?? []);
  const changed = FACTS.filter((name) => request[name] !== undefined);
  const facts = Object.fromEntries(changed.map((name) => [name, request[name]]));
  return deps.db.transaction(async (tx) => {
    const updated = await updateFacts(tx, key.orgId, key.id, facts);
    if (!updated) throw new AppError('conflict', 'This key was revoked at the same moment.');
    await recordChange(tx, principal, 'key.update', updated, { changed });
    return describeKey(tx, updated, deps.clock.now());
  });
}
