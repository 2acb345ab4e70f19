import type { RotationMessage } from '@byok/contracts';

import { principalOfActor } from '../acl/principal-of-actor.js';
import type { KeyOrg } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { ScopeRequest } from '../wire/requests.js';
import { countDrain, countUndecryptable, listDeks } from './rotation.store.js';
import type { RotatingDek } from './rotation.store.js';
import { ofScope, reachScope } from './start-rotation.js';

/** Where an org's rotation stands. */
export async function rotationStatus(deps: Pick<VaultDeps, 'db' | 'clock' | 'rules'>, message: unknown): Promise<RotationMessage> {
  const request = parse(ScopeRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const orgId = await reachScope(deps, principal, request.scope, 'encryption:read');
  return describeRotation({ ...deps, db: ofScope(deps.db, orgId) }, orgId);
}

export async function describeRotation(deps: Pick<VaultDeps, 'db' | 'rules'>, orgId: KeyOrg): Promise<RotationMessage> {
  const deks = await listDeks(deps.db, orgId);
  const active = deks.find((dek) => dek.state === 'active');
  const pending = deks.find((dek) => dek.state === 'pending');
  const drain = active ? await countDrain(deps.db, orgId, active.dekId) : { total: 0, left: 0 };
  const phase = phaseOf(deks);
  return {
    phase,
    version: active?.version ?? 0,
    pendingVersion: pending?.version ?? 0,
    ...drain,
    undecryptable: await countUndecryptable(deps.db, orgId),
    percent: percentOf(phase, drain),
    versions: deks.map((dek) => ({ version: dek.version, state: dek.state, kekUri: dek.kekUri, createdAt: dek.createdAt.toISOString(), destroyAfter: dek.destroyAfter?.toISOString() ?? '' })),
    shredGraceDays: deps.rules.shredGraceDays,
    backupDays: deps.rules.backupDays,
  };
}

function phaseOf(deks: readonly RotatingDek[]): RotationMessage['phase'] {
  if (deks.some((dek) => dek.state === 'decrypt_only')) return 'resealing';
  return deks.some((dek) => dek.state === 'pending') ? 'pending' : 'idle';
}

/** 100 only when it is over. */
export function percentOf(phase: RotationMessage['phase'], { total, left }: { total: number; left: number }): number {
  if (phase === 'idle') return 100;
  if (phase === 'pending' || total === 0) return 0;
  return Math.min(99, Math.floor((100 * (total - left)) / total));
}
