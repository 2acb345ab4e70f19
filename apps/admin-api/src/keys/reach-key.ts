import type { KeyMessage, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Permission, Principal } from '@byok/identity';
import { demand } from '../access/demand.js';
import { keyResource } from './key-owner.js';

/** The key's facts, if the caller may see it and do this to it. The vault decides both again for itself. */
export async function reachKey(vault: Pick<VaultForAdmin, 'getKey'>, principal: Principal, permission: Permission, keyId: string): Promise<KeyMessage> {
  const key = await vault.getKey({ actor: actorIds(principal), keyId });
  demand(principal, permission, keyResource(key));
  return key;
}
