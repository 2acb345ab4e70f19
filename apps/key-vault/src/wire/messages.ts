import type { CandidateMessage, FormerMessage, KeyMessage, UsableKeyMessage } from '@byok/contracts';

import type { OtherVersion } from '../store/candidates.store.js';
import type { KeyRow } from '../store/key-row.js';

/** What is said of a key beside its row. */
export interface Beside {
  warnings: readonly string[];
  others: readonly OtherVersion[];
}

const NOTHING: Beside = { warnings: [], others: [] };

export function keyMessage(key: KeyRow, { warnings, others }: Beside = NOTHING): KeyMessage {
  const { id, orgId, provider, label, description, last4, status, statusReason, version, allowedUsers, allowedModels, config, priority, createdBy, lastTestOutcome } = key;
  return {
    ...{ id, orgId, provider, label, description, last4, status, statusReason, version, allowedUsers, allowedModels, config, priority, createdBy, lastTestOutcome },
    owner: { type: key.ownerType, id: key.ownerId },
    createdAt: key.createdAt.toISOString(),
    lastTestedAt: timeOf(key.lastTestedAt),
    health: key.health,
    healthReason: key.healthReason,
    healthAt: timeOf(key.healthAt),
    expiresAt: timeOf(key.expiresAt),
    rotateAfterDays: key.rotateAfterDays ?? 0,
    secretSince: key.secretSince.toISOString(),
    lastUsedAt: timeOf(key.lastUsedAt),
    warnings: [...warnings],
    candidate: candidateMessage(others.find(({ role }) => role === 'candidate')),
    former: formerMessage(others.find(({ role }) => role === 'former')),
  };
}

export function usableKeyMessage(key: KeyRow, isExpired: boolean, candidate: OtherVersion | undefined): UsableKeyMessage {
  const { id, provider, version, status, allowedModels, config, priority } = key;
  return {
    ...{ id, provider, version, allowedModels, config, priority },
    owner: { type: key.ownerType, id: key.ownerId },
    status: status === 'active' && isExpired ? 'expired' : status,
    expiresAt: timeOf(key.expiresAt),
    candidate: candidate ? { version: candidate.version, percent: candidate.percent, config: candidate.config } : null,
  };
}

function candidateMessage(other: OtherVersion | undefined): CandidateMessage | null {
  if (!other) return null;
  const { version, last4, config, percent, rollbackAfter, counts, currentCounts } = other;
  return { version, last4, config, percent, rollbackAfter, counts, currentCounts, overlapUntil: timeOf(other.overlapUntil), stagedAt: other.createdAt.toISOString(), stagedBy: other.createdBy };
}

function formerMessage(other: OtherVersion | undefined): FormerMessage | null {
  return other ? { version: other.version, last4: other.last4, openUntil: timeOf(other.overlapUntil) } : null;
}

function timeOf(moment: Date | null): string {
  return moment?.toISOString() ?? '';
}
