import type { OrgEncryptionMessage } from '@byok/contracts';
import { freshBytes } from '@byok/envelope';
import type { Kms } from '@byok/envelope';
import { AppError, newId } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';
import { appendAudit, notifyChange } from '@byok/platform';

import { actorIdOf } from '../acl/principal-of-actor.js';
import { faultOf, reasonOf } from '../kms/kms-fault.js';
import { rewrapDek } from '../rotation/rewrap-dek.js';
import type { OwnedDek } from '../rotation/rewrap.store.js';
import { DEK_COLUMNS } from '../store/deks.store.js';
import { putOrgKek } from '../store/org-kek.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { SetOrgKekRequest } from '../wire/encryption-requests.js';
import { parse } from '../wire/parse.js';
import { describeEncryption } from './describe-encryption.js';
import { reachEncryption } from './reach-encryption.js';

type Deps = Pick<VaultDeps, 'db' | 'kms' | 'deks' | 'random' | 'clock' | 'log' | 'deploymentId'>;

/**
 * Puts an org's data keys under a KEK of its own, or back under the operator's. It is accepted only after it wrapped and
 * unwrapped something, and what a data key loses by the move (the KEK before it) is replaced only once the new one opens it.
 */
export async function setOrgKek(deps: Deps, message: unknown): Promise<OrgEncryptionMessage> {
  const request = parse(SetOrgKekRequest, message);
  const principal = await reachEncryption(deps, request.actor, 'encryption:update');
  const { orgId } = principal;
  const kek = request.kekUri === '' ? null : { kekUri: request.kekUri, kekVersion: await proved(deps, orgId, request.kekUri) };
  const by = actorIdOf(principal);
  await deps.db.transaction(async (tx) => {
    await putOrgKek(tx, orgId, kek, by);
    await notifyChange(tx, { org: orgId, kind: 'org', id: orgId });
    await appendAudit(tx, 'vault.audit', { orgId, action: 'org.kek', actorId: by, targetId: orgId, outcome: 'allowed', details: { kek: kek?.kekUri ?? 'operator', tokenId: principal.tokenId, sessionId: principal.sessionId } });
  });
  await moveDataKeys(deps, orgId);
  deps.deks.drop(orgId);
  return describeEncryption(deps, orgId);
}

/** The version of the KEK that passed. */
async function proved(deps: Deps, orgId: OrgId, kekUri: string): Promise<string> {
  const kms = deps.kms.customersAt(kekUri, orgId);
  if (!kms) throw new AppError('kek_refused', 'Your operator does not allow this KEK. Ask which kinds may be brought.', { details: { field: 'kekUri' } });
  const seed = freshBytes(deps.random, 32);
  try {
    const context = { deploymentId: deps.deploymentId, orgId, dekId: newId('dek'), dekVersion: 1, kekScope: 'tenant' as const };
    const wrapped = await kms.wrap(Buffer.from(seed), context);
    const again = await kms.unwrap(wrapped, context);
    if (!again.equals(seed)) throw new AppError('key_unavailable', 'It unwraps to something else.');
    again.fill(0);
    return wrapped.kekVersion;
  } catch (error) {
    const why = faultOf(error) === 'unreachable' ? 'does not answer' : 'refused to wrap and unwrap with it';
    throw new AppError('kek_refused', `The KMS ${why}. Check the name, that the key is enabled, and that this installation may use it.`, { details: { field: 'kekUri', reason: reasonOf(error) }, cause: error });
  } finally {
    seed.fill(0);
  }
}

/** What cannot be moved now keeps opening under the KEK before; the status counts it, and setting the KEK again goes on. */
async function moveDataKeys(deps: Deps, orgId: OrgId): Promise<void> {
  const to: Kms = await deps.kms.forOrg(orgId);
  const deks = await deps.db.query<OwnedDek>(`SELECT org_id AS "orgId", ${DEK_COLUMNS} FROM vault.org_dek WHERE org_id = $1 AND kek_uri <> $2 AND state <> 'destroyed'`, [orgId, to.uri]);
  for (const dek of deks) {
    await rewrapDek(deps, dek, to).catch((error: unknown) => deps.log.warn({ error, orgId, dekId: dek.dekId }, 'a data key stays under the KEK it had before'));
  }
}
