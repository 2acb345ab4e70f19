import type { Dek, Random } from '@byok/envelope';
import { AppError } from '@byok/kernel';
import type { Clock } from '@byok/kernel';
import { sqlState } from '@byok/platform';
import type { Database } from '@byok/platform';

import { kmsError } from '../kms/kms-fault.js';
import type { KmsSet } from '../kms/kms-set.js';
import { findActiveDek, findDek, findDraining, insertFirstDek, newestVersion } from '../store/deks.store.js';
import type { DekRow } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';
import { refuseSealed } from '../store/org-kek.store.js';
import { checkCanary } from './dek-canary.js';
import { DekMemory } from './dek-memory.js';
import type { OpenedDek } from './dek-memory.js';
import { makeSeed, unwrapDek } from './make-seed.js';

/** The orgs' DEKs, in memory for ten minutes; none of an org that is sealed. */
export interface DekRing {
  /** The DEK to seal under; made on an org's first key. */
  activeDek(orgId: KeyOrg): Promise<Dek>;
  /** Those under which something may still be sealed while a rotation is underway; mostly none. */
  formerDeks(orgId: KeyOrg): Promise<Dek[]>;
  /** The DEK that a stored key names. */
  dekOf(orgId: KeyOrg, dekId: string, version: number): Promise<Dek>;
  /** Asks the KMS for a DEK anew, whatever is remembered, and remembers it. */
  load(orgId: KeyOrg, row: DekRow): Promise<Dek>;
  /** The same, without keeping it, even of an org that is sealed: for signing in, without which nobody could unseal it. */
  brieflyOf(orgId: KeyOrg, dekId: string, version: number): Promise<Dek>;
  /** How long what was opened with this DEK may be kept; undefined where no customer can take the KEK away. */
  keepMs(orgId: KeyOrg, dekId: string, version: number): number | undefined;
  /** Forgets an org's DEKs; an unwrap that is underway is not kept either. */
  drop(orgId: KeyOrg): void;
}

/** What the table answers for an org that has a tombstone. */
const ORG_SHREDDED = 'BK001';

export function openDekRing(deps: { db: Database; kms: KmsSet; random: Random; clock: Clock; deploymentId: string }): DekRing {
  const memory = new DekMemory(deps.clock);
  const dekOf = (orgId: KeyOrg, row: DekRow): Promise<Dek> => memory.get(nameOf(orgId, row.dekId, row.version), () => opened(deps, orgId, row));
  return {
    activeDek: async (orgId) => {
      await refuseSealed(deps.db, orgId);
      return dekOf(orgId, (await findActiveDek(deps.db, orgId)) ?? (await makeFirstDek(deps, orgId)));
    },
    formerDeks: async (orgId) => Promise.all((await findDraining(deps.db, orgId)).map((row) => dekOf(orgId, row))),
    dekOf: async (orgId, dekId, version) => {
      await refuseSealed(deps.db, orgId);
      return memory.get(nameOf(orgId, dekId, version), async () => opened(deps, orgId, await storedDek(deps.db, orgId, dekId, version)));
    },
    load: async (orgId, row) => {
      await refuseSealed(deps.db, orgId);
      memory.drop(nameOf(orgId, row.dekId, row.version));
      return dekOf(orgId, row);
    },
    brieflyOf: async (orgId, dekId, version) => (await opened(deps, orgId, await storedDek(deps.db, orgId, dekId, version))).dek,
    keepMs: (orgId, dekId, version) => memory.keepMs(nameOf(orgId, dekId, version)),
    drop: (orgId) => memory.drop(`${orgId}/`),
  };
}

/** A KMS that unwraps to something else must not make keys look broken: what its seed gives is the DEK only if it opens the canary. */
async function opened(deps: { kms: KmsSet; deploymentId: string }, orgId: KeyOrg, row: DekRow): Promise<OpenedDek> {
  const dek = await unwrapDek(deps, orgId, row);
  try {
    if (row.canary !== null) checkCanary(deps, orgId, dek, row.canary);
  } catch {
    throw kmsError('wrong', row.kekUri, 'what was unwrapped does not open the canary of the data key');
  }
  return { dek, isCustomers: deps.kms.isCustomers(row.kekUri) };
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
