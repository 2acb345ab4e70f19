import { integrityFailed, open, seal } from '@byok/envelope';
import type { Dek, Random, SealedFor } from '@byok/envelope';
import { Secret } from '@byok/kernel';

import type { KeyOrg } from '../store/key-row.js';

/** A known value sealed under a DEK: whoever opens it holds that very DEK. */
export function sealCanary(deps: { random: Random; deploymentId: string }, orgId: KeyOrg, dek: Dek): Buffer {
  return seal(new Secret('byok/dek-canary/v1'), rowOf(deps.deploymentId, orgId, dek), dek, deps.random);
}

/** @throws AppError integrity_failed when it was sealed under another DEK, or there is none. */
export function checkCanary(deps: { deploymentId: string }, orgId: KeyOrg, dek: Dek, canary: Buffer | null): void {
  if (canary === null) throw integrityFailed('This data key has no canary.');
  open(canary, rowOf(deps.deploymentId, orgId, dek), dek);
}


function rowOf(deploymentId: string, orgId: KeyOrg, dek: Dek): SealedFor {
  return { deploymentId, orgId, ownerType: 'platform', ownerId: 'canary', provider: 'canary', keyId: dek.id, keyVersion: dek.version, field: 'canary' };
}
