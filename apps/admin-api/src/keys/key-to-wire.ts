import type { CandidateMessage, Key, KeyMessage } from '@byok/contracts';
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
    expiresAt: key.expiresAt || null,
    rotateAfterDays: key.rotateAfterDays || null,
    secretSince: key.secretSince,
    lastUsedAt: key.lastUsedAt || null,
    warnings: key.warnings as Key['warnings'],
    candidate: key.candidate && candidateToWire(key.candidate),
    former: key.former && { version: key.former.version, last4: key.former.last4 || null, openUntil: key.former.openUntil },
    health: key.health === 'ok' || key.health === 'failing' ? { status: key.health, reason: key.healthReason || null, at: key.healthAt || null } : null,
  };
}

function candidateToWire({ version, last4, config, percent, rollbackAfter, overlapUntil, stagedAt, stagedBy, counts, currentCounts }: CandidateMessage): NonNullable<Key['candidate']> {
  return { version, last4: last4 || null, config, canaryPercent: percent, rollbackAfter, overlapUntil: overlapUntil || null, stagedAt, stagedBy, calls: counts, currentCalls: currentCounts };
}
