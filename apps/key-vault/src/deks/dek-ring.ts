import type { Dek, Random } from '@byok/envelope';
import { AppError } from '@byok/kernel';
import { sqlState } from '@byok/platform';
import type { Database } from '@byok/platform';
import { LRUCache } from 'lru-cache';

import type { KmsSet } from '../kms/kms-set.js';
import { findActiveDek, findDek, insertFirstDek, newestVersion } from '../store/deks.store.js';
import type { DekRow } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';
import { makeSeed, unwrapDek } from './make-seed.js';

/** The orgs' DEKs, in memory for at most ten minutes. */
export interface DekRing {
  /** The DEK to seal under; made on an org's first key. */
  activeDek(orgId: KeyOrg): Promise<Dek>;
  /** The DEK that a stored key names. */
  dekOf(orgId: KeyOrg, dekId: string, version: number): Promise<Dek>;
  /** Asks the KMS for a DEK anew, whatever is remembered, and remembers it. */
  load(orgId: KeyOrg, row: DekRow): Promise<Dek>;
  /** Forgets an org's DEKs; an unwrap that is underway is not kept either. */
  drop(orgId: KeyOrg): void;
}

const MAX_AGE_MS = 10 * 60_000;
const MAX_DEKS = 2_000;
/** What the table answers for an org that has a tombstone. */
const ORG_SHREDDED = 'BK001';

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
      .then((found) => unwrapDek(deps, orgId, found))
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
    load: (orgId, row) => {
      const name = nameOf(orgId, row.dekId, row.version);
      opened.delete(name);
      opening.delete(name);
      return dekOf(orgId, row);
    },
    drop: (orgId) => {
      for (const names of [opened, opening]) for (const name of [...names.keys()]) if (name.startsWith(`${orgId}/`)) names.delete(name);
    },
  };
}

async function makeFirstDek(deps: { db: Database; kms: KmsSet; random: Random; deploymentId: string }, orgId: KeyOrg): Promise<DekRow> {
  // Wrapped before the transaction: no lock is held while a KMS answers. Who loses the race throws its wrapped seed away.
  const first = await makeSeed(deps, orgId, (await newestVersion(deps.db, orgId)) + 1);
  try {
    return await deps.db.transaction((tx) => insertFirstDek(tx, orgId, first));
  } catch (error) {
    if (sqlState(error) === ORG_SHREDDED) throw new AppError('conflict', 'This organisation was deleted and its keys made unreadable. Its id cannot be used again.', { cause: error });
    throw error;
  }
}

async function storedDek(db: Database, orgId: KeyOrg, dekId: string, version: number): Promise<DekRow> {
  const row = await findDek(db, orgId, dekId, version);
  if (row) return row;
  throw new AppError('key_unavailable', 'The data key that protects this key is not available. Ask your operator.', { cause: new Error('The DEK is not in the table or was destroyed.') });
}

function nameOf(orgId: KeyOrg, dekId: string, version: number): string {
  return `${orgId}/${dekId}/${version}`;
}
