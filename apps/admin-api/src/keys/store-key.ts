import type { Key, ProbeForAdmin, StoreKey, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import { getUser, type Principal } from '@byok/identity';
import type { UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { actorOf } from '../access/record-change.js';
import type { Catalogue } from '../clients/catalogue.js';
import { keyOwnerOf, newKeyResource } from './key-owner.js';
import { keyToWire } from './key-to-wire.js';
import { splitFields } from './split-fields.js';
import { tryKey, type TryDeps } from './try-key.js';

export interface StoreKeyDeps extends TryDeps {
  db: Database;
  catalogue: Pick<Catalogue, 'find'>;
  probe: Pick<ProbeForAdmin, 'probeSecret' | 'checkSecret'>;
  vault: Pick<VaultForAdmin, 'storeKey'>;
}

const DEFAULT_PRIORITY = 100;

/** Whose, well-formed, working — then into the vault. The plaintext passes through here and stays nowhere. */
export async function storeKey(deps: StoreKeyDeps, principal: Principal, input: StoreKey): Promise<Key> {
  const owner = await keyOwnerOf(deps, principal, input.owner);
  demand(principal, 'key:create', newKeyResource(principal, owner));
  for (const user of new Set(input.allowedUsers)) await getUser(deps.db, principal.orgId, user as UserId);
  const provider = await deps.catalogue.find(input.provider);
  const checked = await deps.probe.checkSecret(splitFields(provider, input.apiKey, input.config));
  const testOutcome = input.skipTest ? '' : await tryKey(deps, actorOf(principal), checked);
  const { label = provider.name, description = '', allowedUsers = [], allowedModels = [], priority = DEFAULT_PRIORITY, allowDuplicate, expiresAt, rotateAfterDays } = input;
  const facts = { label, description, allowedUsers, allowedModels, priority, allowDuplicate, testOutcome, expiresAt: expiresAt ?? '', rotateAfterDays: rotateAfterDays ?? 0 };
  return keyToWire(await deps.vault.storeKey({ actor: actorIds(principal), owner, ...checked, ...facts }));
}
