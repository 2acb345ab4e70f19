import type { CompatMessage, StoreKey, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import type { Catalogue } from '../clients/catalogue.js';
import { keyOwnerOf, keyResource } from '../keys/key-owner.js';
import { allKeys } from './all-keys.js';

export interface RemoveKeyDeps {
  db: Database;
  vault: Pick<VaultForAdmin, 'listKeys' | 'revokeKey'>;
  catalogue: Pick<Catalogue, 'find'>;
}

/** Revokes every key that the owner has for a provider. */
export async function removeKey(deps: RemoveKeyDeps, principal: Principal, owner: StoreKey['owner'], providerName: string): Promise<CompatMessage> {
  const found = await keyOwnerOf(deps, principal, owner);
  const provider = (await deps.catalogue.find(providerName)).id;
  const keys = await allKeys(deps.vault, principal, { ownerType: found.type, ownerId: found.id, provider });
  if (keys.length === 0) throw new AppError('not_found', `There is no ${provider} key.`);
  for (const key of keys) {
    demand(principal, 'key:delete', keyResource(key));
    await deps.vault.revokeKey({ actor: actorIds(principal), keyId: key.id });
  }
  return { success: true, message: `Removed ${provider} key` };
}
