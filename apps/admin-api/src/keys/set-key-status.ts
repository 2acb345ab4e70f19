import type { Key, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { keyToWire } from './key-to-wire.js';
import { reachKey } from './reach-key.js';

/** Puts a key aside, or takes it back into use. */
export async function setKeyStatus(deps: { vault: Pick<VaultForAdmin, 'getKey' | 'setKeyStatus'> }, principal: Principal, path: { key: string }, status: 'active' | 'disabled'): Promise<Key> {
  await reachKey(deps.vault, principal, 'key:update', path.key);
  return keyToWire(await deps.vault.setKeyStatus({ actor: actorIds(principal), keyId: path.key, status }));
}
