import type { CompatKeys, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Catalogue } from '../clients/catalogue.js';
import { allKeys } from './all-keys.js';

/** Which providers the caller has a key for, their own or a group's. */
export async function compatKeys(deps: { vault: Pick<VaultForAdmin, 'listKeys'>; catalogue: Pick<Catalogue, 'all'> }, principal: Principal): Promise<CompatKeys> {
  const own = new Set((await ownKeys(deps.vault, principal)).map((key) => key.provider));
  const shared = new Set((await groupKeys(deps.vault, principal)).map((key) => key.provider));
  const names = new Map((await deps.catalogue.all()).map((provider) => [provider.id, provider.name]));
  const ids = [...new Set([...own, ...shared])].sort();
  const providers = ids.map((provider) => ({ provider, name: names.get(provider) ?? provider, hasUserKey: own.has(provider), hasGroupKey: shared.has(provider) }));
  return { success: true, userId: principal.userId, groupId: principal.tokenGroup ?? principal.groups[0]?.id ?? null, providers };
}

export async function ownKeys(vault: Pick<VaultForAdmin, 'listKeys'>, principal: Principal) {
  return principal.userId === null ? [] : allKeys(vault, principal, { ownerType: 'user', ownerId: principal.userId });
}

/** Keys of the groups that the caller is in; an admin sees others too, which are not theirs to use. */
export async function groupKeys(vault: Pick<VaultForAdmin, 'listKeys'>, principal: Principal) {
  const groups = new Set<string>(principal.groups.map((group) => group.id));
  return (await allKeys(vault, principal, { ownerType: 'group' })).filter((key) => groups.has(key.owner.id));
}
