import type { Actor, LifetimeForGateway, VaultForGateway } from '@byok/contracts';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';
import type { Principal } from '@byok/identity';

export function connectVault(options: { address: string; certificates: Certificates }): GrpcClient<VaultForGateway & LifetimeForGateway> {
  return grpcClient<VaultForGateway & LifetimeForGateway>({ protocol: 'key_vault', service: 'KeyVault', serverName: 'key-vault', deadlineMs: 5_000, ...options });
}

export function actorOf(principal: Pick<Principal, 'tokenId' | 'sessionId'>): Actor {
  return { tokenId: principal.tokenId ?? '', sessionId: principal.tokenId ? '' : (principal.sessionId ?? '') };
}
