import type { KeyMessage } from '@byok/contracts';
import { AppError } from '@byok/kernel';

import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { insertOther } from '../store/candidates.store.js';
import { findDuplicate } from '../store/keys.store.js';
import { nextVersion } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { StageKeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';
import { sealVersion } from './seal-version.js';
import { duplicateOf } from './store-key.js';
import { takeSecret } from './take-secret.js';

type Deps = Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'random' | 'deploymentId'>;

const LONGEST_OVERLAP_MS = 90 * 24 * 60 * 60_000;

/** Seals a new secret as a candidate beside the one in use, for a share of the calls. A key has one candidate at a time. */
export async function stageKey(deps: Deps, message: unknown): Promise<KeyMessage> {
  const request = parse(StageKeyRequest, message);
  const { secret, last4 } = takeSecret(request.secret);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:update'));
  const { percent, rollbackAfter, overlapUntil, testOutcome } = request;
  checkOverlap(overlapUntil, deps.clock.now());

  const config = Object.keys(request.config).length > 0 ? request.config : key.config;
  const version = await nextVersion(deps.db, key.orgId, key.id);
  const sealed = await sealVersion(deps, { ...key, version }, secret, config);
  if (sealed.fingerprint === key.fingerprint) throw new AppError('conflict', 'This is the secret that the key has already. Stage another one.');

  return deps.db.transaction(async (tx) => {
    const duplicate = await findDuplicate(tx, key.orgId, { type: key.ownerType, id: key.ownerId }, key.provider, sealed.fingerprints, key.id);
    if (duplicate) throw duplicateOf(duplicate);
    const candidate = { id: key.id, orgId: key.orgId, role: 'candidate' as const, version, ...sealed, last4, testOutcome, percent, rollbackAfter, overlapUntil, createdBy: actorIdOf(principal) };
    if (!(await insertOther(tx, key.orgId, candidate))) throw new AppError('conflict', 'This key has a candidate already. Promote it or roll it back first.');
    await recordChange(tx, principal, 'key.stage', key, { candidateVersion: version, percent, rollbackAfter });
    return describeKey(tx, key, deps.clock.now());
  });
}

function checkOverlap(until: Date | null, now: number): void {
  if (until === null || (until.getTime() > now && until.getTime() - now <= LONGEST_OVERLAP_MS)) return;
  throw new AppError('invalid_request', 'overlapUntil must lie ahead, by 90 days at most.', { details: { field: 'overlapUntil' } });
}
