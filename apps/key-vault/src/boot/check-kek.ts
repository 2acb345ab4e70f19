import { deriveDek, freshBytes, open, seal } from '@byok/envelope';
import type { Dek, DekName, Kms, Random, SealedFor, WrappedSeed } from '@byok/envelope';
import { Secret } from '@byok/kernel';
import { StartRefused } from '@byok/platform';
import type { Sql } from '@byok/platform';

const CANARY = 'byok/kek-canary/v1';
const CANARY_DEK = `dek_${'0'.repeat(32)}`;

/**
 * Proves that every KEK under which a seed is wrapped is the one we hold, before anything is written. A wrong but
 * well-formed KEK (or deployment id) would seal new keys that the right one can never open.
 */
export async function checkKek(deps: { db: Sql; kms: Kms; random: Random; deploymentId: string }): Promise<void> {
  const canaries = await deps.db.query<{ kekVersion: string; wrappedSeed: Buffer; blob: Buffer; needed: boolean }>(
    `SELECT kek_version AS "kekVersion", wrapped_seed AS "wrappedSeed", blob,
            EXISTS (SELECT 1 FROM vault.org_dek d WHERE d.kek_version = c.kek_version AND d.state <> 'destroyed') AS needed
       FROM vault.kek_canary c`,
  );
  const { kekVersion } = await deps.kms.status();
  for (const canary of canaries) {
    if (!canary.needed && canary.kekVersion !== kekVersion) continue;
    await openCanary(deps, { bytes: canary.wrappedSeed, kekVersion: canary.kekVersion }, canary.blob);
  }
  if (!canaries.some((canary) => canary.kekVersion === kekVersion)) await plantCanary(deps);
}

async function openCanary(deps: { kms: Kms; deploymentId: string }, wrapped: WrappedSeed, blob: Buffer): Promise<void> {
  try {
    const dek = dekOf(await deps.kms.unwrap(wrapped, nameOf(deps.deploymentId)), deps.deploymentId);
    open(blob, rowOf(deps.deploymentId), dek);
  } catch (cause) {
    throw new StartRefused(
      `The keys in this database were sealed under the KEK ${wrapped.kekVersion}, which BYOK_KEK (or BYOK_DEPLOYMENT_ID) does not match. Nothing was written. Give the vault the KEK it had before.`,
      { cause },
    );
  }
}

async function plantCanary(deps: { db: Sql; kms: Kms; random: Random; deploymentId: string }): Promise<void> {
  const seed = freshBytes(deps.random, 32);
  const wrapped = await deps.kms.wrap(seed, nameOf(deps.deploymentId));
  const blob = seal(new Secret(CANARY), rowOf(deps.deploymentId), dekOf(seed, deps.deploymentId), deps.random);
  await deps.db.query(`INSERT INTO vault.kek_canary (kek_version, kek_uri, wrapped_seed, blob) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, [
    wrapped.kekVersion,
    deps.kms.uri,
    wrapped.bytes,
    blob,
  ]);
}

function dekOf(seed: Buffer, deploymentId: string): Dek {
  return deriveDek(seed, nameOf(deploymentId));
}

function nameOf(deploymentId: string): DekName {
  return { deploymentId, orgId: 'canary', dekId: CANARY_DEK, dekVersion: 1, kekScope: 'tenant' };
}

function rowOf(deploymentId: string): SealedFor {
  return { deploymentId, orgId: 'canary', ownerType: 'platform', ownerId: 'canary', provider: 'canary', keyId: 'canary', keyVersion: 1, field: 'canary' };
}
