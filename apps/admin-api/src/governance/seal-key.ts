import type { Key, SealKey, UnsealKey, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { actorIds } from '../clients/vault.client.js';
import { keyToWire } from '../keys/key-to-wire.js';
import { reachKey } from '../keys/reach-key.js';

/** Stops a key everywhere within five seconds; on request, what runs with it within thirty. */
export async function sealKey(deps: { vault: Pick<VaultForAdmin, 'getKey' | 'sealKey'> }, principal: Principal, path: { key: string }, { reason, cutStreams }: SealKey): Promise<Key> {
  await reachKey(deps.vault, principal, 'key:seal', path.key);
  return keyToWire(await deps.vault.sealKey({ actor: actorIds(principal), keyId: path.key, reason, cutStreams }));
}

/** Takes the seal off again: for who put it on, and for admins of the org. The vault knows who that is. */
export async function unsealKey(deps: { vault: Pick<VaultForAdmin, 'getKey' | 'unsealKey'> }, principal: Principal, path: { key: string }, { reason }: UnsealKey): Promise<Key> {
  await reachKey(deps.vault, principal, 'key:seal', path.key);
  return keyToWire(await deps.vault.unsealKey({ actor: actorIds(principal), keyId: path.key, reason }));
}
