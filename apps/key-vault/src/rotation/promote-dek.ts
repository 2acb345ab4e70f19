import { AppError } from '@byok/kernel';
import { appendAudit } from '@byok/platform';

import { checkCanary } from '../deks/dek-canary.js';
import { unwrapDek } from '../deks/make-seed.js';
import type { KeyOrg } from '../store/key-row.js';
import { isLoadedEverywhere } from './replicas.store.js';
import { THE_VAULT } from './rotation-deps.js';
import type { RotationDeps } from './rotation-deps.js';
import { deletePending, listDeks, lockDeks, makeActive } from './rotation.store.js';
import type { RotatingDek } from './rotation.store.js';

type Deps = Pick<RotationDeps, 'db' | 'kms' | 'clock' | 'log' | 'deploymentId'>;

/** Longer than any outage in which somebody would rather wait than start again. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * Makes an org's staged DEK the active one, once every live replica can open what it seals and its seed has just been proved. What was active
 * only opens from then on. True when it was promoted.
 */
export async function promoteDek(deps: Deps, orgId: KeyOrg): Promise<boolean> {
  const pending = (await listDeks(deps.db, orgId)).find((dek) => dek.state === 'pending');
  if (!pending) return false;
  if (!(await isLoadedEverywhere(deps.db, pending.dekId))) {
    if (deps.clock.now() - pending.createdAt.getTime() > ABANDONED_AFTER_MS) await abandon(deps, orgId, pending, 'not every vault could load it within an hour');
    return false;
  }
  if (!(await isProved(deps, orgId, pending))) return false;
  return deps.db.transaction(async (tx) => {
    await lockDeks(tx, orgId);
    if (!(await makeActive(tx, orgId, pending.dekId))) return false;
    await appendAudit(tx, 'vault.audit', { orgId, action: 'dek.promote', actorId: THE_VAULT, targetId: pending.dekId, outcome: 'allowed', details: { version: pending.version } });
    return true;
  });
}

/** Asks the KMS anew: what a replica remembers says nothing about what is stored. A wrong seed is thrown away before anything was sealed under it. */
async function isProved(deps: Deps, orgId: KeyOrg, pending: RotatingDek): Promise<boolean> {
  try {
    checkCanary(deps, orgId, await unwrapDek(deps, orgId, pending), pending.canary);
    return true;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'integrity_failed') throw error;
    await abandon(deps, orgId, pending, 'its seed does not open its canary');
    return false;
  }
}

async function abandon(deps: Deps, orgId: KeyOrg, pending: RotatingDek, reason: string): Promise<void> {
  const isGone = await deps.db.transaction(async (tx) => {
    await lockDeks(tx, orgId);
    if (!(await deletePending(tx, orgId, pending.dekId))) return false;
    await appendAudit(tx, 'vault.audit', { orgId, action: 'dek.abandon', actorId: THE_VAULT, targetId: pending.dekId, outcome: 'failed', details: { version: pending.version, reason } });
    return true;
  });
  if (isGone) deps.log.error({ orgId, dekId: pending.dekId, reason }, 'a staged data key was thrown away; the one in use stays');
}
