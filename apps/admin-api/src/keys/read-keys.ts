import type { Key, KeyQuery, Page, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { OWNERS, type OwnerType } from '@byok/kernel';
import { keyToWire } from './key-to-wire.js';

const TYPE_OF_PREFIX: Record<string, OwnerType> = { usr: 'user', grp: 'group', org: 'org' };

/** The keys that the caller may see; the vault leaves the others out. */
export async function listKeys(deps: { vault: Pick<VaultForAdmin, 'listKeys'> }, principal: Principal, query: KeyQuery): Promise<Page<Key>> {
  const { owner, provider = '', status = '', after = '', limit } = query;
  const page = await deps.vault.listKeys({ actor: actorIds(principal), ...ownerFilter(owner), provider, status, after, limit });
  return { items: page.items.map(keyToWire), next: page.next || null };
}

export async function getKey(deps: { vault: Pick<VaultForAdmin, 'getKey'> }, principal: Principal, path: { key: string }): Promise<Key> {
  return keyToWire(await deps.vault.getKey({ actor: actorIds(principal), keyId: path.key }));
}

/** `owner` is a kind of owner, or the id of one. */
function ownerFilter(owner: string | undefined): { ownerType: string; ownerId: string } {
  if (owner === undefined) return { ownerType: '', ownerId: '' };
  if ((OWNERS as readonly string[]).includes(owner)) return { ownerType: owner, ownerId: '' };
  return { ownerType: TYPE_OF_PREFIX[owner.slice(0, 3)] ?? '', ownerId: owner };
}
