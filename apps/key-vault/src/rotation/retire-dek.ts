import { appendAudit } from '@byok/platform';

import { findActiveDek } from '../store/deks.store.js';
import type { KeyOrg } from '../store/key-row.js';
import { THE_VAULT } from './rotation-deps.js';
import type { RotationDeps } from './rotation-deps.js';
import { countDrain, destroyDeks, lockDeks, retireDeks } from './rotation.store.js';

/** Takes an org's former DEK out of use when nothing that can be opened is under it. It is still there for backups. */
export async function retireDek(deps: Pick<RotationDeps, 'db' | 'rules'>, orgId: KeyOrg): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    await lockDeks(tx, orgId);
    const active = await findActiveDek(tx, orgId);
    if (!active || (await countDrain(tx, orgId, active.dekId)).left > 0) return false;
    const retired = await retireDeks(tx, orgId, deps.rules.backupDays);
    for (const dek of retired) {
      await appendAudit(tx, 'vault.audit', { orgId, action: 'dek.retire', actorId: THE_VAULT, targetId: dek.dekId, outcome: 'allowed', details: { version: dek.version, backupDays: deps.rules.backupDays } });
    }
    return retired.length > 0;
  });
}

/** Overwrites the seeds whose last backup is too old to be kept. */
export async function destroyOldDeks(deps: Pick<RotationDeps, 'db' | 'deks'>): Promise<void> {
  const destroyed = await deps.db.transaction(async (tx) => {
    const deks = await destroyDeks(tx);
    for (const dek of deks) {
      await appendAudit(tx, 'vault.audit', { orgId: dek.orgId, action: 'dek.destroy', actorId: THE_VAULT, targetId: dek.dekId, outcome: 'allowed', details: { version: dek.version } });
    }
    return deks;
  });
  for (const { orgId } of destroyed) deps.deks.drop(orgId);
}
