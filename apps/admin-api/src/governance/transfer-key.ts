import type { Key, TransferKey, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { actorIds } from '../clients/vault.client.js';
import { keyOwnerOf, newKeyResource } from '../keys/key-owner.js';
import { keyToWire } from '../keys/key-to-wire.js';
import { reachKey } from '../keys/reach-key.js';

/** Gives a key to another owner of the org: the caller must be allowed to give it away here and to add keys there. */
export async function transferKey(deps: { db: Database; vault: Pick<VaultForAdmin, 'getKey' | 'transferKey'> }, principal: Principal, path: { key: string }, { owner, reason }: TransferKey): Promise<Key> {
  await reachKey(deps.vault, principal, 'key:transfer', path.key);
  const to = await keyOwnerOf(deps, principal, owner);
  demand(principal, 'key:create', newKeyResource(principal, to));
  return keyToWire(await deps.vault.transferKey({ actor: actorIds(principal), keyId: path.key, owner: to, reason }));
}
