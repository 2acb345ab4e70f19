import { integrityFailed } from '@byok/envelope';
import { AppError } from '@byok/kernel';

import { unwrapDek } from '../deks/make-seed.js';
import { findActiveDek, findDek } from '../store/deks.store.js';
import type { KeyOrg, KeyRow } from '../store/key-row.js';
import { KEY_COLUMNS } from '../store/keys.store.js';
import { quarantineKey } from '../verbs/quarantine-key.js';
import type { Pause } from './drive-rotations.js';
import { THE_VAULT } from './rotation-deps.js';
import type { RotationDeps } from './rotation-deps.js';
import { stageDek } from './stage-dek.js';

type Deps = Pick<RotationDeps, 'db' | 'kms' | 'random' | 'log' | 'deploymentId'>;
const PER_SECOND = 50;

/**
 * Looks whether every DEK that a key was sealed under is still there and is the right one. After an older backup was restored some may not be:
 * their keys are marked as needing to be entered again, and nothing is overwritten. A KMS that is away says nothing about a DEK.
 */
export async function findLostKeys(deps: Deps, pause: Pause): Promise<void> {
  const inUse = await deps.db.query<{ orgId: KeyOrg; dekId: string; dekVersion: number }>(
    `SELECT DISTINCT org_id AS "orgId", dek_id AS "dekId", dek_version AS "dekVersion" FROM vault.credential WHERE blob IS NOT NULL AND status <> 'undecryptable'`,
  );
  for (const { orgId, dekId, dekVersion } of inUse) {
    const reason = await lossOf(deps, orgId, dekId, dekVersion);
    if (reason) {
      await markLost(deps, orgId, dekId, reason);
      await replaceLost(deps, orgId, dekId);
    }
    await pause(1000 / PER_SECOND);
  }
}

/** Without one that opens nobody could enter a key again. */
async function replaceLost(deps: Deps, orgId: KeyOrg, dekId: string): Promise<void> {
  if ((await findActiveDek(deps.db, orgId))?.dekId !== dekId) return;
  await stageDek(deps, orgId, { orgId, actorId: THE_VAULT }).catch((error: unknown) => deps.log.warn({ error, orgId }, 'an org whose data key is lost cannot be given another yet'));
}

async function lossOf(deps: Deps, orgId: KeyOrg, dekId: string, version: number): Promise<string | undefined> {
  const row = await findDek(deps.db, orgId, dekId, version);
  if (!row) return 'needs re-entry: its data key is not in this database';
  try {
    await unwrapDek(deps, orgId, row);
    return undefined;
  } catch (error) {
    return error instanceof AppError && error.code === 'integrity_failed' ? 'needs re-entry: its data key does not open' : undefined;
  }
}

async function markLost(deps: Deps, orgId: KeyOrg, dekId: string, reason: string): Promise<void> {
  const keys = await deps.db.query<KeyRow>(`SELECT ${KEY_COLUMNS} FROM vault.credential WHERE org_id = $1 AND dek_id = $2 AND blob IS NOT NULL AND status <> 'undecryptable'`, [orgId, dekId]);
  for (const key of keys) await quarantineKey(deps, { orgId, actorId: THE_VAULT }, key, integrityFailed(reason));
}
