import type { Dek } from '@byok/envelope';
import { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { findActiveDek } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';
import type { RotationDeps } from './rotation-deps.js';
import { listDeks } from './rotation.store.js';
import { SEALED_PLACES } from './sealed-places.js';
import type { ResealDeps, SealedRow } from './sealed-places.js';

export const BATCH = 200;
const AT_ONCE = 10;

/** Seals up to 200 values of an org under its active DEK. Says how many it got done with; 0 when none is left, or another replica is at it. */
export async function resealBatch(deps: Pick<RotationDeps, 'db' | 'deks' | 'random' | 'log' | 'deploymentId'>, orgId: KeyOrg): Promise<number> {
  const active = await findActiveDek(deps.db, orgId);
  if (!active) return 0;
  const dek = await deps.deks.dekOf(orgId, active.dekId, active.version);
  await loadFormer(deps, orgId);
  const rows = await nextRows(deps, orgId, dek.id);
  let done = 0;
  for (let at = 0; at < rows.length; at += AT_ONCE) done += await resealSome(deps, orgId, rows.slice(at, at + AT_ONCE), dek);
  return done;
}

/** A few rows in one transaction: whoever writes one of them waits for it. */
async function resealSome(deps: Pick<RotationDeps, 'db'>, orgId: KeyOrg, rows: readonly SealedRow[], dek: Dek): Promise<number> {
  const broken: { row: SealedRow; error: AppError }[] = [];
  const sealed = await deps.db.transaction(async (tx) => {
    broken.length = 0;
    if (!(await isMine(tx, orgId))) return 0;
    let count = 0;
    for (const row of rows) {
      try {
        if (await row.reseal(tx, dek)) count += 1;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'integrity_failed') throw error;
        broken.push({ row, error });
      }
    }
    return count;
  });
  for (const { row, error } of broken) await row.quarantine(error);
  return sealed + broken.length;
}

/** Their KMS is asked before the transaction, so that none is held open while it answers. */
async function loadFormer(deps: Pick<RotationDeps, 'db' | 'deks'>, orgId: KeyOrg): Promise<void> {
  for (const former of await listDeks(deps.db, orgId)) {
    if (former.state === 'decrypt_only') await deps.deks.dekOf(orgId, former.dekId, former.version).catch(unlessWrong);
  }
}

/** A seed that is certainly the wrong one does not come back by waiting: what is under it is quarantined value by value. */
function unlessWrong(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'integrity_failed') throw error;
}

/** One replica at a time works on an org: not for safety, which is the compare-and-set of each row, but so as not to do everything twice. */
async function isMine(tx: Sql, orgId: KeyOrg): Promise<boolean> {
  const [row] = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 2)) AS mine', [`reseal/${orgId}`]);
  return row!.mine;
}

async function nextRows(deps: ResealDeps, orgId: KeyOrg, activeDekId: string): Promise<SealedRow[]> {
  const rows: SealedRow[] = [];
  for (const place of SEALED_PLACES) if (rows.length < BATCH) rows.push(...(await place.batch(deps, deps.db, orgId, activeDekId, BATCH - rows.length)));
  return rows;
}
