import type { Principal } from '@byok/identity';
import { actorIds, type VaultKey, type VaultMethods } from '../clients/vault.client.js';

/** Every key in use of these owners that the caller may see, page by page. */
export async function allKeys(vault: Pick<VaultMethods, 'listKeys'>, principal: Principal, wanted: { ownerType: string; ownerId?: string; provider?: string }): Promise<VaultKey[]> {
  const keys: VaultKey[] = [];
  let after = '';
  do {
    const page = await vault.listKeys({ actor: actorIds(principal), ...wanted, after, limit: 200 });
    keys.push(...page.items.filter((key) => key.status !== 'revoked'));
    after = page.next;
  } while (after !== '');
  return keys;
}
