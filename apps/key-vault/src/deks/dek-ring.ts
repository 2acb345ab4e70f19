import { deriveDek, freshBytes } from '@byok/envelope';
import type { Dek, KekScope, Random } from '@byok/envelope';
import { AppError, newId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { LRUCache } from 'lru-cache';

import type { KmsSet } from '../kms/kms-set.js';
import { findActiveDek, findDek, insertFirstDek } from '../store/deks.store.js';
import type { DekRow } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';

/** The orgs' DEKs, in memory for at most ten minutes. */
export interface DekRing {
  /** The DEK to seal under; made on an org's first key. */
  activeDek(orgId: KeyOrg): Promise<Dek>;
  /** The DEK that a stored key names. */
  dekOf(orgId: KeyOrg, dekId: string, version: number): Promise<Dek>;
  /** Forgets an org's DEKs; an unwrap that is underway is not kept either. */
  drop(orgId: KeyOrg): void;
}

const MAX_AGE_MS = 10 * 60_000;
const MAX_DEKS = 2_000;

export function openDekRing(deps: { db: Database; kms: KmsSet; random: Random; deploymentId: string }): DekRing {
  const opened = new LRUCache<string, Dek>({ max: MAX_DEKS, ttl: MAX_AGE_MS });
  const opening = new Map<string, Promise<Dek>>();

  /** One unwrap at a time per DEK: a KMS that answers slowly is not asked by every call that waits. */
  function unwrapOnce(orgId: KeyOrg, name: string, row: () => Promise<DekRow>): Promise<Dek> {
    const known = opened.get(name);
    if (known) return Promise.resolve(known);
    const underway = opening.get(name);
    if (underway) return underway;
    const started = row()
      .then((found) => unwrap(deps, orgId, found))
      .then((dek) => {
        if (opening.get(name) === started) opened.set(name, dek);
        return dek;
      })
      .finally(() => opening.get(name) === started && opening.delete(name));
    opening.set(name, started);
    return started;
  }

  const dekOf = (orgId: KeyOrg, row: DekRow): Promise<Dek> => unwrapOnce(orgId, nameOf(orgId, row.dekId, row.version), () => Promise.resolve(row));
  return {
    activeDek: async (orgId) => dekOf(orgId, (await findActiveDek(deps.db, orgId)) ?? (await makeFirstDek(deps, orgId))),
    dekOf: (orgId, dekId, version) => unwrapOnce(orgId, nameOf(orgId, dekId, version), () => storedDek(deps.db, orgId, dekId, version)),
    drop: (orgId) => {
      for (const names of [opened, opening]) for (const name of [...names.keys()]) if (name.startsWith(`${orgId}/`)) names.delete(name);
    },
  };
}

/** Platform keys are wrapped apart from tenants'. */
export function kekScopeOf(orgId: KeyOrg): KekScope {
  return orgId === 'platform' ? 'platform' : 'tenant';
}

async function makeFirstDek(deps: { db: Database; kms: KmsSet; random: Random; deploymentId: string }, orgId: KeyOrg): Promise<DekRow> {
  const dekId = newId('dek');
  const kekScope = kekScopeOf(orgId);
  const seed = freshBytes(deps.random, 32);
  try {
    // Wrapped before the transaction: no lock is held while a KMS answers. Who loses the race throws its wrapped seed away.
    const kms = await deps.kms.forOrg(orgId);
    const wrapped = await kms.wrap(seed, { deploymentId: deps.deploymentId, orgId, dekId, dekVersion: 1, kekScope });
    return await deps.db.transaction((tx) => insertFirstDek(tx, orgId, { dekId, wrapped, kekUri: kms.uri, kekScope }));
  } finally {
    seed.fill(0);
  }
}

async function storedDek(db: Database, orgId: KeyOrg, dekId: string, version: number): Promise<DekRow> {
  const row = await findDek(db, orgId, dekId, version);
  if (row) return row;
  throw new AppError('key_unavailable', 'The data key that protects this key is not available. Ask your operator.', { cause: new Error('The DEK is not in the table or was destroyed.') });
}

async function unwrap(deps: { kms: KmsSet; deploymentId: string }, orgId: KeyOrg, row: DekRow): Promise<Dek> {
  const name = { deploymentId: deps.deploymentId, orgId, dekId: row.dekId, dekVersion: row.version, kekScope: kekScopeOf(orgId) };
  return deriveDek(await deps.kms.of(row.kekUri).unwrap({ bytes: row.wrappedSeed, kekVersion: row.kekVersion }, name), name);
}

function nameOf(orgId: KeyOrg, dekId: string, version: number): string {
  return `${orgId}/${dekId}/${version}`;
}
