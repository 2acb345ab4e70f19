import type { KeyMessage, UsableKeyMessage } from '@byok/contracts';

import type { KeyRow } from '../store/key-row.js';

export function keyMessage(key: KeyRow): KeyMessage {
  const { id, orgId, provider, label, description, last4, status, statusReason, version, allowedUsers, allowedModels, config, priority, createdBy, lastTestOutcome } = key;
  return {
    ...{ id, orgId, provider, label, description, last4, status, statusReason, version, allowedUsers, allowedModels, config, priority, createdBy, lastTestOutcome },
    owner: { type: key.ownerType, id: key.ownerId },
    createdAt: key.createdAt.toISOString(),
    lastTestedAt: key.lastTestedAt?.toISOString() ?? '',
    health: key.health,
    healthReason: key.healthReason,
    healthAt: key.healthAt?.toISOString() ?? '',
  };
}

export function usableKeyMessage(key: KeyRow): UsableKeyMessage {
  const { id, provider, version, status, allowedModels, config, priority } = key;
  return { id, owner: { type: key.ownerType, id: key.ownerId }, provider, version, status, allowedModels, config, priority };
}
