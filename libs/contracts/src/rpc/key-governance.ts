import type { Actor, KeyMessage, KeyOwnerMessage } from './key-vault.js';

// Further messages of proto/key_vault.proto: stopping a key, giving it away, letting somebody use it for a while. Empty strings stand for none.

/** What is known of a key beside its facts. */
export interface KeyUseMessage {
  keyId: string;
  seal: { reason: string; cutStreams: boolean; sealedBy: string; sealedAt: string } | null;
  /** Users who may use it beside its allow-list, until then. */
  grants: { userId: string; until: string }[];
  runningCalls: number;
  openStreams: number;
  toldAt: string;
}

export interface GovernanceForAdmin {
  sealKey(request: { actor: Actor; keyId: string; reason: string; cutStreams: boolean }): Promise<KeyMessage>;
  unsealKey(request: { actor: Actor; keyId: string; reason: string }): Promise<KeyMessage>;
  transferKey(request: { actor: Actor; keyId: string; owner: KeyOwnerMessage; reason: string }): Promise<KeyMessage>;
  grantKey(request: { actor: Actor; keyId: string; userId: string; expiresAt: string }): Promise<object>;
  endKeyGrant(request: { actor: Actor; keyId: string; userId: string }): Promise<object>;
  keyUses(request: { actor: Actor; keyIds: string[] }): Promise<{ items: KeyUseMessage[] }>;
}

/** What a gateway is at with which keys. */
export interface NoteRunningMessage {
  /** The same one after a restart: what it says now replaces what it said before. */
  gatewayId: string;
  items: { keyId: string; calls: number; streams: number }[];
}

export interface GovernanceForGateway {
  /** Answers which of these keys are sealed so that running calls end, too. */
  noteRunning(request: NoteRunningMessage): Promise<{ keyIds: string[] }>;
}
