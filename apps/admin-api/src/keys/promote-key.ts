import type { Key, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { keyToWire } from './key-to-wire.js';
import { reachKey } from './reach-key.js';

/** The candidate of a key becomes the version in use. */
export async function promoteKey(deps: { vault: Pick<VaultForAdmin, 'getKey' | 'promoteKey'> }, principal: Principal, path: { key: string }): Promise<Key> {
  await reachKey(deps.vault, principal, 'key:update', path.key);
  return keyToWire(await deps.vault.promoteKey({ actor: actorIds(principal), keyId: path.key }));
}
