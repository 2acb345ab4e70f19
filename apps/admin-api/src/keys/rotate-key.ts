import type { Key, ProbeForAdmin, RotateKey, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { actorOf } from '../access/record-change.js';
import type { Catalogue } from '../clients/catalogue.js';
import { keyToWire } from './key-to-wire.js';
import { reachKey } from './reach-key.js';
import { splitFields } from './split-fields.js';
import { tryKey, type TryDeps } from './try-key.js';

export interface RotateKeyDeps extends TryDeps {
  catalogue: Pick<Catalogue, 'find'>;
  probe: Pick<ProbeForAdmin, 'probeSecret' | 'checkSecret'>;
  vault: Pick<VaultForAdmin, 'getKey' | 'rotateKey' | 'stageKey'>;
}

/**
 * Replaces the secret of a key, at once or, with `canaryPercent`, for a share of its calls first. Its id, owner and allow-lists stay, and so
 * does its config unless a new one is given.
 */
export async function rotateKey(deps: RotateKeyDeps, principal: Principal, path: { key: string }, input: RotateKey): Promise<Key> {
  const key = await reachKey(deps.vault, principal, 'key:update', path.key);
  const provider = await deps.catalogue.find(key.provider);
  const { secret, config } = await deps.probe.checkSecret(splitFields(provider, input.apiKey, input.config ?? key.config));
  const testOutcome = input.skipTest ? '' : await tryKey(deps, actorOf(principal), { provider: key.provider, secret, config });
  const next = { actor: actorIds(principal), keyId: key.id, secret, config, testOutcome };
  const { canaryPercent: percent, overlapUntil = '', rollbackAfter = 0 } = input;
  return keyToWire(percent === undefined ? await deps.vault.rotateKey(next) : await deps.vault.stageKey({ ...next, percent, overlapUntil, rollbackAfter }));
}
