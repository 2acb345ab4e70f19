import type { VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { reachKey } from './reach-key.js';

/** Revokes a key for good: its sealed secret is gone, its row stays so that old reports can name it. */
export async function deleteKey(deps: { vault: Pick<VaultForAdmin, 'getKey' | 'revokeKey'> }, principal: Principal, path: { key: string }): Promise<void> {
  await reachKey(deps.vault, principal, 'key:delete', path.key);
  await deps.vault.revokeKey({ actor: actorIds(principal), keyId: path.key });
}
