import type { Actor, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export type VaultClient = GrpcClient<VaultForAdmin>;

export function openVaultClient(address: string, certificates: Certificates): VaultClient {
  return grpcClient<VaultForAdmin>({ protocol: 'key_vault', service: 'KeyVault', address, serverName: 'key-vault', certificates });
}

export function actorIds(principal: Principal): Actor {
  return principal.tokenId ? { tokenId: principal.tokenId } : { sessionId: principal.sessionId ?? '' };
}
