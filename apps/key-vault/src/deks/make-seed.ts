import { deriveDek, freshBytes } from '@byok/envelope';
import type { Dek, KekScope, Random, WrappedSeed } from '@byok/envelope';
import { newId } from '@byok/kernel';

import type { KmsSet } from '../kms/kms-set.js';
import type { DekRow } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';
import { sealCanary } from './dek-canary.js';

export interface SeedDeps {
  kms: KmsSet;
  random: Random;
  deploymentId: string;
}

/** A seed as it is stored: wrapped, and with a canary. */
export interface NewDek {
  dekId: string;
  version: number;
  wrapped: WrappedSeed;
  kekUri: string;
  kekScope: KekScope;
  canary: Buffer;
}

/** A new seed for an org, wrapped under the KEK it should have. The seed itself is gone when this returns. */
export async function makeSeed(deps: SeedDeps, orgId: KeyOrg, version: number): Promise<NewDek> {
  const dekId = newId('dek');
  const seed = freshBytes(deps.random, 32);
  try {
    const kms = await deps.kms.forOrg(orgId);
    const name = nameOf(deps.deploymentId, orgId, { dekId, version });
    const wrapped = await kms.wrap(seed, name);
    const canary = sealCanary(deps, orgId, deriveDek(seed, name));
    return { dekId, version, wrapped, kekUri: kms.uri, kekScope: name.kekScope, canary };
  } finally {
    seed.fill(0);
  }
}

/** The DEK of a stored seed, from the KMS that wrapped it. */
export async function unwrapDek(deps: Pick<SeedDeps, 'kms' | 'deploymentId'>, orgId: KeyOrg, row: DekRow): Promise<Dek> {
  const name = nameOf(deps.deploymentId, orgId, row);
  return deriveDek(await deps.kms.of(row.kekUri).unwrap({ bytes: row.wrappedSeed, kekVersion: row.kekVersion }, name), name);
}

export function nameOf(deploymentId: string, orgId: KeyOrg, dek: { dekId: string; version: number }) {
  return { deploymentId, orgId, dekId: dek.dekId, dekVersion: dek.version, kekScope: kekScopeOf(orgId) };
}

/** Platform keys are wrapped apart from tenants'. */
export function kekScopeOf(orgId: KeyOrg): KekScope {
  return orgId === 'platform' ? 'platform' : 'tenant';
}
