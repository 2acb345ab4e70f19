import type { Principal } from '@byok/identity';
import { integrityFailed } from '@byok/envelope';
import { AppError, type Secret } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import { deny } from '../acl/deny.js';
import { mayManage } from '../acl/may-manage.js';
import { mayUse } from '../acl/may-use.js';
import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import { keyNotFound } from '../acl/reach-key.js';
import { countOpen } from '../audit/open-tally.js';
import { findOther } from '../store/candidates.store.js';
import { findKey, setUsed } from '../store/keys.store.js';
import { refuseSealed } from '../store/org-kek.store.js';
import type { KeyRow } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import type { OpenedKeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { OpenKeyRequest } from '../wire/requests.js';
import { decryptKey } from './decrypt-key.js';
import { openOther } from './open-other.js';
import { quarantineKey } from './quarantine-key.js';
import { isExpired } from './warnings-of.js';

type Deps = Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'deploymentId' | 'log'>;
type Purpose = 'call' | 'probe';

/**
 * Hands out a secret: to the gateway, for one principal who may use the key (or, to probe it, test it). It leaves only
 * after the audit has been written. A key that cannot be opened is an error, never another key.
 */
export async function openKey(deps: Deps, message: unknown): Promise<OpenedKeyMessage> {
  const request = parse(OpenKeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  await refuseSealed(deps.db, principal.orgId);
  const key = await findKey(deps.db, principal.orgId, request.keyId);
  if (!key || !mayOpen(principal, key, request.purpose) || key.blob === null) return deny(deps, principal, 'key.open', request.keyId, keyNotFound());
  const other = request.version === key.version ? null : await findOther(deps.db, key.orgId, key.id, request.version);
  // The caller listed the key before it changed: let it list again rather than get what it did not choose.
  if (other === undefined) return deny(deps, principal, 'key.open', key.id, keyNotFound());
  const refusal = refusalOf(key, request.purpose, deps.clock.now());
  if (refusal) return deny(deps, principal, 'key.open', key.id, refusal);

  const secret = other ? await openOther(deps, principal, key, other) : await decrypted(deps, principal, { ...key, blob: key.blob });
  const { version, config, dekId, dekVersion } = other ?? key;
  await deps.db.transaction(async (tx) => {
    await countOpen(tx, { orgId: principal.orgId, actorId: actorIdOf(principal), keyId: key.id }, { purpose: request.purpose, requestId: request.requestId, version, tokenId: principal.tokenId });
    if (request.purpose === 'call') await noteUse(tx, key, deps.clock.now());
  });
  return handOut(secret, { version, config, provider: key.provider, keepMs: deps.deks.keepMs(key.orgId, dekId, dekVersion) ?? 0 });
}

/** The one place where a secret leaves the vault. Its audit has been written. */
export function handOut<T>(secret: Secret, facts: T): T & { secret: string } {
  return { ...facts, secret: secret.expose() };
}

const NOTE_USE_MS = 60 * 60_000;

/** To the hour: a row that every open wrote would be written by every gateway each minute. */
async function noteUse(tx: Sql, key: KeyRow, now: number): Promise<void> {
  if (now - (key.lastUsedAt?.getTime() ?? 0) >= NOTE_USE_MS) await setUsed(tx, key.orgId, key.id, new Date(now));
}

function mayOpen(principal: Principal, key: KeyRow, purpose: Purpose): boolean {
  const { providers = [] } = principal.restrictions ?? {};
  if (providers.length > 0 && !providers.includes(key.provider)) return false;
  return mayUse(principal, key) || (purpose === 'probe' && mayManage(principal, 'key:test', key.orgId, { type: key.ownerType, id: key.ownerId }));
}

/** A call needs an active key that has not come to its end; a probe may also try one that is invalid or disabled, but not sealed. */
function refusalOf(key: KeyRow, purpose: Purpose, now: number): AppError | undefined {
  if (purpose === 'call' && isExpired(key, now)) return new AppError('key_disabled', `This key expired at ${key.expiresAt!.toISOString()}.`, { details: { keyId: key.id, status: 'expired' } });
  if (key.status === 'active') return undefined;
  if (key.status === 'undecryptable') return integrityFailed('The key is quarantined.');
  if (purpose === 'probe' && !key.isSealed) return undefined;
  return new AppError('key_disabled', `This key is ${key.status}.`, { details: { keyId: key.id, status: key.status } });
}

async function decrypted(deps: Deps, principal: Principal, key: KeyRow & { blob: Buffer }): Promise<Secret> {
  try {
    return await decryptKey(deps, key);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'integrity_failed') throw error;
    throw (await quarantineKey(deps, principal, key, error)) ? error : keyNotFound();
  }
}
