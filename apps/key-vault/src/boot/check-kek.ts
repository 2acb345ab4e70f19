import { deriveDek, freshBytes, open, seal } from '@byok/envelope';
import type { Dek, DekName, Kms, Random, SealedFor, WrappedSeed } from '@byok/envelope';
import { Secret } from '@byok/kernel';
import { StartRefused } from '@byok/platform';
import type { Sql } from '@byok/platform';

import type { KmsSet } from '../kms/kms-set.js';

const CANARY = 'byok/kek-canary/v1';
const CANARY_DEK = `dek_${'0'.repeat(32)}`;

interface Deps {
  db: Sql;
  kms: KmsSet;
  random: Random;
  deploymentId: string;
}

interface Canary {
  kekUri: string;
  kekVersion: string;
  wrappedSeed: Buffer;
  blob: Buffer;
  needed: boolean;
}

/**
 * Proves that every KEK of the operator's under which a seed is wrapped is the one we hold, before anything is written. A
 * wrong but well-formed KEK (or deployment id) would seal new keys that the right one can never open. A customer's KEK is
 * proved when it is accepted, and no customer can keep the vault from starting by taking theirs away.
 */
export async function checkKek(deps: Deps): Promise<void> {
  const canaries = await findCanaries(deps.db);
  const planted = new Set(canaries.map((canary) => `${canary.kekUri} ${canary.kekVersion}`));
  const inUse = await Promise.all(deps.kms.all.map(async (kms) => ({ kms, name: `${kms.uri} ${await versionOf(kms)}` })));
  const namesInUse = new Set(inUse.map((each) => each.name));
  for (const canary of canaries) {
    if (canary.needed || namesInUse.has(`${canary.kekUri} ${canary.kekVersion}`)) await openCanary(deps, canary);
  }
  for (const { kms, name } of inUse) if (!planted.has(name)) await plantCanary(deps, kms);
}

function findCanaries(db: Sql): Promise<Canary[]> {
  return db.query<Canary>(
    `SELECT kek_uri AS "kekUri", kek_version AS "kekVersion", wrapped_seed AS "wrappedSeed", blob,
            EXISTS (SELECT 1 FROM vault.org_dek d WHERE d.kek_uri = c.kek_uri AND d.kek_version = c.kek_version AND d.state <> 'destroyed') AS needed
       FROM vault.kek_canary c`,
  );
}

async function versionOf(kms: Kms): Promise<string> {
  try {
    return (await kms.status()).kekVersion;
  } catch (cause) {
    throw new StartRefused(`The KMS ${kms.uri} does not answer or refuses its KEK (${reasonOf(cause)}). Nothing was written. Make it usable again, then start the vault.`, { cause });
  }
}

async function openCanary(deps: Deps, canary: Canary): Promise<void> {
  const wrapped: WrappedSeed = { bytes: canary.wrappedSeed, kekVersion: canary.kekVersion };
  try {
    const dek = dekOf(await deps.kms.of(canary.kekUri).unwrap(wrapped, nameOf(deps.deploymentId)), deps.deploymentId);
    open(canary.blob, rowOf(deps.deploymentId), dek);
  } catch (cause) {
    throw new StartRefused(
      `Keys in this database were sealed under the KEK ${canary.kekVersion} of ${canary.kekUri}, which does not open its canary (${reasonOf(cause)}). BYOK_KEK, BYOK_KEK_OLD or BYOK_DEPLOYMENT_ID does not match, or that version of the KEK was disabled. Nothing was written. Give the vault the KEK it had before.`,
      { cause },
    );
  }
}

/** What a KMS said, from the causes under the public sentence; they hold no secret. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : 'no reason given';
}

async function plantCanary(deps: Deps, kms: Kms): Promise<void> {
  const seed = freshBytes(deps.random, 32);
  const wrapped = await kms.wrap(seed, nameOf(deps.deploymentId));
  const blob = seal(new Secret(CANARY), rowOf(deps.deploymentId), dekOf(seed, deps.deploymentId), deps.random);
  await deps.db.query(`INSERT INTO vault.kek_canary (kek_version, kek_uri, wrapped_seed, blob) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, [
    wrapped.kekVersion,
    kms.uri,
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
