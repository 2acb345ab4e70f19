import type { AuditRow } from '@byok/platform';

import type { KeyRow } from '../store/key-row.js';

/** `Key` of key_vault.proto: everything about a key but what could open it. */
export interface KeyMessage {
  id: string;
  orgId: string;
  owner: { type: string; id: string };
  provider: string;
  label: string;
  description: string;
  last4: string;
  status: string;
  statusReason: string;
  version: number;
  allowedUsers: string[];
  allowedModels: string[];
  config: Record<string, string>;
  priority: number;
  createdAt: string;
  createdBy: string;
  lastTestedAt: string;
  lastTestOutcome: string;
}

export type UsableKeyMessage = Pick<KeyMessage, 'id' | 'owner' | 'provider' | 'version' | 'status' | 'allowedModels' | 'config' | 'priority'>;
export interface OpenedKeyMessage {
  secret: string;
  config: Record<string, string>;
  version: number;
  provider: string;
}
export interface AuditPageMessage {
  items: AuditRow[];
  next: string;
}
export interface AuditVerdictMessage {
  ok: boolean;
  rows: number;
  firstBadSequence: number;
  reason: string;
}

export function keyMessage(key: KeyRow): KeyMessage {
  const { id, orgId, provider, label, description, last4, status, statusReason, version, allowedUsers, allowedModels, config, priority, createdBy, lastTestOutcome } = key;
  return {
    ...{ id, orgId, provider, label, description, last4, status, statusReason, version, allowedUsers, allowedModels, config, priority, createdBy, lastTestOutcome },
    owner: { type: key.ownerType, id: key.ownerId },
    createdAt: key.createdAt.toISOString(),
    lastTestedAt: key.lastTestedAt?.toISOString() ?? '',
  };
}

export function usableKeyMessage(key: KeyRow): UsableKeyMessage {
  const { id, provider, version, status, allowedModels, config, priority } = key;
  return { id, owner: { type: key.ownerType, id: key.ownerId }, provider, version, status, allowedModels, config, priority };
}
