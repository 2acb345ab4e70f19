import type { KeyMessage, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';

/** Every key in use of these owners that the caller may see, page by page. */
export async function allKeys(vault: Pick<VaultForAdmin, 'listKeys'>, principal: Principal, wanted: { ownerType: string; ownerId?: string; provider?: string }): Promise<KeyMessage[]> {
  const keys: KeyMessage[] = [];
  let after = '';
  do {
    const page = await vault.listKeys({ actor: actorIds(principal), ...wanted, after, limit: 200 });
    keys.push(...page.items.filter((key) => key.status !== 'revoked'));
    after = page.next;
  } while (after !== '');
  return keys;
}
