import { configMac, fingerprint, seal } from '@byok/envelope';
import type { Dek } from '@byok/envelope';
import type { Secret } from '@byok/kernel';

import { sealedFor } from '../store/key-row.js';
import type { KeyRow } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';

type Identity = Pick<KeyRow, 'id' | 'orgId' | 'ownerType' | 'ownerId' | 'provider' | 'version'>;

/** One version of a key under the org's active DEK: the sealed secret, the MAC of its config, its fingerprint. */
export async function sealVersion(deps: Pick<VaultDeps, 'deks' | 'random' | 'deploymentId'>, key: Identity, secret: Secret, config: Record<string, string>) {
  const sealed = sealUnder(deps, await deps.deks.activeDek(key.orgId), key, secret, config);
  // Keys that a rotation has not come to yet are known by another fingerprint.
  const former = (await deps.deks.formerDeks(key.orgId)).map((dek) => fingerprint(secret, dek));
  return { ...sealed, fingerprints: [sealed.fingerprint, ...former] };
}

export function sealUnder(deps: Pick<VaultDeps, 'random' | 'deploymentId'>, dek: Dek, key: Identity, secret: Secret, config: Record<string, string>) {
  const row = sealedFor(key, deps.deploymentId);
  return { dekId: dek.id, dekVersion: dek.version, blob: seal(secret, row, dek, deps.random), config, configMac: configMac(config, row, dek), fingerprint: fingerprint(secret, dek) };
}
