import type { Permission, Principal } from '@byok/identity';
import { demand } from '../access/demand.js';
import { actorIds, type VaultKey, type VaultMethods } from '../clients/vault.client.js';
import { keyResource } from './key-owner.js';

/** The key's facts, if the caller may see it and do this to it. The vault decides both again for itself. */
export async function reachKey(vault: Pick<VaultMethods, 'getKey'>, principal: Principal, permission: Permission, keyId: string): Promise<VaultKey> {
  const key = await vault.getKey({ actor: actorIds(principal), keyId });
  demand(principal, permission, keyResource(key));
  return key;
}
