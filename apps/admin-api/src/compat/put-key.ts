import type { CompatStored, CompatStoreKey, KeyMessage, StoreKey, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { keyOwnerOf, newKeyResource } from '../keys/key-owner.js';
import { rotateKey, type RotateKeyDeps } from '../keys/rotate-key.js';
import { storeKey, type StoreKeyDeps } from '../keys/store-key.js';
import { updateKey } from '../keys/update-key.js';
import { demand } from '../access/demand.js';
import { allKeys } from './all-keys.js';

export type PutKeyDeps = Omit<StoreKeyDeps & RotateKeyDeps, 'vault'> & { vault: Pick<VaultForAdmin, 'storeKey' | 'getKey' | 'rotateKey' | 'stageKey' | 'updateKey' | 'listKeys'> };

/** "Add or update": an owner has one key per provider on this wire, so a second one replaces the first. */
export async function putKey(deps: PutKeyDeps, principal: Principal, owner: StoreKey['owner'], providerName: string, input: CompatStoreKey): Promise<CompatStored> {
  const found = await keyOwnerOf(deps, principal, owner);
  demand(principal, 'key:create', newKeyResource(principal, found));
  const provider = (await deps.catalogue.find(providerName)).id;
  const [present] = await allKeys(deps.vault, principal, { ownerType: found.type, ownerId: found.id, provider });
  const keyId = present ? await replace(deps, principal, present, input) : await add(deps, principal, found, provider, input);
  return { success: true, keyId, provider };
}

async function add(deps: PutKeyDeps, principal: Principal, owner: NonNullable<StoreKey['owner']>, provider: string, input: CompatStoreKey): Promise<string> {
  const { name, allowedUsers, ...rest } = input;
  const fields = { ...(name === undefined ? {} : { label: name }), ...(allowedUsers === undefined ? {} : { allowedUsers: listOf(allowedUsers) }) };
  return (await storeKey(deps, principal, { owner, provider, ...rest, ...fields, allowDuplicate: false })).id;
}

async function replace(deps: PutKeyDeps, principal: Principal, key: KeyMessage, input: CompatStoreKey): Promise<string> {
  await rotateKey(deps, principal, { key: key.id }, input);
  const { name, description, allowedUsers } = input;
  if (name !== undefined || description !== undefined || allowedUsers !== undefined) {
    await updateKey(deps, principal, { key: key.id }, { label: name, description, allowedUsers: allowedUsers === undefined ? undefined : listOf(allowedUsers) });
  }
  return key.id;
}

/** "all" is everybody the owner covers, which is an empty list everywhere else. */
function listOf(allowedUsers: NonNullable<CompatStoreKey['allowedUsers']>): string[] {
  return allowedUsers === 'all' ? [] : allowedUsers;
}
