import type { Actor } from './key-vault.js';

// The messages of proto/key_vault.proto about what keys are encrypted with: data keys, KEKs, an org's seal. Empty strings stand for none.

/** Where the rotation of an org's data key stands. */
export interface RotationMessage {
  phase: 'idle' | 'pending' | 'resealing';
  version: number;
  pendingVersion: number;
  total: number;
  left: number;
  undecryptable: number;
  percent: number;
  versions: { version: number; state: string; kekUri: string; createdAt: string; destroyAfter: string }[];
  shredGraceDays: number;
  backupDays: number;
}

export interface KekUseMessage {
  kekUri: string;
  kekVersion: string;
  rows: number;
  isActive: boolean;
  safeToDisable: boolean;
  inBackupsUntil: string;
}

export interface ShredMessage {
  orgId: string;
  deletedAt: string;
  unreadableAt: string;
  isDone: boolean;
  inBackupsUntil: string;
}

/** Which KEKs are in use, how far a rewrap is, and which orgs are being made unreadable. */
export interface KekStateMessage {
  running: boolean;
  total: number;
  left: number;
  percent: number;
  startedAt: string;
  finishedAt: string;
  lastError: string;
  keks: KekUseMessage[];
  shreds: ShredMessage[];
  /** A sentence for each KEK in use that cannot be used now. */
  problems: string[];
}

/** How an org's keys are encrypted. */
export interface OrgEncryptionMessage {
  /** The org brought its KEK. */
  isOwn: boolean;
  kekUri: string;
  kekVersion: string;
  /** What its KMS says now, the operator's or the org's. */
  state: 'ok' | 'refused' | 'unreachable';
  setAt: string;
  setBy: string;
  dataKeys: number;
  /** Those that are not under the KEK that the org should have. */
  dataKeysElsewhere: number;
  sealedAt: string;
  sealedBy: string;
  /** So long after the org's own KEK was taken away every call has stopped; 0 for the operator's KEK. */
  stopsWithinSeconds: number;
}

export interface EncryptionForAdmin {
  startRotation(request: { actor: Actor; scope: 'org' | 'platform' }): Promise<RotationMessage>;
  rotationStatus(request: { actor: Actor; scope: 'org' | 'platform' }): Promise<RotationMessage>;
  startRewrap(request: { actor: Actor }): Promise<KekStateMessage>;
  rewrapStatus(request: { actor: Actor }): Promise<KekStateMessage>;
  /** Whether every KEK in use opens what it should. */
  readiness(request: object): Promise<{ ready: boolean }>;
  orgEncryption(request: { actor: Actor }): Promise<OrgEncryptionMessage>;
  /** Empty: the operator's. */
  setOrgKek(request: { actor: Actor; kekUri: string }): Promise<OrgEncryptionMessage>;
  sealOrg(request: { actor: Actor }): Promise<OrgEncryptionMessage>;
  unsealOrg(request: { actor: Actor }): Promise<OrgEncryptionMessage>;
}
