import type { Principal } from '@byok/identity';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

/** Who calls, by id alone: the vault finds out itself who that is. Exactly one is set. */
export interface Actor {
  tokenId?: string;
  sessionId?: string;
}

export interface VaultOwner {
  type: string;
  id: string;
}

/** key_vault.proto, Key. Empty strings stand for none. */
export interface VaultKey {
  id: string;
  orgId: string;
  owner: VaultOwner;
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

export interface VaultStoreKey {
  actor: Actor;
  owner: VaultOwner;
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
}

export interface VaultListKeys {
  actor: Actor;
  ownerType?: string;
  ownerId?: string;
  provider?: string;
  status?: string;
  after?: string;
  limit?: number;
}

export interface VaultUpdateKey {
  actor: Actor;
  keyId: string;
  label?: string;
  description?: string;
  allowedUsers?: { values: string[] };
  allowedModels?: { values: string[] };
  priority?: number;
}

export interface VaultAuditRow {
  sequence: number;
  at: string;
  action: string;
  actorId: string;
  targetId: string;
  outcome: string;
  details: string;
}

/** What admin-api may ask of the vault. There is no open here, and the vault would refuse it. */
export interface VaultMethods {
  storeKey(request: VaultStoreKey): Promise<VaultKey>;
  listKeys(request: VaultListKeys): Promise<{ items: VaultKey[]; next: string }>;
  getKey(request: { actor: Actor; keyId: string }): Promise<VaultKey>;
  updateKey(request: VaultUpdateKey): Promise<VaultKey>;
  rotateKey(request: { actor: Actor; keyId: string; secret: string; config: Record<string, string>; testOutcome: string }): Promise<VaultKey>;
  setKeyStatus(request: { actor: Actor; keyId: string; status: 'active' | 'disabled' }): Promise<VaultKey>;
  revokeKey(request: { actor: Actor; keyId: string }): Promise<VaultKey>;
  reportHealth(request: { actor: Actor; keyId: string; outcome: string; reason: string }): Promise<VaultKey>;
  listAudit(request: { actor: Actor; after: string; limit: number }): Promise<{ items: VaultAuditRow[]; next: string }>;
  verifyAudit(request: { actor: Actor }): Promise<{ ok: boolean; rows: number; firstBadSequence: number; reason: string }>;
}
export type VaultClient = GrpcClient<VaultMethods>;

export function openVaultClient(address: string, certificates: Certificates): VaultClient {
  return grpcClient<VaultMethods>({ protocol: 'key_vault', service: 'KeyVault', address, serverName: 'key-vault', certificates });
}

export function actorIds(principal: Principal): Actor {
  return principal.tokenId ? { tokenId: principal.tokenId } : { sessionId: principal.sessionId ?? '' };
}
