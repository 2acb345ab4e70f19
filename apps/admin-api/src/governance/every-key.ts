import type { KeyMessage, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { actorIds } from '../clients/vault.client.js';

const PAGE = 200;

/** Every key of the caller's org that they may see and that is not revoked. */
export async function everyKey(vault: Pick<VaultForAdmin, 'listKeys'>, principal: Principal): Promise<KeyMessage[]> {
  const keys: KeyMessage[] = [];
  let after = '';
  do {
    const page = await vault.listKeys({ actor: actorIds(principal), after, limit: PAGE });
    keys.push(...page.items.filter((key) => key.orgId === principal.orgId && key.status !== 'revoked'));
    after = page.next;
  } while (after !== '');
  return keys;
}
