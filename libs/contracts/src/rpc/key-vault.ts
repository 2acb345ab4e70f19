import type { EncryptionForAdmin } from './key-encryption.js';
import type { CandidateMessage, CountsMessage, FormerMessage } from './key-lifetime.js';
import type { GovernanceForAdmin, GovernanceForGateway } from './key-governance.js';

// The messages of proto/key_vault.proto as TypeScript sees them. Empty strings stand for none.

/** Who calls, by id alone: the vault finds out for itself who that is. One of the two is set. */
export interface Actor {
  tokenId?: string;
  sessionId?: string;
}

export interface KeyOwnerMessage {
  type: string;
  id: string;
}

/** Everything about a key but what could open it. */
export interface KeyMessage {
  id: string;
  orgId: string;
  owner: KeyOwnerMessage;
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
  /** unknown | ok | failing: how calls with it fare. */
  health: string;
  healthReason: string;
  healthAt: string;
  expiresAt: string;
  /** 0: never due. */
  rotateAfterDays: number;
  secretSince: string;
  lastUsedAt: string;
  warnings: string[];
  candidate: CandidateMessage | null;
  former: FormerMessage | null;
}

export interface UsableKeyMessage extends Pick<KeyMessage, 'id' | 'owner' | 'provider' | 'version' | 'status' | 'allowedModels' | 'config' | 'priority'> {
  /** Empty: never. */
  expiresAt?: string;
  candidate?: Pick<CandidateMessage, 'version' | 'percent' | 'config'> | null;
  /** By a grant that ends then; empty: for as long as nothing changes. */
  usableUntil?: string;
}

export interface OpenedKeyMessage {
  secret: string;
  config: Record<string, string>;
  version: number;
  provider: string;
  /** So long it may be kept at most; 0: as long as any other. */
  keepMs?: number;
}

export interface StoreKeyMessage {
  actor: Actor;
  owner: KeyOwnerMessage;
  provider: string;
  secret: string;
  label?: string;
  description?: string;
  allowedUsers?: string[];
  allowedModels?: string[];
  config?: Record<string, string>;
  priority?: number;
  testOutcome?: string;
  allowDuplicate?: boolean;
  expiresAt?: string;
  rotateAfterDays?: number;
}

export interface StageKeyMessage {
  actor: Actor;
  keyId: string;
  secret: string;
  config: Record<string, string>;
  testOutcome: string;
  percent: number;
  overlapUntil: string;
  rollbackAfter: number;
}

export interface ListKeysMessage {
  actor: Actor;
  ownerType?: string;
  ownerId?: string;
  provider?: string;
  status?: string;
  after?: string;
  limit?: number;
}

export interface UpdateKeyMessage {
  actor: Actor;
  keyId: string;
  label?: string;
  description?: string;
  allowedUsers?: { values: string[] };
  allowedModels?: { values: string[] };
  priority?: number;
  /** Empty: never. */
  expiresAt?: string;
  /** 0: never due. */
  rotateAfterDays?: number;
}

export interface AuditRowMessage {
  sequence: number;
  at: string;
  action: string;
  actorId: string;
  targetId: string;
  outcome: string;
  details: string;
}

export interface AuditPageMessage {
  items: AuditRowMessage[];
  next: string;
}

export interface AuditVerdictMessage {
  ok: boolean;
  rows: number;
  firstBadSequence: number;
  reason: string;
  /** The newest row that is also written down outside the database; 0 and empty for none. */
  checkpointSequence: number;
  checkpointAt: string;
}

/** What admin-api may ask of the vault. There is no open here, and the vault would refuse it. */
export interface VaultForAdmin extends GovernanceForAdmin, EncryptionForAdmin {
  storeKey(request: StoreKeyMessage): Promise<KeyMessage>;
  listKeys(request: ListKeysMessage): Promise<{ items: KeyMessage[]; next: string }>;
  getKey(request: { actor: Actor; keyId: string }): Promise<KeyMessage>;
  updateKey(request: UpdateKeyMessage): Promise<KeyMessage>;
  rotateKey(request: { actor: Actor; keyId: string; secret: string; config: Record<string, string>; testOutcome: string }): Promise<KeyMessage>;
  stageKey(request: StageKeyMessage): Promise<KeyMessage>;
  promoteKey(request: { actor: Actor; keyId: string }): Promise<KeyMessage>;
  rollBackKey(request: { actor: Actor; keyId: string }): Promise<KeyMessage>;
  setKeyStatus(request: { actor: Actor; keyId: string; status: 'active' | 'disabled' }): Promise<KeyMessage>;
  revokeKey(request: { actor: Actor; keyId: string }): Promise<KeyMessage>;
  reportHealth(request: { actor: Actor; keyId: string; outcome: string; reason: string }): Promise<KeyMessage>;
  /** What the actor's org is known by at its identity provider; the one before is gone. */
  keepSignInSecret(request: { actor: Actor; secret: string; issuer: string }): Promise<object>;
  dropSignInSecret(request: { actor: Actor }): Promise<object>;
  openSignInSecret(request: { orgId: string; issuer: string }): Promise<{ secret: string }>;
  listAudit(request: { actor: Actor; after: string; limit: number }): Promise<AuditPageMessage>;
  verifyAudit(request: { actor: Actor }): Promise<AuditVerdictMessage>;
}

/** What calls with a key, or the probe that followed one, found out about it. */
export interface NoteHealthMessage {
  actor: Actor;
  keyId: string;
  version: number;
  /** `valid` and `invalid` change the status of the key; `no-credit` is only told; `counted` brings the counts of its two versions. */
  outcome: 'valid' | 'invalid' | 'no-credit' | 'counted';
  reason: string;
  counts?: CountsMessage;
  currentCounts?: CountsMessage;
}

/** What the gateway may ask of the vault. */
export interface VaultForGateway extends GovernanceForGateway {
  noteHealth(request: NoteHealthMessage): Promise<object>;
  usableKeys(request: { actor: Actor }): Promise<{ items: UsableKeyMessage[] }>;
  openKey(request: { actor: Actor; keyId: string; version: number; requestId: string; purpose: 'call' | 'probe' }): Promise<OpenedKeyMessage>;
}
