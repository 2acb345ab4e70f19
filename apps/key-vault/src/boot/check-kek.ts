import { deriveDek, freshBytes, open, seal } from '@byok/envelope';
import type { Dek, DekName, Kms, Random, SealedFor, WrappedSeed } from '@byok/envelope';
import { Secret } from '@byok/kernel';
import { StartRefused } from '@byok/platform';
import type { Sql } from '@byok/platform';

import { faultOf, reasonOf } from '../kms/kms-fault.js';
import type { KmsSet } from '../kms/kms-set.js';

const CANARY = 'byok/kek-canary/v1';
const CANARY_DEK = `dek_${'0'.repeat(32)}`;

export interface Deps {
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
 * @throws StartRefused saying which, and what to do
 */
export async function checkKek(deps: Deps): Promise<void> {
  let problems = await inspectKeks(deps);
  // Loading a cloud's library for the first time can take longer than a KMS may.
  if (problems.some((problem) => problem.isAway)) problems = await inspectKeks(deps);
  if (problems.length > 0) throw new StartRefused(`${problems.map((problem) => problem.sentence).join(' ')} Nothing was written.`, { cause: problems[0]!.cause });
}

export interface KekProblem {
  sentence: string;
  /** The KMS did not answer, which says nothing about the KEK. */
  isAway: boolean;
  cause: unknown;
}

/** What is wrong with the operator's KEKs at this moment; nothing when every one in use opens its canary. A KEK that is new to the database gets one. */
export async function inspectKeks(deps: Deps): Promise<KekProblem[]> {
  const canaries = await findCanaries(deps.db);
  const inUse = new Map<string, Kms>();
  const problems: KekProblem[] = [];
  for (const kms of deps.kms.all) {
    try {
      const { healthy, kekVersion } = await kms.status();
      if (!healthy) throw new Error('it is disabled');
      inUse.set(`${kms.uri} ${kekVersion}`, kms);
    } catch (cause) {
      problems.push({ sentence: `The KEK ${kms.uri} cannot be used (${reasonOf(cause)}). Make it usable again.`, isAway: faultOf(cause) === 'unreachable', cause });
    }
  }
  for (const canary of canaries) {
    if (!canary.needed && !inUse.has(`${canary.kekUri} ${canary.kekVersion}`)) continue;
    const problem = await openCanary(deps, canary);
    if (problem) problems.push(problem);
  }
  if (problems.length > 0) return problems;
  for (const canary of canaries) inUse.delete(`${canary.kekUri} ${canary.kekVersion}`);
  for (const kms of inUse.values()) await plantCanary(deps, kms);
  return [];
}

function findCanaries(db: Sql): Promise<Canary[]> {
  return db.query<Canary>(
    `SELECT kek_uri AS "kekUri", kek_version AS "kekVersion", wrapped_seed AS "wrappedSeed", blob,
            EXISTS (SELECT 1 FROM vault.org_dek d WHERE d.kek_uri = c.kek_uri AND d.kek_version = c.kek_version AND d.state <> 'destroyed') AS needed
       FROM vault.kek_canary c`,
  );
}

async function openCanary(deps: Deps, canary: Canary): Promise<KekProblem | undefined> {
  const wrapped: WrappedSeed = { bytes: canary.wrappedSeed, kekVersion: canary.kekVersion };
  try {
    const dek = dekOf(await deps.kms.of(canary.kekUri).unwrap(wrapped, nameOf(deps.deploymentId)), deps.deploymentId);
    open(canary.blob, rowOf(deps.deploymentId), dek);
    return undefined;
  } catch (cause) {
    const isAway = faultOf(cause) === 'unreachable';
    const why = isAway ? 'Its KMS does not answer.' : 'BYOK_KEK, BYOK_KEK_OLD or BYOK_DEPLOYMENT_ID does not match, or that version of the KEK was disabled. Give the vault the KEK it had before.';
    return { sentence: `Keys in this database were sealed under the KEK ${canary.kekVersion} of ${canary.kekUri}, which does not open its canary (${reasonOf(cause)}). ${why}`, isAway, cause };
  }
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
