import type { Key, KeyMessage } from '@byok/contracts';
import type { OwnerType } from '@byok/kernel';

export function keyToWire(key: KeyMessage): Key {
  const { id, orgId, owner, provider, label, description, status, version, allowedUsers, allowedModels, config, priority, createdAt, createdBy } = key;
  return {
    ...{ id, orgId, provider, label, description, status, version, allowedUsers, allowedModels, config, priority, createdAt, createdBy },
    owner: { type: owner.type as OwnerType, id: owner.id },
    last4: key.last4 || null,
    statusReason: key.statusReason || null,
    lastTestedAt: key.lastTestedAt || null,
    lastTestOutcome: key.lastTestOutcome || null,
    health: key.health === 'ok' || key.health === 'failing' ? { status: key.health, reason: key.healthReason || null, at: key.healthAt || null } : null,
  };
}
