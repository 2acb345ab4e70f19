import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';
import type { Principal } from '@byok/identity';

/** Who calls, by id alone: the vault finds out for itself what they may do. */
export interface Actor {
  tokenId: string;
  sessionId: string;
}

export interface ListedKey {
  id: string;
  owner: { type: string; id: string };
  provider: string;
  version: number;
  status: string;
  allowedModels: string[];
  config: Record<string, string>;
  priority: number;
}

export interface OpenedSecret {
  secret: string;
  config: Record<string, string>;
  version: number;
  provider: string;
}

/** What the gateway may ask of the vault. */
export interface Vault {
  usableKeys(request: { actor: Actor }): Promise<{ items: ListedKey[] }>;
  openKey(request: { actor: Actor; keyId: string; version: number; requestId: string; purpose: 'call' | 'probe' }): Promise<OpenedSecret>;
}

export function connectVault(options: { address: string; certificates: Certificates }): GrpcClient<Vault> {
  return grpcClient<Vault>({ protocol: 'key_vault', service: 'KeyVault', serverName: 'key-vault', deadlineMs: 5_000, ...options });
}

export function actorOf(principal: Pick<Principal, 'tokenId' | 'sessionId'>): Actor {
  return { tokenId: principal.tokenId ?? '', sessionId: principal.tokenId ? '' : (principal.sessionId ?? '') };
}
