import type { KeyMessage } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import { dropOthers, insertOther, listOthers, lockCandidate } from '../store/candidates.store.js';
import type { OtherVersion } from '../store/candidates.store.js';
import type { KeyRow } from '../store/key-row.js';
import { lockKey, resealKey } from '../store/keys.store.js';
import { logVersion } from '../store/version-log.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { KeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';
import { openOther } from './open-other.js';
import { statusOfFreshSecret } from './rotate-key.js';
import { nothingStaged } from './roll-back-key.js';
import { statusAfterTest } from './status-after-test.js';

const DEFAULT_OVERLAP_MS = 60 * 60_000;
/** However early it was to end: gateways that have not heard of the promotion yet still open the former version. */
const LEAST_OVERLAP_MS = 10 * 60_000;

/** The candidate becomes the version in use; the one before it still opens until the overlap ends. */
export async function promoteKey(deps: Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'deploymentId' | 'log'>, message: unknown): Promise<KeyMessage> {
  const request = parse(KeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:update'));
  const staged = (await listOthers(deps.db, [key.orgId], [key.id])).find(({ role }) => role === 'candidate');
  if (!staged) throw nothingStaged();
  // Nothing takes over that does not open.
  await openOther(deps, principal, key, staged);
  return deps.db.transaction((tx) => promote(deps, tx, principal, key, staged));
}

async function promote({ clock }: Pick<VaultDeps, 'clock'>, tx: Sql, principal: Principal, seen: KeyRow, staged: OtherVersion): Promise<KeyMessage> {
  const key = await lockKey(tx, seen.orgId, seen.id);
  const candidate = await lockCandidate(tx, seen.orgId, seen.id);
  // Sealed again under another DEK meanwhile, they are the same versions; taken back and staged anew, it is another.
  if (key?.version !== seen.version || candidate?.version !== staged.version) throw changed();
  const status = statusAfterTest(statusOfFreshSecret(key.status), candidate.testOutcome);
  const promoted = await resealKey(tx, key.orgId, key.id, key.version, { ...candidate, status, lastTestOutcome: candidate.testOutcome, secretSince: candidate.createdAt });
  if (!promoted) throw changed();
  await dropOthers(tx, key.orgId, key.id);
  await logVersion(tx, key.orgId, promoted);
  if (key.blob && key.status !== 'undecryptable') await keepFormer(tx, { ...key, blob: key.blob }, openUntil(candidate.overlapUntil, clock.now()), candidate.createdBy);
  await recordChange(tx, principal, 'key.promote', promoted, { formerVersion: key.version });
  return describeKey(tx, promoted, clock.now());
}

async function keepFormer(tx: Sql, key: KeyRow & { blob: Buffer }, overlapUntil: Date, createdBy: string): Promise<void> {
  const { id, orgId, version, dekId, dekVersion, blob, config, configMac, fingerprint, last4, lastTestOutcome } = key;
  await insertOther(tx, orgId, {
    ...{ id, orgId, version, dekId, dekVersion, blob, config, configMac, last4, overlapUntil, createdBy },
    ...{ role: 'former', fingerprint: fingerprint!, testOutcome: lastTestOutcome, percent: 0, rollbackAfter: 1 },
  });
}

function openUntil(asked: Date | null, now: number): Date {
  return new Date(asked === null ? now + DEFAULT_OVERLAP_MS : Math.max(asked.getTime(), now + LEAST_OVERLAP_MS));
}

function changed(): AppError {
  return new AppError('conflict', 'Somebody else changed this key at the same moment. Look at it again and retry.');
}
