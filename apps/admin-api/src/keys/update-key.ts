import type { Key, UpdateKey, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import { getUser, type Principal } from '@byok/identity';
import type { UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { keyToWire } from './key-to-wire.js';
import { reachKey } from './reach-key.js';

export async function updateKey(deps: { db: Database; vault: Pick<VaultForAdmin, 'getKey' | 'updateKey'> }, principal: Principal, path: { key: string }, change: UpdateKey): Promise<Key> {
  await reachKey(deps.vault, principal, 'key:update', path.key);
  for (const user of new Set(change.allowedUsers)) await getUser(deps.db, principal.orgId, user as UserId);
  const { label, description, priority, allowedUsers, allowedModels, expiresAt, rotateAfterDays } = change;
  const updated = await deps.vault.updateKey({
    actor: actorIds(principal),
    keyId: path.key,
    ...(label === undefined ? {} : { label }),
    ...(description === undefined ? {} : { description }),
    ...(priority === undefined ? {} : { priority }),
    ...(allowedUsers === undefined ? {} : { allowedUsers: { values: allowedUsers } }),
    ...(allowedModels === undefined ? {} : { allowedModels: { values: allowedModels } }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt ?? '' }),
    ...(rotateAfterDays === undefined ? {} : { rotateAfterDays: rotateAfterDays ?? 0 }),
  });
  return keyToWire(updated);
}
