import type { Key, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { keyToWire } from './key-to-wire.js';
import { reachKey } from './reach-key.js';

/** The candidate of a key is gone; the version in use goes on. */
export async function rollBackKey(deps: { vault: Pick<VaultForAdmin, 'getKey' | 'rollBackKey'> }, principal: Principal, path: { key: string }): Promise<Key> {
  await reachKey(deps.vault, principal, 'key:update', path.key);
  return keyToWire(await deps.vault.rollBackKey({ actor: actorIds(principal), keyId: path.key }));
}
