import type { Kms } from '@byok/envelope';
import { AppError, toAppError } from '@byok/kernel';
import { appendAudit } from '@byok/platform';

import type { Pause } from './drive-rotations.js';
import { rewrapDek } from './rewrap-dek.js';
import { endRewrap, findRewrap, listWrapped, listWrappings, noteRewrapError } from './rewrap.store.js';
import type { Wrapping } from './rewrap.store.js';
import { THE_VAULT } from './rotation-deps.js';
import type { RotationDeps } from './rotation-deps.js';

/** Seeds are few and a KMS may count its calls: so many per second. */
const PER_SECOND = 50;

/**
 * Takes a rewrap that was asked for as far as it will go: every seed that is not under the KEK its org should have. What is left is found in
 * the table each time, so it goes on after a kill and does no harm in two replicas. An org whose KMS does not answer keeps only itself waiting:
 * false then.
 */
export async function driveRewrap(deps: RotationDeps, pause: Pause, stopping?: AbortSignal): Promise<boolean> {
  const rewrap = await findRewrap(deps.db);
  if (!rewrap || rewrap.finishedAt) return true;
  let lastError = '';
  for (const { wrapping, to } of await listStale(deps)) {
    try {
      if (!to) throw new AppError('key_unavailable', 'Its KMS does not answer.');
      await rewrapAll(deps, wrapping, to, pause, stopping);
    } catch (error) {
      lastError = `${wrapping.orgId}: ${toAppError(error).message}`;
      deps.log.warn({ error, orgId: wrapping.orgId, kek: wrapping.kekUri }, 'data keys of an org cannot be wrapped anew and will be tried again');
    }
    if (stopping?.aborted) return true;
  }
  await noteRewrapError(deps.db, lastError);
  if ((await listStale(deps)).length > 0) return lastError === '';
  await deps.db.transaction(async (tx) => {
    if (!(await endRewrap(tx))) return;
    await appendAudit(tx, 'vault.audit', { orgId: 'platform', action: 'kek.rewrap.done', actorId: THE_VAULT, targetId: deps.kms.active.uri.slice(0, 200), outcome: 'allowed', details: { startedBy: rewrap.startedBy } });
  });
  return true;
}

export interface Stale {
  wrapping: Wrapping;
  /** undefined: the KMS that it should go to cannot be asked now. */
  to: Kms | undefined;
}

/** What is not under the KEK, and the version of it, that its org should have. */
export async function listStale(deps: Pick<RotationDeps, 'db' | 'kms'>): Promise<Stale[]> {
  const versions = new Map<Kms, Promise<string | undefined>>();
  const versionOf = (kms: Kms): Promise<string | undefined> => {
    const asked = versions.get(kms) ?? kms.status().then((status) => status.kekVersion).catch(() => undefined);
    versions.set(kms, asked);
    return asked;
  };
  const stale: Stale[] = [];
  for (const wrapping of await listWrappings(deps.db)) {
    const to = await deps.kms.forOrg(wrapping.orgId).catch(() => undefined);
    const version = to && (await versionOf(to));
    if (to && to.uri === wrapping.kekUri && version === wrapping.kekVersion) continue;
    stale.push({ wrapping, to: version === undefined ? undefined : to });
  }
  return stale;
}

async function rewrapAll(deps: RotationDeps, wrapping: Wrapping, to: Kms, pause: Pause, stopping?: AbortSignal): Promise<void> {
  for (const dek of await listWrapped(deps.db, wrapping)) {
    await rewrapDek(deps, dek, to);
    await pause(1000 / PER_SECOND);
    if (stopping?.aborted) return;
  }
}
